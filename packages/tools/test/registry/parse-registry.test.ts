import { formatProblems } from '@ws/core'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseRegistry, registryJsonSchema } from '../../src/registry/parse-registry.ts'
import type { ToolRegistry } from '../../src/registry/tool-registry.ts'

async function registryOf(text: string): Promise<ToolRegistry> {
  const result = await parseRegistry(text, { file: 'tools.yaml' })
  if (!result.ok) throw new Error(formatProblems(result.problems, { text }))
  return result.registry
}

async function problemsOf(text: string): Promise<string> {
  const result = await parseRegistry(text, { file: 'tools.yaml' })
  return result.ok ? 'none' : formatProblems(result.problems, { text })
}

const sample = readFileSync(new URL('tools.yaml', import.meta.url), 'utf8')

test('reads the documented file, over what is built in', async () => {
  const registry = await registryOf(sample)
  expect(registry.get('claude-cli')).toMatchObject({
    name: 'claude',
    adapter: 'claude',
    capabilities: ['planning', 'nlp', 'testing'],
    versionCommand: ['claude', '--version'],
    healthCommand: ['claude', '--help'],
    costHint: 1,
    fallback: ['aider'],
    execution: 'auto',
    account: 'claude',
  })
  expect(registry.get('Cursor')).toMatchObject({
    name: 'cursor-agent',
    capabilities: ['editor', 'typescript', 'documentation'],
  })
  expect(registry.get('codex')).toMatchObject({ versionCommand: ['codex', '--version'], fallback: [] })
  expect(registry.chain('claude').map(({ name }) => name)).toEqual(['claude', 'aider', 'cursor-agent'])
})

test('reads tools by name, and JSON, and each spelling of a field', async () => {
  const registry = await registryOf(
    JSON.stringify({
      version: 1,
      tools: {
        mine: {
          talk: { end: { exit: true } },
          versionCommand: ['mine', '-V'],
          max_instances: 2,
          detectCommands: [['mine2'], ['mine']],
        },
      },
    }),
  )
  expect(registry.get('mine')).toMatchObject({
    adapter: 'generic',
    versionCommand: ['mine', '-V'],
    maxInstances: 2,
    detectCommands: [['mine2'], ['mine']],
  })
})

test('names every mistake at once, with its place and what would be right', async () => {
  const text = `version: 2
tools:
  - name: claude
    capabilites: [python]
    cost_hint: cheap
    fallback: [aidr]
  - capabilities: [x]
  - name: other
    adapter: codx
  - name: plain
    health_cmd: plain --help
  - name: cursor
    mode: long-running
  - name: Claude-CLI
    cost_hint: 1
    costHint: 2
`
  expect(await problemsOf(text)).toMatchInlineSnapshot(`
    "tools.yaml:1:10: expected 1, the version of the format, found 2
        1 | version: 2
          |          ^
      version

    tools.yaml:4:5: "capabilites" is not a setting of the tool
        4 |     capabilites: [python]
          |     ^^^^^^^^^^^
      tools[0].capabilites: did you mean "capabilities"?

    tools.yaml:5:16: expected a number, found "cheap"
        5 |     cost_hint: cheap
          |                ^^^^^
      tools[0].cost_hint

    tools.yaml:6:16: there is no tool "aidr"
        6 |     fallback: [aidr]
          |                ^^^^
      tools[0].fallback[0]: did you mean "aider"?

    tools.yaml:7:5: "name" is missing
        7 |   - capabilities: [x]
          |     ^^^^^^^^^^^^^^^^^
      tools[1].name: add it: what plans call it

    tools.yaml:9:14: there is no adapter "codx"
        9 |     adapter: codx
          |              ^^^^
      tools[2].adapter: did you mean "codex"?

    tools.yaml:11:17: expected a list of a program and its arguments, such as ["aider", "--version"], found "plain --help"
       11 |     health_cmd: plain --help
          |                 ^^^^^^^^^^^^
      tools[3].health_cmd

    tools.yaml:13:11: "cursor-agent" has no mode "long-running"
       13 |     mode: long-running
          |           ^^^^^^^^^^^^
      tools[4].mode: expected one-shot

    tools.yaml:14:5: the tool "claude" is there twice (names compare without case, and aliases count)
       14 |   - name: Claude-CLI
          |     ^^^^^^^^^^^^^^^^
      tools[5]: keep one of them

    tools.yaml:15:5: "cost_hint" is said in two spellings
       15 |     cost_hint: 1
          |     ^^^^^^^^^
      tools[5].cost_hint: keep one of them"
  `)
})

test('refuses stand-ins that form a circle, over built-in tools too', async () => {
  const text = `version: 1
tools:
  claude: { fallback: [codex] }
  codex: { fallback: [gemini, claude-code] }
  gemini: { fallback: [gemini] }
`
  expect(await problemsOf(text)).toMatchInlineSnapshot(`
    "tools.yaml:3:23: the stand-ins of "claude" form a circle: claude → codex → claude
        3 |   claude: { fallback: [codex] }
          |                       ^^^^^^^
      tools.claude.fallback: take one of them out of "fallback"

    tools.yaml:4:22: the stand-ins of "codex" form a circle: codex → claude → codex
        4 |   codex: { fallback: [gemini, claude-code] }
          |                      ^^^^^^^^^^^^^^^^^^^^^
      tools.codex.fallback: take one of them out of "fallback"

    tools.yaml:5:23: the stand-ins of "gemini" form a circle: gemini → gemini
        5 |   gemini: { fallback: [gemini] }
          |                       ^^^^^^^^
      tools.gemini.fallback: take one of them out of "fallback""
  `)
})

test('says where a text stops being YAML', async () => {
  expect(await problemsOf('version: 1\ntools:\n  - name: "x\n')).toMatch(
    /^tools\.yaml:\d+:\d+: not valid YAML: /,
  )
  expect(await problemsOf('')).toContain('expected')
})

describe('the JSON Schema of the file', () => {
  test('is closed, and describes its fields', () => {
    const schema = registryJsonSchema()
    expect(JSON.stringify(schema)).toContain('"additionalProperties":false')
    expect(JSON.stringify(schema)).toContain('How dear it is beside the others.')
  })
})
