import { MemoryJournal, openHost } from '@ws/core'
import { ManualClock, Random } from '@ws/core/testing'
import { estimateWait } from '../estimate/estimate-wait.ts'
import type { WaitEstimate } from '../estimate/estimate-wait.ts'
import { queueMachine } from '../queue/queue-machine.ts'
import type { EntrySpec, QueueSettings } from '../queue/queue-spec.ts'
import { SimulatedTarget } from './simulated-target.ts'
import type { SimulatedTruth } from './simulated-target.ts'

/** What is simulated. Rates are shares: of entries, of check runs. */
export interface QueueSimulationOptions {
  /** How many entries arrive, and how many of them in an hour. Where a trace is given, that counts. */
  readonly arrivals?: { readonly count: number; readonly perHour: number }
  /** What really arrived, for instance read off one's own log. */
  readonly trace?: readonly TracedEntry[]
  /** How long the check takes: the mean, and how far runs spread around it, as a share of it. */
  readonly checkMs: { readonly mean: number; readonly spread?: number }
  /** @default 0.05 */
  readonly failureRate?: number
  /** @default 0 */
  readonly flakeRate?: number
  /** @default 0 */
  readonly conflictRate?: number
  /** How often a failure is tried again before it counts. @default 1 */
  readonly retries?: number
  /** @default 2 */
  readonly slots?: number
  /** @default 'adaptive' */
  readonly policy?: QueueSettings['policy']
  /** @default 32 */
  readonly maxBatch?: number
  readonly seed?: number
}

/** An entry as it came, in milliseconds since the first. */
export interface TracedEntry {
  readonly at: number
  readonly isBad?: boolean
  readonly level?: number
}

/** How it went, in virtual time. */
export interface QueueSimulation {
  /** From arrival to the end of each entry, in order of arrival. */
  readonly turnaroundsMs: readonly number[]
  readonly turnaroundMs: { readonly mean: number; readonly median: number; readonly p95: number }
  readonly landed: number
  readonly rejected: number
  /** Entries that were rejected though nothing was wrong with them. */
  readonly wronged: number
  readonly perHour: number
  /** The share of the slots' time in which something was tested, while entries arrived. */
  readonly slotsUsed: number
  readonly runs: number
  /** How good the estimates were that the queue gave when entries came. */
  readonly estimates: {
    /** The share of entries that ended within the interval, of which four in five should. */
    readonly held: number
    /** How far the median estimate was off, as a share of the real wait, in the median. */
    readonly medianError: number
    /** The same for each entry, the least first. */
    readonly errors: readonly number[]
  }
  /** Entries in the queue, on average, in the third and in the last quarter of the arrivals. */
  readonly waiting: { readonly third: number; readonly last: number }
}

const target = 'main'
const hourMs = 3_600_000

/**
 * Runs entries through the real machine and the real host, in virtual time.
 * @example
 * const { turnaroundMs } = await simulateQueue({ arrivals: { count: 100, perHour: 6 }, checkMs: { mean: 600_000 } })
 */
export async function simulateQueue(options: QueueSimulationOptions): Promise<QueueSimulation> {
  const { slots = 2, policy = 'adaptive', maxBatch = 32, retries = 1 } = options
  const random = new Random(options.seed ?? 1)
  const entries = options.trace ?? arrive(options, random)
  const truth = truthOf(options, entries, random)
  const clock = new ManualClock()
  const world = new SimulatedTarget(clock, truth)
  const host = await openHost(queueMachine(), {
    journal: new MemoryJournal(),
    clock,
    driver: world,
    snapshotEvery: 0,
  })
  const estimates = new Map<string, WaitEstimate>()
  host.events.on('landing.queued', ({ at, event }) => {
    const entry = host.state.entries.get(event.entry.id)
    if (entry !== undefined) estimates.set(entry.id, estimateWait(host.state, entry, at))
  })
  const ends = new Map<string, { at: number; hasLanded: boolean }>()
  host.events.on('landing.landed', ({ at, event }) => {
    for (const id of event.entryIds) ends.set(id, { at, hasLanded: true })
  })
  host.events.on(
    'landing.rejected',
    ({ at, event }) => void ends.set(event.entryId, { at, hasLanded: false }),
  )
  host.events.on(
    'landing.conflicted',
    ({ at, event }) => void ends.set(event.entryId, { at, hasLanded: false }),
  )
  const settings: QueueSettings = {
    slots,
    policy,
    maxBatch,
    testEach: false,
    checks: [{ name: 'check', retries }],
  }
  await host.send({ type: 'queue.configure', commandId: 'configure', settings })
  entries.forEach(({ at, level = 2 }, i) => {
    clock.wakeAt(at, () => {
      void host.send({ type: 'entry.add', commandId: `add-${i}`, entry: entryOf(i, level) })
    })
  })
  for (let next = clock.next(); next !== undefined; next = clock.next()) {
    clock.advanceTo(next)
    await host.idle()
  }
  await host.close()
  return { ...sum(entries, ends, truth, world, slots), estimates: judgeEstimates(entries, ends, estimates) }
}

