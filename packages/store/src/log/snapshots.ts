import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Head } from './chain.ts'
import { sameHash } from './row.ts'

/** A snapshot as it crosses into the worker: its state is text already. */
export interface FrozenSnapshot {
  readonly stream: string
  readonly machineVersion: number
  readonly version: number
  readonly lastAt: number
  readonly state: string
}

/**
 * Snapshots save time and are never needed: what does not fit is thrown away, and the log is read from its
 * beginning. One fits when its checksum does and when the log still holds the row that was its head then.
 */
export class Snapshots {
  readonly #db: DatabaseSync

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  save(snapshot: FrozenSnapshot, head: Pick<Head, 'position' | 'hash'>): void {
    const { stream, machineVersion, version, lastAt, state } = snapshot
    this.#db
      .prepare('INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(stream, machineVersion, version, lastAt, head.position, head.hash, state, checksum(snapshot, head))
  }

  /** @param hashAt the hash of the row at a position, by the log */
  load(stream: string, hashAt: (position: number) => Uint8Array | undefined): FrozenSnapshot | undefined {
    const found = parse(this.#db.prepare('SELECT * FROM snapshots WHERE stream = ?').get(stream))
    if (found === undefined || found.snapshot.stream !== stream) return undefined
    const { snapshot, head } = found
    if (!sameHash(checksum(snapshot, head), found.checksum)) return undefined
    const hash = hashAt(head.position)
    return hash !== undefined && sameHash(hash, head.hash) ? snapshot : undefined
  }
}

function checksum(snapshot: FrozenSnapshot, head: Pick<Head, 'position' | 'hash'>): Uint8Array {
  const { stream, machineVersion, version, lastAt, state } = snapshot
  const fields = JSON.stringify([stream, machineVersion, version, lastAt, head.position])
  return createHash('sha256').update(head.hash).update(fields).update('\n').update(state).digest()
}

function parse(columns: Record<string, unknown> | undefined) {
  if (columns === undefined) return undefined
  const {
    stream,
    machine_version: machineVersion,
    version,
    last_at: lastAt,
    position,
    row_hash: hash,
  } = columns
  const { state, checksum } = columns
  if (typeof stream !== 'string' || typeof machineVersion !== 'number' || typeof version !== 'number')
    return undefined
  if (typeof lastAt !== 'number' || typeof position !== 'number' || typeof state !== 'string')
    return undefined
  if (!(hash instanceof Uint8Array) || !(checksum instanceof Uint8Array)) return undefined
  return { snapshot: { stream, machineVersion, version, lastAt, state }, head: { position, hash }, checksum }
}
