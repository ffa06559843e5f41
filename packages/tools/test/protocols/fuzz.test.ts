// Whatever a tool writes, however it ends: each request is answered once, nothing is thrown on the side.
import fc from 'fast-check'
import { assertNoLeaks, trackResources } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import type { LaunchRequest, TurnEnd } from '../../src/adapter/tool-adapter.ts'
import { toolAdapter } from '../../src/adapters/adapter-spec.ts'
import { builtInAdapter } from '../../src/adapters/built-in.ts'
import { ScriptedWire, settle } from '../scripted-wire.ts'
import { said } from '../transcript.ts'
import { requestOf, type Scenario, transcriptOf } from './play-scenario.ts'

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

/** The bytes of a recorded tool, cut, spoiled and ended somewhere. */
interface Damage {
  readonly cuts: readonly number[]
  readonly end: number
  readonly garbage: Uint8Array
  readonly garbageAt: number
  readonly exitCode: number | null
  readonly isInterrupted: boolean
  readonly resets: boolean
}

const damages: fc.Arbitrary<Damage> = fc.record({
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
  end: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  garbage: fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .constantFrom(
        '\0\0\n',
        '\n\n',
        '[]\n',
        '{"id":1}\n',
        '{"id":null,"method":"x"}\n',
        '{"type":"result"}\n',
        '{"type":"control_request"}\n',
        '{"id":2,"result":null}\n',
        '{"id":2,"error":7}\n',
        '{"method":"turn/completed","params":null}\n',
        '{"method":"session/update","params":{"sessionId":"<id-1>","update":{"sessionUpdate":"new"}}}\n',
        'x'.repeat(5_000) + '\n',
      )
      .map((text) => new TextEncoder().encode(text)),
  ),
  garbageAt: fc.double({ min: 0, max: 1, noNaN: true }),
  exitCode: fc.constantFrom(0, 1, 2, 137, null),
  isInterrupted: fc.boolean(),
  resets: fc.boolean(),
})

function outputOf(scenario: Scenario): Uint8Array {
  const text = scenario.tool === 'aider' ? aiderOutput : said(transcriptOf(scenario).entries, 'out')
  return new TextEncoder().encode(text)
}

async function survive(scenario: Scenario, output: Uint8Array, damage: Damage): Promise<TurnEnd[]> {
  const wire = new ScriptedWire()
  const request: LaunchRequest =
    scenario.tool === 'aider'
      ? { mode: 'long-running', cwd: '<cwd>', permission: 'edit' }
      : requestOf(scenario)
  const adapter = toolAdapter(builtInAdapter(scenario.tool)!)
  const connection = adapter.connect(wire, request)
  const session = connection.openSession({ cwd: request.cwd }).then(async (answer): Promise<TurnEnd[]> => {
    if (!answer.isOpen) return []
    const { session: opened } = answer
    const options = { decide: () => ({ isAllowed: true }) as const }
    const first = opened.prompt('one', options)
    if (damage.isInterrupted) opened.interrupt()
    const ends = [await first]
    if (damage.resets) await opened.reset()
    if (request.mode === 'long-running') ends.push(await opened.prompt('two', options))
    await opened.close()
    return ends
  })
  const at = Math.floor(damage.garbageAt * output.length)
  const spoiled = Buffer.concat([output.subarray(0, at), damage.garbage, output.subarray(at)])
  const whole = spoiled.subarray(0, Math.floor(damage.end * spoiled.length))
  const cuts = [0, ...damage.cuts.map((cut) => Math.floor(cut * whole.length)).toSorted((a, b) => a - b)]
  for (const [index, cut] of cuts.entries()) {
    wire.say(whole.subarray(cut, cuts[index + 1] ?? whole.length))
    if (index % 2 === 0) await settle(1)
  }
  await settle(2)
  wire.exit({ exitCode: damage.exitCode, signal: damage.exitCode === null ? 'SIGKILL' : null })
  await connection.ready
  return session
}

const wholeOutcomes = ['completed', 'failed', 'interrupted', 'lost']

describe.each(scenarios)('$tool, $mode, cut and spoiled anywhere', (scenario) => {
  test('answers every prompt once, and leaves nothing behind', async () => {
    const tracker = trackResources({ prefix: 'ws-tools-' })
    const output = outputOf(scenario)
    await fc.assert(
      fc.asyncProperty(damages, async (damage) => {
        for (const end of await survive(scenario, output, damage))
          expect(wholeOutcomes).toContain(end.outcome)
      }),
      { numRuns: 50 },
    )
    await assertNoLeaks(tracker)
  })
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
