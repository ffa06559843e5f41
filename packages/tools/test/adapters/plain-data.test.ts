// An adapter is data and pure functions: it can be kept, compared and asked again.
import { describe, expect, test } from 'vitest'
import type { LaunchRequest } from '../../src/adapter/tool-adapter.ts'
import { acpAgent } from '../../src/adapters/acp-agent.ts'
import { toolAdapter } from '../../src/adapters/adapter-spec.ts'
import { builtInAdapters } from '../../src/adapters/built-in.ts'
import { genericTool } from '../../src/adapters/generic.ts'

const adapters = [
  ...builtInAdapters.map((spec) => toolAdapter(spec)),
  acpAgent({ tool: 'agent', command: 'agent' }),
  genericTool({ tool: 'mine', command: 'mine', talk: { end: { exit: true } } }),
]

describe.each(adapters)('$tool', (adapter) => {
  test('is a plain object of a name, traits and three functions', () => {
    expect(Object.getPrototypeOf(adapter)).toBe(Object.prototype)
    expect(Object.keys(adapter).toSorted()).toEqual([
      'connect',
      'isSessionUnknown',
      'launch',
      'tool',
      'traits',
    ])
    expect(structuredClone(adapter.traits)).toEqual(adapter.traits)
  })

  test('says the same for the same request, and changes nothing', () => {
    for (const mode of adapter.traits.modes) {
      const request: LaunchRequest = Object.freeze({
        mode,
        cwd: '/w',
        permission: 'edit',
        model: 'm',
        sessionId: 's',
        configDir: '/c',
        settings: Object.freeze({ args: Object.freeze(['--x']) }),
      })
      const launch = adapter.launch(request)
      expect(adapter.launch(request)).toEqual(launch)
      expect(structuredClone(launch)).toEqual(launch)
      expect(launch.args).toContain('--x')
    }
  })
})
