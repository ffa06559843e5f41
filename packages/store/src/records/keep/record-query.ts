import { WsError } from '@ws/core'
import * as z from 'zod'
import { fromIsoTime, toIsoTime } from '../../platform/iso-time.ts'
import { RecordStatus } from '../shapes/workstream-record.ts'
import { Time } from '../shapes/time.ts'

const Moment = z
  .union([z.number(), Time])
  .transform((moment) => toIsoTime(typeof moment === 'number' ? moment : fromIsoTime(moment)))

/** What records are looked for by; what is not given does not matter. */
export const RecordQuery = z.strictObject({
  status: z.union([RecordStatus, z.array(RecordStatus)]).optional(),
  /** Created at that moment or later: milliseconds or ISO 8601. */
  from: Moment.optional(),
  /** Created before that moment. */
  to: Moment.optional(),
  correlationId: z.string().optional(),
  /** `null` for records without one: runs, and what was made by hand. */
  parent: z.string().nullable().optional(),
  branch: z.string().optional(),
  worktree: z.string().optional(),
  limit: z.int().positive().optional(),
})
/** What records are looked for by. */
export type RecordQuery = z.input<typeof RecordQuery>
/** The same, read. */
export type ParsedRecordQuery = z.output<typeof RecordQuery>

/** @throws `WS_RECORD_QUERY` naming every part that is not understood */
export function parseQuery(query: RecordQuery): ParsedRecordQuery {
  const parsed = RecordQuery.safeParse(query)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'query'}: ${message}`)
  throw new WsError('WS_RECORD_QUERY', problems.join('; '), { details: { problems } })
}

/** The query as SQL: each condition has its index. */
export function queryToSql(query: ParsedRecordQuery): {
  readonly sql: string
  readonly parameters: readonly (string | number)[]
} {
  const conditions: string[] = []
  const parameters: (string | number)[] = []
  const where = (condition: string, ...values: readonly (string | number)[]) => {
    conditions.push(condition)
    parameters.push(...values)
  }
  const { status, from, to, correlationId, parent, branch, worktree, limit } = query
  const statuses = status === undefined ? [] : [status].flat()
  if (status !== undefined) where(`status IN (${statuses.map(() => '?').join(', ')})`, ...statuses)
  if (from !== undefined) where('created_at >= ?', from)
  if (to !== undefined) where('created_at < ?', to)
  if (correlationId !== undefined) where('correlation_id = ?', correlationId)
  if (parent === null) where('parent_id IS NULL')
  else if (parent !== undefined) where('parent_id = ?', parent)
  if (branch !== undefined) where('branch = ?', branch)
  if (worktree !== undefined) where('worktree = ?', worktree)
  const filter = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  const some = limit === undefined ? '' : ` LIMIT ${limit}`
  return { sql: `SELECT record FROM records${filter} ORDER BY created_at, place${some}`, parameters }
}
