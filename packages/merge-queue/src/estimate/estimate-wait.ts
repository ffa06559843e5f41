import type { EntryState, QueueState } from '../queue/queue-state.ts'
import type { ExpectedWait } from './expected-wait.ts'
import { expectedWait } from './expected-wait.ts'
import { riskClassOf } from './statistics.ts'
import type { Ends } from './wait-record.ts'
import { readEnds } from './wait-record.ts'

/** When an entry will probably have ended: in the median, and from when to when in four cases of five. */
export interface WaitEstimate {
  readonly at: number
  readonly from: number
  readonly to: number
}

/** What is usual before anything was seen, by how much may go wrong. */
const usual: readonly Ends[] = [
  [0.9, 1, 1.5],
  [0.9, 1.05, 1.9],
  [0.8, 1.1, 2.2],
  [0.6, 1.1, 2.5],
]

/** When a live entry will probably have ended: what is expected, corrected by how expectations have turned out. */
export function estimateWait(state: QueueState, entry: EntryState, now: number): WaitEstimate {
  const expected = expectedWait(state, entry.spec, now, entry)
  const [low, middle, high] = endsFor(state, expected)
  const at = (ratio: number) => now + Math.round(expected.ms * ratio)
  return { at: at(middle), from: at(low), to: at(high) }
}

/** Low, middle and high end, as multiples of the expected wait. */
export function endsFor({ statistics }: QueueState, { risk }: ExpectedWait): Ends {
  const kind = riskClassOf(risk)
  const record = statistics.waits[kind]
  const before = usual[kind] ?? [0.6, 1.1, 2.5]
  return record === undefined ? before : readEnds(record, before)
}
