import { renameSync, rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { dirname } from 'node:path'
import { AnchorFile, anchorPath, forceDirectory } from './anchor-file.ts'
import type { Head } from './chain.ts'
import { checkLog } from './check-log.ts'
import { openDatabase } from './database.ts'
import { corrupt, storageFault } from './fault.ts'
import { sameHash } from './row.ts'
import type { Sqlite } from './sqlite.ts'

interface CopyOptions {
  readonly sqlite: Sqlite
  readonly from: DatabaseSync
  readonly to: string
  /** The last row that is copied. */
  readonly head: Head
  readonly withSnapshots: boolean
}

/**
 * Copies the rows up to a head into a log of its own. The copy is read again from its first row, and gets its name
 * only when it ends with the same hash: under that name there is a whole log or none.
 * @throws `WS_STORE_CORRUPT`
 */
export function copyLog({ sqlite, from, to, head, withSnapshots }: CopyOptions): void {
  const part = `${to}-part`
  // What a copy left that was interrupted.
  for (const ending of ['', '-wal', '-shm', '-anchor']) rmSync(part + ending, { force: true })
  const copy = openDatabase(sqlite, part, 0)
  try {
    copy.exec('BEGIN IMMEDIATE')
    copyTable({ from, to: copy, table: 'rows', where: `position <= ${head.position}` })
    if (withSnapshots)
      copyTable({ from, to: copy, table: 'snapshots', where: `position <= ${head.position}` })
    writing(part, () => {
      copy.exec('COMMIT')
      const anchor = new AnchorFile(part)
      anchor.write(head)
      anchor.close()
    })
    const rowsFrom = copy.prepare('SELECT * FROM rows WHERE position > ? ORDER BY position')
    const { position, hash } = checkLog(rowsFrom, part).head
    if (!sameHash(hash, head.hash))
      throw corrupt({ part: 'log', path: part, position }, 'the copy is not what was copied')
  } finally {
    copy.close()
  }
  putInPlace(part, to)
}

/** Renames a whole log that nobody has open: the anchor first, because a database beside no anchor is damaged. */
export function putInPlace(from: string, to: string): void {
  renameSync(anchorPath(from), anchorPath(to))
  renameSync(from, to)
  forceDirectory(dirname(to))
}

interface TableCopy {
  readonly from: DatabaseSync
  readonly to: DatabaseSync
  readonly table: 'rows' | 'snapshots'
  readonly where: string
}

function copyTable({ from, to, table, where }: TableCopy): void {
  const rows = from.prepare(`SELECT * FROM ${table} WHERE ${where} ORDER BY 1`)
  rows.setReturnArrays(true)
  let insert: ReturnType<DatabaseSync['prepare']> | undefined
  for (const row of rows.iterate()) {
    // @ts-expect-error the types do not know what setReturnArrays changes
    const values: (string | number | Uint8Array)[] = row
    insert ??= to.prepare(`INSERT INTO ${table} VALUES (${values.map(() => '?').join(', ')})`)
    writing(to.location() ?? '', () => insert?.run(...values))
  }
}

/** What fails here fails in the copy, and says nothing against the log. */
function writing(path: string, write: () => void): void {
  try {
    write()
  } catch (error) {
    throw storageFault(error, path, 'copying')
  }
}
