import { invariant } from '../../src/errors/invariant.ts'
import type { Failure } from '../../src/errors/failure.ts'
import { WsError } from '../../src/errors/ws-error.ts'
import type { Host } from '../../src/machine/host.ts'
import { openHost } from '../../src/machine/host.ts'
import type { Snapshot, StepDraft, StepPosition } from '../../src/machine/journal.ts'
import { MemoryJournal } from '../../src/machine/memory-journal.ts'
import type { AttemptEffect, RunEffect } from '../../src/run/run-effect.ts'
import type { RunEvent } from '../../src/run/run-event.ts'
import type { LandingOutcome, RunCommand, RunInput } from '../../src/run/run-input.ts'
import { runMachine } from '../../src/run/run-machine.ts'
import type { RunSpec } from '../../src/run/run-spec.ts'
import type { RunMachineState } from '../../src/run/run-state.ts'
import { checkedMachine } from '../../src/testing/checked-machine.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { Random } from '../../src/testing/random.ts'
import type { AttemptScript } from '../../src/testing/simulated-world.ts'
import { SimulatedWorld } from '../../src/testing/simulated-world.ts'
import { randomRun, randomTask, randomWorkstream } from './random-run.ts'
import { checkEnd, checkHistory, checkLog, hasEnded } from './storm-checks.ts'
import type { StormLog } from './storm-checks.ts'

type RunHost = Host<RunMachineState, RunInput, RunEvent, RunEffect>

export interface StormOptions {
  /** Steps at which the host dies, counted through all hosts; before or after the append. */
  readonly crashes?: ReadonlyMap<number, 'before' | 'after'>
  readonly runs?: readonly RunSpec[]
  /** Nothing goes wrong but the crashes. */
  readonly isCalm?: boolean
}

export interface StormResult {
  readonly steps: number
  readonly events: readonly RunEvent[]
  readonly statuses: readonly string[]
}

/**
 * Lives random plans through faults and crashes, checks every promise after every input, and at the end that
 * the log, decided again from its inputs, is the same log.
 */
export async function storm(seed: number, options: StormOptions = {}): Promise<StormResult> {
  const random = new Random(seed)
  const runs = options.runs ?? [
    randomRun(random, 'one'),
    ...(random.chance(0.3) ? [randomRun(random, 'two')] : []),
  ]
  const crashes = options.crashes ?? randomCrashes(random)
  const clock = new ManualClock(1_000_000)
  const journal = new StormJournal(crashes)
  const machine = checkedMachine(runMachine())
  const world = new SimulatedWorld({
    clock,
    attempt: (effect) => script(seed, effect, options.isCalm === true),
    landing: ({ runId, workstreamId, round, attempt }) => {
      const dice = new Random(hash(`${seed}/land/${runId}/${workstreamId}/${round}/${attempt}`))
      return { durationMs: dice.below(30_000), outcome: landingOutcome(dice, options.isCalm === true) }
    },
    survives: (effect) => new Random(hash(`${seed}/survives/${effect.taskId}/${effect.attempt}`)).chance(0.5),
  })
  // Late words of attempts that a crash made us take for dead.
  const ghosts = world.lastWords
  let host: RunHost | undefined
  let opened = 0
  const open = async (): Promise<RunHost> => {
    for (;;) {
      world.crash()
      try {
        const snapshotEvery = [0, 1, 3, 7][seed % 4]!
        const next = await openHost(machine, {
          journal,
          clock,
          driver: world.driver(),
          epoch: ++opened,
          snapshotEvery,
        })
        await next.idle()
        await next.send({ type: 'host.joined', hostId: 'here', offers: ['*'] })
        return next
      } catch (error) {
        if (!isDeath(error)) throw error
      }
    }
  }
  const send = async (input: RunInput): Promise<void> => {
    for (;;) {
      host ??= await open()
      try {
        await host.send(input)
        await host.idle()
        return
      } catch (error) {
        if (!isDeath(error)) throw error
        host = undefined
      }
    }
  }
  let commands = 0
  const command = (body: DistributedOmit<RunCommand, 'commandId'>) =>
    // Sent again under its id after a crash: asking twice is asking once.
    send({ ...body, commandId: `c${++commands}` })

  await command({
    type: 'limits.set',
    limits: { slots: 1 + random.below(4), cpu: 3, ...(random.chance(0.3) ? { alpha: 1 } : {}) },
  })
  for (const run of runs) await command({ type: 'run.start', run })
  let remedies = 0
  for (let turn = 0; ; turn++) {
    invariant(turn < 5_000, 'a storm ends', { seed })
    host ??= await open()
    await host.idle()
    if (await hasDied(host)) {
      host = undefined
      continue
    }
    if (ghosts.length > 0 && random.chance(0.3)) {
      await send(ghosts.shift()!)
      continue
    }
    if (options.isCalm !== true && turn < 200 && random.chance(0.04)) await meddle(host, random, command)
    if (host === undefined) continue
    const next = clock.next()
    if (next !== undefined && !(isSettled(host) && ghosts.length === 0)) {
      clock.advanceTo(next)
      continue
    }
    if (remedies++ < 12 && (await remedy(host, random, command))) continue
    await host?.idle()
    if (host !== undefined && !(await hasDied(host))) break
    host = undefined
  }
  invariant(host !== undefined, 'a storm ends with a host')
  const live = [...host.state.runs.values()]
  const statuses = live.map((run) => checkEnd(run, live))
  await checkLog(journal, host.state)
  checkHistory(journal, host.state, world)
  await host.close().catch(() => {})
  return { steps: journal.steps, events: journal.events, statuses }
}

type DistributedOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
type Command = (body: DistributedOmit<RunCommand, 'commandId'>) => Promise<void>

class StormJournal extends MemoryJournal implements StormLog {
  steps = 0
  readonly inputs: { at: number; input: RunInput }[] = []
  readonly events: RunEvent[] = []
  readonly #crashes: ReadonlyMap<number, 'before' | 'after'>
  #snapshot: Snapshot | undefined

  constructor(crashes: ReadonlyMap<number, 'before' | 'after'>) {
    super()
    this.#crashes = crashes
  }

  override async append(step: StepDraft): Promise<StepPosition> {
    const crash = this.#crashes.get(++this.steps)
    if (crash === 'before') throw new WsError('WS_JOURNAL_UNKNOWN', 'the storm cut the append off')
    // What rests in a journal has been through JSON.
    const kept = JSON.parse(JSON.stringify(step)) as StepDraft
    const position = await super.append(kept)
    for (const { at, input } of kept.inputs) this.inputs.push({ at, input: input as RunInput })
    this.events.push(...(kept.events as RunEvent[]))
    if (crash === 'after') throw new WsError('WS_JOURNAL_UNKNOWN', 'the storm cut the answer off')
    return position
  }

  /** Most are never read: a copy is made of those that are. What still shares something with the state shows there. */
  override saveSnapshot(snapshot: Snapshot): Promise<void> {
    this.#snapshot = snapshot
    return Promise.resolve()
  }

