import { type Clock, systemClock, WsError } from '@ws/core'
import * as z from 'zod'

const schema = z.strictObject({
  path: z.string().min(1),
  anchorEveryMs: z.int().min(0).max(3_600_000).default(1_000),
  busyTimeoutMs: z.int().min(0).max(600_000).default(5_000),
})

/** How a journal is opened. */
export interface SqliteJournalOptions {
  /** The database; `<path>-wal`, `<path>-shm` and `<path>-anchor` lie beside it. */
  readonly path: string
  /**
   * How long an acknowledged step may wait for its anchor to be forced onto the disk. Only a machine that loses its
   * power can make use of that time.
   * @default 1000
   */
  readonly anchorEveryMs?: number
  /**
   * How long a write waits for another process that is writing.
   * @default 5000
   */
  readonly busyTimeoutMs?: number
  /** @default systemClock() */
  readonly clock?: Clock
}

/** @throws `WS_STORE_OPTIONS` naming every option that is out of range. */
export function resolveOptions({ clock = systemClock(), ...options }: SqliteJournalOptions) {
  const parsed = schema.safeParse(options)
  if (parsed.success) return { ...parsed.data, clock }
  const problems = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`,
  )
  throw new WsError('WS_STORE_OPTIONS', problems.join('; '), { details: { problems } })
}
