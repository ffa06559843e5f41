import { createHash } from 'node:crypto'

/** How long a restart waits. */
export interface Backoff {
  readonly firstMs: number
  readonly factor: number
  readonly longestMs: number
}

/**
 * How long to wait before the restart after the n-th crash in a row: growing, and spread by a hash of the key, so
 * that instances that crashed together do not come back together. The same key and number give the same time.
 */
export function backoffMs({ firstMs, factor, longestMs }: Backoff, crashes: number, key: string): number {
  const full = Math.min(firstMs * factor ** (crashes - 1), longestMs)
  const spread = createHash('sha256').update(`${key}/${crashes}`).digest().readUInt32BE() / 2 ** 32
  return Math.round(full * (0.5 + spread / 2))
}
