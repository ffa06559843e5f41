import type { StatementSync } from 'node:sqlite'
import { corrupt } from './fault.ts'
import { parseRow, type Row, rowHash, sameHash } from './row.ts'

/** What is left to read, and the hash that the next row is chained to. */
export interface Cursor extends Wanted {
  readonly position: number
  readonly hash: Uint8Array
  /** The last position of the read: the head when it began. */
  readonly through: number
}

/** Which steps a read asks for. */
export interface Wanted {
  readonly stream: string | undefined
  readonly afterVersion: number
  readonly fromSeq: number
}

export interface Page {
  readonly rows: readonly Row[]
  /** Absent after the last page. */
  readonly next?: Cursor
}

/** A page ends at whichever comes first: enough rows to amortise a message, or enough text to weigh on the other side. */
const pageRows = 512
const pageBytes = 1_000_000

/**
 * The next page of a read, each row of it checked against the one before.
 * @throws `WS_STORE_CORRUPT` at the first row that is missing or not the one that was written.
 */
export function readPage(rowsFrom: StatementSync, path: string, cursor: Cursor): Page {
  let { position, hash } = cursor
  const rows: Row[] = []
  let bytes = 0
  for (const columns of rowsFrom.iterate(position)) {
    if (position >= cursor.through) break
    const row = parseRow(columns)
    if (row === undefined || row.position !== position + 1 || !sameHash(rowHash(hash, row), row.hash)) {
      throw damaged(path, position + 1)
    }
    ;({ position, hash } = row)
    if (!isWanted(row, cursor)) continue
    rows.push(row)
    bytes += row.body.length
    if (rows.length === pageRows || bytes > pageBytes) return { rows, next: { ...cursor, position, hash } }
  }
  if (position < cursor.through) throw damaged(path, position + 1)
  return { rows }
}

function isWanted(row: Row, { stream, afterVersion, fromSeq }: Wanted): boolean {
  if (row.kind !== 'step' || row.firstSeq + row.eventCount <= fromSeq) return false
  return stream === undefined || (row.stream === stream && row.version > afterVersion)
}

function damaged(path: string, position: number) {
  return corrupt({ part: 'log', path, position }, 'the row is missing or its hash does not fit')
}
