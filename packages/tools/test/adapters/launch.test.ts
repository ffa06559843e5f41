// What is started, beside what was started when the tools were recorded.
import { describe, expect, test } from 'vitest'
import type { LaunchRequest, ToolAdapter } from '../../src/adapter/tool-adapter.ts'
import { toolAdapter } from '../../src/adapters/adapter-spec.ts'
import { builtInAdapter, builtInAdapters } from '../../src/adapters/built-in.ts'
import { readTranscript } from '../transcript.ts'

function adapterOf(tool: string): ToolAdapter {
  return toolAdapter(builtInAdapter(tool)!)
}

const oneShot: LaunchRequest = { mode: 'one-shot', cwd: '/w', permission: 'edit' }
const longRunning: LaunchRequest = { ...oneShot, mode: 'long-running' }

interface Case {
  readonly recorded: string
  readonly request: LaunchRequest
}

const baseUrl = { settings: { baseUrl: 'http://127.0.0.1:1/v1' } }

const exact: readonly Case[] = [
  { recorded: 'claude/one-shot/edit', request: { ...oneShot, model: 'claude-sonnet-4-5' } },
  {
    recorded: 'claude/stream-json/granted',
    request: { ...longRunning, permission: 'ask', model: 'claude-sonnet-4-5' },
  },
  {
    recorded: 'claude/one-shot/two-turns-2',
    request: { ...oneShot, model: 'claude-sonnet-4-5', sessionId: '<id-1>' },
  },
  { recorded: 'gemini/one-shot/edit', request: { ...oneShot, permission: 'all', model: 'gemini-2.5-flash' } },
  { recorded: 'gemini/acp/edit', request: { ...longRunning, permission: 'all', model: 'gemini-2.5-flash' } },
  {
    recorded: 'gemini/acp/granted',
    request: { ...longRunning, permission: 'ask', model: 'gemini-2.5-flash' },
  },
  { recorded: 'opencode/one-shot/edit', request: { ...oneShot, permission: 'all' } },
  { recorded: 'opencode/acp/edit', request: { ...longRunning, permission: 'all' } },
  {
    recorded: 'copilot/one-shot/edit',
    request: { ...oneShot, ...baseUrl, permission: 'all', model: 'mock-model' },
  },
  { recorded: 'copilot/acp/edit', request: { ...longRunning, permission: 'all' } },
  { recorded: 'qwen/one-shot/edit', request: { ...oneShot, permission: 'all' } },
  { recorded: 'qwen/acp/edit', request: { ...longRunning, permission: 'all' } },
]

test.each(exact)('starts $recorded as it was recorded', ({ recorded, request }) => {
  const [tool = ''] = recorded.split('/')
  const { command } = readTranscript(recorded)
  const { args, env } = adapterOf(tool).launch(request)
  expect(args.toSorted()).toEqual(command.args.toSorted())
  for (const [name, value] of Object.entries(env)) {
    if (name in command.env && name !== 'OPENCODE_CONFIG_CONTENT' && !value.startsWith('http')) {
      expect(`${name}=${value}`).toBe(`${name}=${command.env[name]}`)
    }
  }
})

test('starts codex with every setting that it was recorded with', () => {
  const { command } = readTranscript('codex/one-shot/edit')
  const settings = { baseUrl: '<model>/v1', provider: 'mock', keyEnv: 'MOCK_KEY' }
  const request = {
    ...oneShot,
    model: 'gpt-5.5',
    settings: { ...settings, baseUrl: 'http://127.0.0.1:1/v1' },
  }
  const { args, passEnv, natives } = adapterOf('codex').launch(request)
  const own = args.map((arg) =>
    arg.replace('http://127.0.0.1:1/v1', '<model>/v1').replace('model="gpt-5.5"', 'model=gpt-5.5'),
  )
  expect(own).toEqual(
    expect.arrayContaining([...command.args].map((arg) => arg.replace('name="mock",', 'name="mock",'))),
  )
  expect(args[0]).toBe('exec')
  expect(args.at(-1)).toBe('-')
  expect(passEnv).toContain('MOCK_KEY')
  expect(natives).toContain('../../codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex')
})

