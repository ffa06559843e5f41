import { invariant } from '../../src/errors/invariant.ts'
import type { Journal } from '../../src/machine/journal.ts'
import { decideInto } from '../../src/machine/machine.ts'
import { replay } from '../../src/machine/replay.ts'
import type { RunEvent } from '../../src/run/run-event.ts'
import type { RunInput } from '../../src/run/run-input.ts'
import { runMachine } from '../../src/run/run-machine.ts'
import type { RunMachineState, RunState } from '../../src/run/run-state.ts'
import { arrangement } from './arrangement.ts'
import type { SimulatedWorld } from '../../src/testing/simulated-world.ts'

/** A journal that also tells what it holds. */
export interface StormLog extends Journal {
  readonly inputs: readonly { readonly at: number; readonly input: RunInput }[]
  readonly events: readonly RunEvent[]
}

export function hasEnded({ status }: RunState): boolean {
  return status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED'
}

/** When no alarm is left a run has ended, says what it waits for, or waits for a run that does. */
export function checkEnd(run: RunState, all: readonly RunState[]): string {
  const waits = run.pauses.size > 0 || all.some((other) => other !== run && other.pauses.size > 0)
  const workstreams = [...run.workstreams.values()].map(({ spec, phase }) => `${spec.id} ${phase.state}`)
  invariant(hasEnded(run) || waits, 'nobody waits for ever', { run: run.id, status: run.status, workstreams })
  return run.status
}

/** The same inputs in the same order give the same log, and the log gives the same state. */
export async function checkLog(journal: StormLog, live: RunMachineState): Promise<void> {
  const machine = runMachine()
  const again: RunEvent[] = []
  const state = machine.initial()
  for (const { at, input } of journal.inputs) decideInto(machine, state, input, at, again)
  const differs = again.findIndex((event, i) => !isEqual(event, journal.events[i]))
  const details = { at: differs, again: again[differs], was: journal.events[differs] }
  invariant(
    differs === -1 && again.length === journal.events.length,
    'the same inputs give the same log',
    details,
  )
  const frozen = machine.freeze(live)
  invariant(isEqual(machine.freeze(state), frozen), 'decided again, the state is the same')
  const { state: folded } = await replay(machine, journal)
  invariant(isEqual(arrangement(folded), arrangement(state)), 'ready tasks lie as they did')
  invariant(isEqual(machine.freeze(folded), frozen), 'the log gives the state')
}

/** Nearly always the keys are in the same order as well, and to put them into one takes long. */
function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b) || canonical(a) === canonical(b)
}

/** JSON with the keys of objects in order, so that equal values read the same. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/** No recorded success is repeated, no attempt starts twice, and money is counted once. */
export function checkHistory(journal: StormLog, state: RunMachineState, world: SimulatedWorld): void {
  const succeeded = new Set<string>()
  for (const event of journal.events) {
    if (event.type === 'task.succeeded') succeeded.add(`${event.runId}/${event.taskId}`)
    if (event.type !== 'task.started') continue
    invariant(!succeeded.has(`${event.runId}/${event.taskId}`), 'no recorded success is repeated', {
      task: event.taskId,
    })
  }
  invariant(new Set(world.started).size === world.started.length, 'an attempt starts once')
  const spent = spentByRun(journal.events)
  for (const [run, usd] of spent) {
    const is = state.budgets.spentUsd(`run/${run}`)
    invariant(Math.abs(is - usd) < 1e-6, 'usage is counted once', { run, is, usd })
  }
}

/** What each run has cost, added up from the log alone. */
function spentByRun(events: readonly RunEvent[]): ReadonlyMap<string, number> {
  const attempts = new Map<
    string,
    { run: string; reserved: number; metered: number; settled: number; isTool: boolean }
  >()
  for (const event of events) {
    if (!('attempt' in event) || !('taskId' in event)) continue
    const key = `${event.runId}/${event.taskId}/${event.attempt}`
    if (event.type === 'task.started') {
      const isTool = event.tool !== undefined
      attempts.set(key, { run: event.runId, reserved: event.reservedUsd, metered: 0, settled: 0, isTool })
      continue
    }
    const entry = attempts.get(key)
    if (entry === undefined || !('usage' in event)) continue
    if (event.type === 'task.metered') entry.metered = event.usage.costUsd
    else if (event.type === 'attempt.superseded') entry.settled = event.usage.costUsd
    else {
      const isUnseen =
        (event.type === 'task.quarantined' &&
          event.breach.breach === 'crash-loop' &&
          event.breach.cause === 'lost') ||
        ((event.type === 'task.retried' || event.type === 'task.failed') && event.failure.reason === 'lost')
      entry.settled = Math.max(entry.metered, event.usage.costUsd, isUnseen ? entry.reserved : 0)
    }
  }
  const spent = new Map<string, number>()
  for (const { run, settled, isTool } of attempts.values()) {
    if (isTool) spent.set(run, (spent.get(run) ?? 0) + settled)
  }
  return spent
}
