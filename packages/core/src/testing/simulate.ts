import type { Claim } from '../claims/claim.ts'
import { WsError } from '../errors/ws-error.ts'
import { openHost } from '../machine/host.ts'
import type { Published } from '../machine/event-feed.ts'
import type { Failure } from '../errors/failure.ts'
import { MemoryJournal } from '../machine/memory-journal.ts'
import type { RunEvent } from '../run/run-event.ts'
import { runMachine } from '../run/run-machine.ts'
import { defaultBackoff } from '../run/run-spec.ts'
import type { RunSpec, TaskSpec, WorkstreamSpec } from '../run/run-spec.ts'
import { ManualClock } from './manual-clock.ts'
import { Random } from './random.ts'
import { SimulatedWorld } from './simulated-world.ts'
import type { AttemptScript } from './simulated-world.ts'

/** A task as a simulation takes it. */
export interface SimulatedTask {
  readonly id: string
  readonly durationMs: number
  readonly needs?: readonly string[]
  /** Held by its workstream; `[]` holds nothing. @default [] */
  readonly claims?: readonly (string | Claim)[]
  readonly uses?: Readonly<Record<string, number>>
  readonly priority?: number
  /** Without one the task is a workstream of its own. */
  readonly workstream?: string
}

/** What goes wrong, as shares of attempts; the seed decides which. */
export interface SimulatedFaults {
  readonly failure?: number
  readonly crash?: number
}

/** What is simulated. */
export interface SimulationOptions {
  readonly tasks: readonly SimulatedTask[]
  /** `concurrency`, and named resources. @default { concurrency: 3 } */
  readonly limits?: Readonly<Record<string, number>>
  /** Whether the scheduler knows the durations beforehand. @default 'exact' */
  readonly estimates?: 'exact' | 'none'
  readonly faults?: SimulatedFaults
  readonly seed?: number
}

/** How it went, in virtual time. */
export interface Simulation {
  readonly makespanMs: number
  /** No schedule can be shorter: the critical path, or the work spread over all slots. */
  readonly lowerBoundMs: number
  /** When each task's last attempt started. */
  readonly starts: ReadonlyMap<string, number>
  /** All that happened; put together when it is first asked for. */
  readonly events: readonly Published<RunEvent>[]
}

const runId = 'simulation'

/**
 * Runs tasks on the real machine, through the real host, in virtual time.
 * @throws `WS_SIMULATION_REFUSED` when the machine does not take the tasks.
 * @example
 * const { makespanMs } = await simulate({ tasks: [{ id: 'a', durationMs: 10 }, { id: 'b', durationMs: 5, needs: ['a'] }] })
 */
export async function simulate(options: SimulationOptions): Promise<Simulation> {
  const clock = new ManualClock()
  const durations = new Map(options.tasks.map(({ id, durationMs }) => [id, durationMs]))
  const random = new Random(options.seed ?? 1)
  const world = new SimulatedWorld({
    clock,
    attempt: ({ taskId }) => scriptFor(durations.get(taskId)!, options.faults ?? {}, random),
  })
  const journal = new MemoryJournal()
  const host = await openHost(runMachine(), {
    journal,
    clock,
    driver: world.driver(),
    snapshotEvery: 0,
  })
  const starts = new Map<string, number>()
  let makespanMs = 0
  host.events.on('task.started', ({ at, event }) => void starts.set(event.taskId, at))
  host.events.on('task.succeeded', ({ at }) => void (makespanMs = at))
  const { concurrency = 3, ...limits } = options.limits ?? {}
  await host.send({ type: 'limits.set', commandId: 'limits', limits: { ...limits, slots: concurrency } })
  await host.send({ type: 'host.joined', hostId: 'here', offers: ['*'] })
  const answer = await host.send({ type: 'run.start', commandId: 'start', run: specOf(options) })
  if (!answer.ok) {
    throw new WsError('WS_SIMULATION_REFUSED', `the tasks cannot be run: ${answer.message}`, {
      details: { ...answer },
    })
  }
  const lowerBoundMs = host.state.runs.get(runId)!.lowerBoundMs
  for (let next = clock.next(); next !== undefined; next = clock.next()) {
    clock.advanceTo(next)
    await host.idle()
  }
  await host.close()
  let events: readonly Published<RunEvent>[] | undefined
  return {
    makespanMs,
    lowerBoundMs,
    starts,
    get events() {
      return (events ??= publishedIn(journal))
    },
  }
}

function publishedIn(journal: MemoryJournal): readonly Published<RunEvent>[] {
  return journal.all().flatMap(({ inputs, events, firstSeq }) => {
    let next = 0
    return inputs.flatMap(({ at, events: count }) => {
      const own = events.slice(next, next + count)
      // The journal gives back what the run machine wrote.
      return own.map((event) => ({ seq: firstSeq + next++, at, event: event as RunEvent }))
    })
  })
}

function scriptFor(durationMs: number, faults: SimulatedFaults, random: Random): AttemptScript {
  const failure: Failure | undefined = random.chance(faults.failure ?? 0)
    ? { reason: 'exited', exitCode: 1 }
    : random.chance(faults.crash ?? 0)
      ? { reason: 'crashed', detail: 'simulated' }
      : undefined
  if (failure === undefined) return { durationMs, outcome: { kind: 'succeeded', commit: 'commit' } }
  return { durationMs: Math.round(durationMs * random.next()), outcome: { kind: 'failed', failure } }
}

function specOf({ tasks, estimates = 'exact' }: SimulationOptions): RunSpec {
  const tasksOf = Map.groupBy(tasks, (task) => task.workstream ?? task.id)
  return {
    id: runId,
    correlationId: runId,
    name: 'simulation',
    user: 'simulation',
    target: 'main',
    limits: {},
    requires: [],
    failurePolicy: 'dependents',
    onQuota: 'park',
    reserveUsd: 0,
    workstreams: Array.from(tasksOf, ([id, own]): WorkstreamSpec => {
      const priority = Math.min(...own.map((task) => task.priority ?? 2))
      return { id, priority, claims: claimsOf(own), holdUntil: 'landed', lands: false }
    }),
    tasks: tasks.map((task) => taskOf(task, estimates)),
  }
}

/** All that the tasks of a workstream claim, each once. */
function claimsOf(tasks: readonly SimulatedTask[]): readonly Claim[] {
  const claims = tasks.flatMap((task) => task.claims ?? [])
  const distinct =
    claims.length < 2 ? claims : new Map(claims.map((claim) => [JSON.stringify(claim), claim])).values()
  return Array.from(distinct, (claim) =>
    typeof claim === 'string' ? { path: claim, mode: 'exclusive' } : claim,
  )
}

function taskOf(task: SimulatedTask, estimates: 'exact' | 'none'): TaskSpec {
  return {
    id: task.id,
    workstream: task.workstream ?? task.id,
    kind: 'command',
    tools: [],
    needs: task.needs ?? [],
    needsLanded: [],
    isRequired: true,
    ...(task.priority === undefined ? {} : { priority: task.priority }),
    // Without estimates all tasks count the same, so that the order falls back to the number of steps to the end.
    estimateMs: estimates === 'exact' ? task.durationMs : 1,
    retries: 2,
    backoff: defaultBackoff,
    uses: task.uses ?? {},
    estimateKey: 'simulated',
  }
}
