// Whatever a tool writes, however it ends: each request is answered once, nothing is thrown on the side.
import fc from 'fast-check'
import { assertNoLeaks, trackResources } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { toolAdapter } from '../../src/adapters/adapter-spec.ts'
import { builtInAdapter } from '../../src/adapters/built-in.ts'
import { ScriptedWire } from '../scripted-wire.ts'
import { recordings, said } from '../transcript.ts'
import { damages, outcomes, survive } from './damage.ts'
import { playScenario, type Scenario, scenarioOf, transcriptOf } from './play-scenario.ts'
import { bytewise } from './pieces.ts'
import { sequence, summarize } from './summary.ts'

const scenarios: readonly Scenario[] = [
  { tool: 'claude', mode: 'one-shot', name: 'edit' },
  { tool: 'claude', mode: 'stream-json', name: 'two-turns' },
  { tool: 'codex', mode: 'one-shot', name: 'edit' },
  { tool: 'codex', mode: 'app-server', name: 'granted' },
  { tool: 'gemini', mode: 'acp', name: 'granted' },
  { tool: 'opencode', mode: 'acp', name: 'denied' },
  { tool: 'opencode', mode: 'one-shot', name: 'edit' },
  { tool: 'copilot', mode: 'one-shot', name: 'denied' },
  { tool: 'qwen', mode: 'acp', name: 'two-turns' },
  { tool: 'aider', mode: 'one-shot', name: 'edit' },
]

const aiderOutput = [
  'Aider v0.86.2\n\ndiff> ',
  '\nhello.txt\n```\n<<<<<<< SEARCH\n=======\nhello\n>>>>>>> REPLACE\n```\n',
  'Tokens: 1.0k sent, 20 received. Cost: $0.0033 message, $0.0033 session.\nApplied edit to hello.txt\n',
  'diff> \nInvalid command: /ws_end_1\n\ndiff> ',
].join('')

function outputOf(scenario: Scenario): Uint8Array {
  const text = scenario.tool === 'aider' ? aiderOutput : said(transcriptOf(scenario).entries, 'out')
  return new TextEncoder().encode(text)
}

describe.each(scenarios)('$tool, $mode, cut and spoiled anywhere', (scenario) => {
  test('answers every prompt once, and leaves nothing behind', async () => {
    const tracker = trackResources({ prefix: 'ws-tools-' })
    const output = outputOf(scenario)
    await fc.assert(
      fc.asyncProperty(damages, async (damage) => {
        for (const end of await survive(scenario, output, damage)) expect(outcomes).toContain(end.outcome)
      }),
      { numRuns: 50 },
    )
    await assertNoLeaks(tracker)
  })
})

test.each(recordings())('%s is the same when every byte of it comes by itself', async (name) => {
  const scenario = scenarioOf(name)
  const [whole, cut] = [await playScenario(scenario), await playScenario(scenario, { pieces: bytewise })]
  expect(cut.turns.map(summarize)).toEqual(whole.turns.map(summarize))
  expect(sequence(cut.events)).toBe(sequence(whole.events))
  expect(cut.written).toBe(whole.written)
})

test('a line of 64 MB is a failure of the protocol, and is never held as a whole', async () => {
  const wire = new ScriptedWire()
  const adapter = toolAdapter(builtInAdapter('claude')!)
  const connection = adapter.connect(wire, { mode: 'one-shot', cwd: '/w', permission: 'edit' })
  const answer = await connection.openSession({ cwd: '/w' })
  const ended = answer.isOpen ? answer.session.prompt('hello') : undefined
  const piece = new Uint8Array(1024 * 1024).fill(120)
  for (let count = 0; count < 64; count++) wire.say(piece)
  wire.say('\n{"type":"result","subtype":"success","is_error":false,"result":"too late"}\n')
  wire.exit()
  expect(await ended).toMatchObject({ outcome: 'failed', failure: { reason: 'protocol' } })
})