function arrive(
  { arrivals, failureRate = 0.05 }: QueueSimulationOptions,
  random: Random,
): readonly TracedEntry[] {
  const { count, perHour } = arrivals ?? { count: 200, perHour: 6 }
  let at = 0
  return Array.from({ length: count }, () => {
    at += (-Math.log(1 - random.next()) * hourMs) / perHour
    return { at: Math.round(at), isBad: random.chance(failureRate) }
  })
}

function truthOf(
  { checkMs, flakeRate = 0, conflictRate = 0, seed = 1 }: QueueSimulationOptions,
  entries: readonly TracedEntry[],
  random: Random,
): SimulatedTruth {
  const pairs = new Map<string, boolean>()
  const { mean, spread = 0 } = checkMs
  // A log-normal spread: check times are never negative, and long ones are rarer than they are long.
  const sigma = Math.sqrt(Math.log(1 + spread ** 2))
  return {
    isBad: (id) => entries[Number(id)]?.isBad === true,
    conflicts: (id, before) =>
      conflictRate > 0 &&
      before.some((other) => {
        const pair = `${id} ${other}`
        const known = pairs.get(pair) ?? random.chance(conflictRate)
        pairs.set(pair, known)
        return known
      }),
    // The same trial goes the same way whatever the policy: only what it chooses makes a difference.
    run: (tree, attempt) => {
      const dice = new Random(tree + seed * 7_919 + attempt * 104_729)
      const durationMs = Math.round(mean * Math.exp(sigma * normal(dice) - sigma ** 2 / 2))
      return { durationMs, isFlaky: dice.chance(flakeRate) }
    },
  }
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

function entryOf(i: number, level: number): EntrySpec {
  return {
    id: String(i),
    kind: 'branch',
    branch: `lane/${i}`,
    commit: `b${i}`,
    target,
    level,
    after: [],
    checks: ['check'],
    advisory: [],
    afterwards: [],
    approve: 'auto',
    method: 'merge',
  }
}

function sum(
  entries: readonly TracedEntry[],
  ends: ReadonlyMap<string, { readonly at: number; readonly hasLanded: boolean }>,
  truth: { isBad(entryId: string): boolean },
  world: SimulatedTarget,
  slots: number,
): Omit<QueueSimulation, 'estimates'> {
  const turnaroundsMs: number[] = []
  let [landed, rejected, wronged, endedAt] = [0, 0, 0, 0]
  const spans: { from: number; to: number }[] = []
  entries.forEach(({ at }, i) => {
    const end = ends.get(String(i))
    if (end === undefined) return
    turnaroundsMs.push(end.at - at)
    spans.push({ from: at, to: end.at })
    endedAt = Math.max(endedAt, end.at)
    if (end.hasLanded) landed++
    else rejected++
    if (!end.hasLanded && !truth.isBad(String(i))) wronged++
  })
  const sorted = turnaroundsMs.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  const mean = sorted.reduce((total, ms) => total + ms, 0) / Math.max(1, sorted.length)
  const last = entries.at(-1)?.at ?? 0
  return {
    turnaroundsMs,
    turnaroundMs: { mean, median: at(0.5), p95: at(0.95) },
    landed,
    rejected,
    wronged,
    perHour: (landed * hourMs) / Math.max(1, endedAt),
    slotsUsed: world.busyMs / Math.max(1, endedAt * slots),
    runs: world.runs,
    waiting: {
      third: meanWaiting(spans, last / 2, (last * 3) / 4),
      last: meanWaiting(spans, (last * 3) / 4, last),
    },
  }
}

function judgeEstimates(
  entries: readonly TracedEntry[],
  ends: ReadonlyMap<string, { readonly at: number }>,
  estimates: ReadonlyMap<string, WaitEstimate>,
): QueueSimulation['estimates'] {
  let held = 0
  const errors: number[] = []
  entries.forEach(({ at }, i) => {
    const end = ends.get(String(i))
    const estimate = estimates.get(String(i))
    if (end === undefined || estimate === undefined) return
    if (end.at >= estimate.from && end.at <= estimate.to) held++
    errors.push(Math.abs(end.at - estimate.at) / Math.max(1, end.at - at))
  })
  errors.sort((a, b) => a - b)
  return { held: held / Math.max(1, errors.length), medianError: errors[errors.length >> 1] ?? 0, errors }
}

/** How many were in the queue between two moments, on average. */
function meanWaiting(
  spans: readonly { readonly from: number; readonly to: number }[],
  from: number,
  to: number,
): number {
  let sum = 0
  for (const span of spans) sum += Math.max(0, Math.min(span.to, to) - Math.max(span.from, from))
  return sum / Math.max(1, to - from)
}
