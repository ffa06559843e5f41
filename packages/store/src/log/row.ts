import { createHash } from 'node:crypto'

/**
 * One row of the log. A `step` is what the port appends, a `lead` raises the epoch, a `checkpoint` carries the
 * whole head, so that everything before it can be archived.
 */
export interface Row {
  readonly position: number
  readonly kind: RowKind
  /** Empty where the row belongs to no stream. */
  readonly stream: string
  readonly version: number
  readonly epoch: number
  readonly firstSeq: number
  readonly eventCount: number
  readonly body: string
  readonly hash: Uint8Array
}

export type RowKind = 'step' | 'lead' | 'checkpoint'

/** The hash before the first row. */
export const genesis: Uint8Array = new Uint8Array(32)

/**
 * The hash of a row: over the previous hash and the row's canonical bytes, which are its fields but the body as
 * one line of JSON, and the body. That line holds no line break, so no two rows have the same bytes.
 */
export function rowHash(previous: Uint8Array, row: Omit<Row, 'hash'>): Uint8Array {
  const { position, kind, stream, version, epoch, firstSeq, eventCount } = row
  const fields = JSON.stringify([position, kind, stream, version, epoch, firstSeq, eventCount])
  return createHash('sha256').update(previous).update(fields).update('\n').update(row.body).digest()
}

export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

/** A row as SQLite hands it out, or `undefined` where a column does not hold what the schema says. */
export function parseRow(columns: Record<string, unknown>): Row | undefined {
  const {
    position,
    kind,
    stream,
    version,
    epoch,
    first_seq: firstSeq,
    event_count: eventCount,
    body,
    hash,
  } = columns
  if (typeof position !== 'number' || typeof version !== 'number' || typeof epoch !== 'number')
    return undefined
  if (typeof firstSeq !== 'number' || typeof eventCount !== 'number') return undefined
  if (kind !== 'step' && kind !== 'lead' && kind !== 'checkpoint') return undefined
  if (typeof stream !== 'string' || typeof body !== 'string' || !(hash instanceof Uint8Array))
    return undefined
  return { position, kind, stream, version, epoch, firstSeq, eventCount, body, hash }
}
