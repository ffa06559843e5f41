import { describe, expect, test } from 'vitest'
import type { LaunchRequest } from '../../src/adapter/tool-adapter.ts'
import { parseRegistry } from '../../src/registry/parse-registry.ts'
import { ToolRegistry } from '../../src/registry/tool-registry.ts'

const request: LaunchRequest = { mode: 'one-shot', cwd: '/w', permission: 'edit' }

async function registryOf(text: string): Promise<ToolRegistry> {
  const result = await parseRegistry(text)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.registry
}

describe('a registry', () => {
  test('knows the built-in tools without a file', () => {
    const names = new ToolRegistry().entries.map(({ name }) => name)
    expect(names).toEqual([
      'claude',
      'codex',
      'gemini',
      'opencode',
      'aider',
      'copilot',
      'qwen',
      'cursor-agent',
      'jules',
    ])
  })

  test('gives one adapter for all spellings of a name', () => {
    const registry = new ToolRegistry()
    expect(registry.adapter('claude-code')).toBe(registry.adapter('Claude'))
    expect(() => registry.adapter('nobody')).toThrow(expect.objectContaining({ code: 'WS_TOOL_UNKNOWN' }))
  })

  test('puts what a file says of a tool into what is started', async () => {
    const registry = await registryOf(`version: 1
tools:
  - name: cheap-claude
    adapter: claude
    command: /usr/local/bin/claude-wrapper
    args: [--strict-mcp-config]
    env: { EXTRA: 1 }
    passEnv: [MY_KEY]
    model: haiku
    baseUrl: "http://127.0.0.1:4000"
`)
    const adapter = registry.adapter('cheap-claude')
    expect(adapter.tool).toBe('cheap-claude')
    const launch = adapter.launch(registry.request('cheap-claude', request))
    expect(launch.commands).toEqual(['/usr/local/bin/claude-wrapper'])
    expect(launch.args).toEqual(expect.arrayContaining(['--model', 'haiku', '--strict-mcp-config']))
    expect(launch.env).toMatchObject({
      EXTRA: '1',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:4000',
      TERM: 'dumb',
    })
    expect(launch.passEnv).toEqual(expect.arrayContaining(['MY_KEY', 'ANTHROPIC_API_KEY', 'PATH']))
  })

  test('what a request says goes before what the file says', async () => {
    const registry = await registryOf('version: 1\ntools: { claude: { model: haiku } }')
    expect(registry.request('claude', { ...request, model: 'opus' }).model).toBe('opus')
  })

  test('makes an agent of "acp", and any program of "talk"', async () => {
    const registry = await registryOf(`version: 1
tools:
  goose: { acp: { modes: { all: auto }, errorText: "^Error" }, args: [acp] }
  my-tool: { talk: { send: "{text}\\n", end: { quietMs: 800 } }, command: mytool }
`)
    const goose = registry.adapter('goose')
    expect(goose.traits).toMatchObject({ modes: ['long-running'], sessions: 'many' })
    const launch = goose.launch(registry.request('goose', { ...request, mode: 'long-running' }))
    expect([launch.commands, launch.args]).toEqual([['goose'], ['acp']])
    expect(registry.adapter('my-tool').traits.framing).toBe('weak')
    expect(registry.adapter('my-tool').launch(registry.request('my-tool', request)).commands).toEqual([
      'mytool',
    ])
  })

  test('tries the programs of the commands that detect a tool', async () => {
    const registry = await registryOf(
      'version: 1\ntools: { codex: { detectCommands: [[codex-beta, --version], [codex]] } }',
    )
    expect(registry.adapter('codex').launch(registry.request('codex', request)).commands).toEqual([
      'codex-beta',
      'codex',
    ])
  })

  test('prices the tokens of tools that report no money', async () => {
    const registry = await registryOf('version: 1\ntools: { codex: { pricing: { input: 2, output: 8 } } }')
    expect(registry.get('codex')?.pricing).toEqual({ input: 2, output: 8 })
  })
})