test('takes a session up where it can', () => {
  const request = { ...oneShot, sessionId: 'abc' }
  expect(adapterOf('claude').launch(request).args).toEqual(expect.arrayContaining(['--resume', 'abc']))
  const { args } = adapterOf('codex').launch(request)
  expect([...args.slice(0, 2), ...args.slice(-2)]).toEqual(['exec', 'resume', 'abc', '-'])
  expect(adapterOf('copilot').launch(request).args).toContain('--resume=abc')
  expect(adapterOf('qwen').launch(request).args).toEqual(expect.arrayContaining(['--resume', 'abc']))
  expect(adapterOf('gemini').launch(request).args).toEqual(expect.arrayContaining(['-r', 'abc']))
  expect(adapterOf('opencode').launch(request).args).toEqual(expect.arrayContaining(['-s', 'abc']))
  expect(adapterOf('gemini').launch({ ...request, mode: 'long-running' }).args).not.toContain('abc')
})

test('keeps the settings of instances apart where a folder is given', () => {
  const request = { ...oneShot, configDir: '/c' }
  expect(adapterOf('claude').launch(request).env['CLAUDE_CONFIG_DIR']).toBe('/c')
  expect(adapterOf('codex').launch(request).env['CODEX_HOME']).toBe('/c')
  const gemini = adapterOf('gemini').launch(request)
  expect(gemini.env['GEMINI_CLI_HOME']).toBe('/c')
  expect(gemini.files?.[0]?.path).toBe('.gemini/settings.json')
})

test('lets less permission mean less', () => {
  const permissions = ['read', 'edit', 'all'] as const
  const said = permissions.map((permission) => {
    const { args, env } = adapterOf('opencode').launch({ ...oneShot, permission })
    expect(args).toContain('run')
    return /"permission":(\{[^}]*\})/.exec(env['OPENCODE_CONFIG_CONTENT'] ?? '')?.[1]
  })
  expect(said).toEqual([
    '{"edit":"deny","bash":"deny"}',
    '{"edit":"allow","bash":"deny"}',
    '{"edit":"allow","bash":"allow"}',
  ])
  expect(adapterOf('codex').launch({ ...oneShot, permission: 'read' }).args).toContain(
    'sandbox_mode="read-only"',
  )
  expect(adapterOf('aider').launch({ ...oneShot, permission: 'read' }).args).toEqual(
    expect.arrayContaining(['--chat-mode', 'ask']),
  )
})

test('passes on nothing of the surroundings but what is named', () => {
  for (const spec of builtInAdapters) {
    const mode = spec.traits.modes[0]
    if (mode === undefined) continue
    const launch = toolAdapter(spec).launch({ ...oneShot, mode })
    expect(launch.passEnv).toContain('PATH')
    expect(launch.passEnv.filter((name) => /^CLAUDECODE|^CODEX_SANDBOX|^NODE_OPTIONS/.test(name))).toEqual([])
    expect(launch.env).toMatchObject({ TERM: 'dumb', NO_COLOR: '1' })
  }
})

describe('what cannot be started is refused by name', () => {
  test.each([
    ['cursor-agent', longRunning],
    ['jules', oneShot],
    ['claude', { ...oneShot, permission: 'ask' as const }],
  ])('%s, %j', (tool, request) => {
    expect(() => adapterOf(tool).launch(request)).toThrow(expect.objectContaining({ code: 'WS_TOOL_MODE' }))
  })

  test('settings that are none', () => {
    expect(() => adapterOf('claude').launch({ ...oneShot, settings: { args: 'x', baseUrl: 7 } })).toThrow(
      expect.objectContaining({ code: 'WS_TOOL_SETTINGS', message: expect.stringMatching(/args.*baseUrl/) }),
    )
  })
})

test('aider is started so that it says yes to nothing that it was not asked for', () => {
  const { command } = readTranscript('aider/repl/edit')
  const { args, env } = adapterOf('aider').launch({
    ...oneShot,
    model: 'openai/mock-model',
    settings: { baseUrl: 'http://127.0.0.1:1/v1' },
  })
  const flags = args.filter((arg) => arg.startsWith('--'))
  expect(command.args).toEqual(expect.arrayContaining(flags))
  expect(env['COLUMNS']).toBe('1000')
})
