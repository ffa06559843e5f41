// What can become of the bytes of a recorded tool on their way to us, and what is made of them then.
import fc from 'fast-check'
import type { LaunchRequest, TurnEnd } from '../../src/adapter/tool-adapter.ts'
import { toolAdapter } from '../../src/adapters/adapter-spec.ts'
import { builtInAdapter } from '../../src/adapters/built-in.ts'
import { ScriptedWire, settle } from '../scripted-wire.ts'
import { requestOf, type Scenario } from './play-scenario.ts'

/** The bytes of a recorded tool, cut, spoiled and ended somewhere. */
export interface Damage {
  readonly cuts: readonly number[]
  readonly end: number
  readonly garbage: Uint8Array
  readonly garbageAt: number
  readonly exitCode: number | null
  readonly isInterrupted: boolean
  readonly resets: boolean
}

export const damages: fc.Arbitrary<Damage> = fc.record({
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

/** How a turn can end; each of its prompts ends once, whatever the tool writes. */
export const outcomes: readonly TurnEnd['outcome'][] = ['completed', 'failed', 'interrupted', 'lost']

/** Two prompts to a tool that says this, damaged, and goes: how they ended. */
export async function survive(scenario: Scenario, output: Uint8Array, damage: Damage): Promise<TurnEnd[]> {
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
