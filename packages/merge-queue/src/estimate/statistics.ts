import type { Ends, WaitRecord } from './wait-record.ts'
import { emptyWaitRecord, learnRatio } from './wait-record.ts'

/** What was measured of one check. */
export interface CheckStatistics {
  /** How long a run takes that passes: mean and mean square, newer runs weigh more. */
  meanMs: number
  meanSquareMs: number
  /** How many runs the means stand for, up to `memory`. */
  weight: number
  /** Runs that passed, and failures under a key that passed later: newer ones weigh more. */
  passes: number
  flakes: number
}

/** What was measured of the whole queue. */
export interface QueueStatistics {
  /** Entries that landed and that were rejected, newer ones weigh more. */
  landed: number
  rejected: number
  /** Entries tried again after a rejection: the same. */
  landedAgain: number
  rejectedAgain: number
  /** The mean time between two arrivals, 0 before the second. */
  arrivalGapMs: number
  lastArrivalAt: number | undefined
  /** How waits turned out, by how much could go wrong. */
  readonly waits: readonly WaitRecord[]
}

/** As many observations are remembered, roughly; the older a thing, the less it says about the next one. */
const memory = 200

/** A check of which nothing is known takes as long: most take minutes, few take hours. */
const unknownMs = 5 * 60_000

/** Before anything was measured one entry in twenty fails, as strongly as twenty entries would say it. */
const prior = { bad: 1, good: 19 }
/** What was rejected once and comes back is about as often bad as good. */
const priorAgain = { bad: 2, good: 3 }
/** Before anything was measured one run in a hundred fails for no reason. */
const priorFlake = { bad: 0.2, good: 19.8 }

export function emptyStatistics(): QueueStatistics {
  return {
    landed: 0,
    rejected: 0,
    landedAgain: 0,
    rejectedAgain: 0,
    arrivalGapMs: 0,
    lastArrivalAt: undefined,
    waits: Array.from({ length: riskClasses.length + 1 }, emptyWaitRecord),
  }
}

export function emptyCheckStatistics(): CheckStatistics {
  return { meanMs: 0, meanSquareMs: 0, weight: 0, passes: 0, flakes: 0 }
}

/** Takes one run that passed into the check's statistics. */
export function learnRun(check: CheckStatistics, durationMs: number): void {
  check.weight = Math.min(check.weight + 1, memory)
  check.meanMs += (durationMs - check.meanMs) / check.weight
  check.meanSquareMs += (durationMs ** 2 - check.meanSquareMs) / check.weight
}

/** Takes a pass in; `flakes` is how often the same key had failed before. */
export function learnPass(check: CheckStatistics, flakes: number): void {
  const kept = 1 - 1 / memory
  check.passes = check.passes * kept + 1
  check.flakes = check.flakes * kept + flakes
}

/** Takes in what became of an entry. */
export function learnEnd(statistics: QueueStatistics, isBad: boolean, isAgain: boolean): void {
  const kept = 1 - 1 / memory
  const [bad, good] = isAgain
    ? (['rejectedAgain', 'landedAgain'] as const)
    : (['rejected', 'landed'] as const)
  statistics[bad] = statistics[bad] * kept + (isBad ? 1 : 0)
  statistics[good] = statistics[good] * kept + (isBad ? 0 : 1)
}

/** Takes in that an entry arrived. */
export function learnArrival(statistics: QueueStatistics, at: number): void {
  const { lastArrivalAt, arrivalGapMs } = statistics
  statistics.lastArrivalAt = at
  if (lastArrivalAt === undefined) return
  const gap = at - lastArrivalAt
  statistics.arrivalGapMs = arrivalGapMs === 0 ? gap : arrivalGapMs + (gap - arrivalGapMs) / 20
}

/** Takes in how long an entry took, beside what was expected and told. */
export function learnWait({ waits }: QueueStatistics, ratio: number, risk: number, told: Ends): void {
  const record = waits[riskClassOf(risk)]
  if (record !== undefined) learnRatio(record, ratio, told)
}

/** Waits are alike where about as much can go wrong: expected failures below these, and all above. */
const riskClasses = [0.15, 0.4, 1]

/** To which class of waits an entry belongs. */
export function riskClassOf(risk: number): number {
  const found = riskClasses.findIndex((below) => risk < below)
  return found === -1 ? riskClasses.length : found
}

/** How likely an entry is to be bad. */
export function failureRateOf(statistics: QueueStatistics, isAgain: boolean): number {
  const { bad, good } = isAgain ? priorAgain : prior
  const rejected = (isAgain ? statistics.rejectedAgain : statistics.rejected) + bad
  const landed = (isAgain ? statistics.landedAgain : statistics.landed) + good
  return rejected / (rejected + landed)
}

/** How likely a run is to fail though nothing is wrong. */
export function flakeRateOf(check: CheckStatistics | undefined): number {
  const flakes = (check?.flakes ?? 0) + priorFlake.bad
  const passes = (check?.passes ?? 0) + priorFlake.good
  return flakes / (flakes + passes)
}

/** How long a run of the check takes. */
export function durationOf(check: CheckStatistics | undefined): number {
  return check === undefined || check.weight === 0 ? unknownMs : check.meanMs
}
