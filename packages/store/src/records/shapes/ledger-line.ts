import * as z from 'zod'
import { Time } from './time.ts'

/**
 * A line of `cost_ledger.jsonl`. Settled: what an attempt has used. Assumed: its end was not seen, so it counts as the
 * larger of metered and reserved. Corrected: it was heard of after all; the amount is the difference.
 */
export const LedgerLine = z
  .looseObject({
    /** The number of the event in the log: no line is written twice. */
    seq: z.int(),
    ts: Time,
    run_id: z.string(),
    correlation_id: z.string(),
    workstream_id: z.string(),
    task_id: z.string(),
    attempt: z.int(),
    tool: z.string().nullable(),
    account: z.string().nullable(),
    user: z.string(),
    action: z.enum(['settled', 'assumed', 'corrected']),
    tokens: z.int(),
    /** USD; the sum over all lines is what was spent. */
    amount: z.number(),
    duration_ms: z.number(),
  })
  .meta({ title: 'line of cost_ledger.jsonl' })
/** A line of `cost_ledger.jsonl`. */
export type LedgerLine = z.output<typeof LedgerLine>