  override loadSnapshot(): Promise<Snapshot | undefined> {
    return Promise.resolve(structuredClone(this.#snapshot))
  }
}

function randomCrashes(random: Random): ReadonlyMap<number, 'before' | 'after'> {
  const crashes = new Map<number, 'before' | 'after'>()
  const count = 1 + random.below(3)
  for (let i = 0; i < count; i++) crashes.set(2 + random.below(60), random.chance(0.5) ? 'before' : 'after')
  return crashes
}

async function hasDied(host: RunHost): Promise<boolean> {
  let death: unknown
  void host.ended.catch((error: unknown) => (death = error))
  await Promise.resolve()
  await Promise.resolve()
  return death !== undefined && isDeath(death)
}

/** A host that a crash ended; every other end is a finding. */
function isDeath(error: unknown): boolean {
  if (!(error instanceof WsError)) return false
  if (error.code === 'WS_HOST_ENDED' && error.cause !== undefined) return isDeath(error.cause)
  if (error.code === 'WS_JOURNAL_UNKNOWN') return true
  throw error
}

function script(seed: number, { runId, taskId, attempt }: AttemptEffect, isCalm: boolean): AttemptScript {
  const dice = new Random(hash(`${seed}/${runId}/${taskId}/${attempt}`))
  const durationMs = dice.below(900_000)
  const costUsd = dice.below(8) / 4
  const meteredAt = dice.chance(0.3) ? [0.5] : []
  const good = {
    durationMs,
    costUsd,
    meteredAt,
    ...(hash(`${seed}/${taskId}`) % 3 === 0 ? {} : { executedAt: 0.75 }),
    outcome: { kind: 'succeeded', ...(dice.chance(0.8) ? { commit: `c/${taskId}/${attempt}` } : {}) },
  } as const
  if (isCalm || dice.chance(0.6)) return good
  if (dice.chance(0.12)) {
    return {
      durationMs,
      costUsd,
      meteredAt,
      outcome: {
        kind: 'breached',
        breach: { breach: 'outside-claims', paths: ['x'] },
        ...(dice.chance(0.5) ? { commit: `kept/${taskId}/${attempt}` } : {}),
      },
    }
  }
  return { durationMs, costUsd, meteredAt, outcome: { kind: 'failed', failure: dice.pick(failures) } }
}

const failures: readonly Failure[] = [
  { reason: 'exited', exitCode: 1 },
  { reason: 'timed-out', afterMs: 1, limit: 'run' },
  { reason: 'crashed', detail: '' },
  { reason: 'lost' },
  { reason: 'auth', detail: '' },
  { reason: 'rate-limited' },
  { reason: 'rate-limited', resetAt: 2_000_000 },
  { reason: 'quota-exhausted' },
  { reason: 'quota-exhausted', resetAt: 3_000_000 },
  { reason: 'overloaded' },
  { reason: 'refused', detail: '' },
  { reason: 'infrastructure', detail: '' },
]

function landingOutcome(dice: Random, isCalm: boolean): LandingOutcome {
  if (isCalm || dice.chance(0.8)) return { kind: 'landed', commit: 'm' }
  return dice.pick<LandingOutcome>([
    { kind: 'conflicted', paths: ['x'] },
    { kind: 'rejected', checks: ['unit'] },
    { kind: 'infrastructure', detail: '' },
    { kind: 'lost' },
    { kind: 'withdrawn' },
    { kind: 'breached', breach: { breach: 'secret', path: 'x', kind: 'key' } },
  ])
}

/** A person who interferes in the middle. */
async function meddle(host: RunHost, random: Random, command: Command): Promise<void> {
  const run = random.pick([...host.state.runs.values()])
  const runId = run.id
  const task = random.pick([...run.tasks.values()])
  const workstream = random.pick([...run.workstreams.values()])
  switch (random.below(10)) {
    case 0:
      return command({ type: 'run.pause', runId, now: random.chance(0.5) })
    case 1:
      return random.chance(0.3) ? command({ type: 'run.cancel', runId }) : undefined
    case 2:
      return command({ type: 'task.retry', runId, taskId: task.id })
    case 3:
      return command({ type: 'workstream.release', runId, workstreamId: workstream.spec.id })
    case 4:
      return command({ type: 'workstream.discard', runId, workstreamId: workstream.spec.id })
    case 5:
      return command({ type: 'workstream.retry', runId, workstreamId: workstream.spec.id })
    case 6:
      return command({ type: 'task.reprioritise', runId, taskId: task.id, priority: random.below(5) })
    case 7: {
      const spec = randomTask(
        random,
        0,
        0,
        [...run.tasks.values()].map((each) => each.spec),
      )
      const isInner = random.chance(0.5)
      const needs = spec.needs.filter((id) => !isInner || run.tasks.get(id)?.workstream === workstream)
      const isNew = random.chance(0.2)
      const fresh = randomWorkstream(random, run.workstreams.size + 10)
      const owner = isNew ? fresh.id : workstream.spec.id
      const added = { ...spec, id: `x${run.tasks.size}`, workstream: owner, needs, needsLanded: [] }
      return command({ type: 'run.extend', runId, workstreams: isNew ? [fresh] : [], tasks: [added] })
    }
    case 8:
      return command({ type: 'run.resume', runId })
    default:
      return command({ type: 'task.done', runId, taskId: task.id })
  }
}

function isSettled(host: RunHost): boolean {
  return [...host.state.runs.values()].every(hasEnded)
}

/** When nothing moves: what a person would do, as the run says. */
async function remedy(host: RunHost, random: Random, command: Command): Promise<boolean> {
  for (const run of host.state.runs.values()) {
    const runId = run.id
    if (run.pauses.has('budget')) {
      const scope = `run/${runId}`
      const spent = host.state.budgets.spentUsd(scope)
      await command({ type: 'run.resume', runId, budgetUsd: spent + 20 })
      for (const { spec } of run.workstreams.values()) {
        if (spec.budgetUsd !== undefined)
          await command({ type: 'budget.set', scope: `workstream/${runId}/${spec.id}`, usd: 1_000 })
      }
      return true
    }
    if (run.pauses.has('user')) {
      await command({ type: 'run.resume', runId })
      return true
    }
    if (run.pauses.has('needs-person')) {
      invariant(run.waits.length > 0, 'a run that needs a person says for what', { runId })
      for (const { id, waitsFor } of run.waits) {
        if (waitsFor === 'approve') await command({ type: 'workstream.approve', runId, workstreamId: id })
        else if (waitsFor === 'done') await command({ type: 'task.done', runId, taskId: id })
        else if (random.chance(0.5)) await command({ type: 'workstream.discard', runId, workstreamId: id })
        else {
          await command({ type: 'workstream.release', runId, workstreamId: id })
          await command({ type: 'workstream.retry', runId, workstreamId: id })
        }
      }
      return true
    }
    if (run.status === 'FAILED' && random.chance(0.5)) {
      const lost = [...run.workstreams.values()].find(
        ({ phase }) => phase.state === 'FAILED' || phase.state === 'QUARANTINED',
      )
      if (lost === undefined) continue
      await command({ type: 'workstream.release', runId, workstreamId: lost.spec.id })
      await command({ type: 'workstream.retry', runId, workstreamId: lost.spec.id })
      return true
    }
  }
  return false
}

function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}
