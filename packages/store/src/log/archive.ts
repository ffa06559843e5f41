import { existsSync, readdirSync, rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { dirname, join } from 'node:path'
import type { Head } from './chain.ts'
import { copyLog } from './copy-log.ts'
import { Fault } from './fault.ts'
import type { Row } from './row.ts'
import type { Snapshots } from './snapshots.ts'
import type { Sqlite } from './sqlite.ts'

interface ArchiveOptions {
  readonly sqlite: Sqlite
  readonly log: { readonly db: DatabaseSync; readonly snapshots: Snapshots; readonly path: string }
  /** The head before the checkpoint row. */
  readonly head: Head
  readonly to: string
  /** Whether reads find there what goes: then no stream needs a snapshot. */
  readonly isBeside: boolean
}

/**
 * Copies the rows before a checkpoint into a log of its own, which opens like any other, and deletes them here.
 * Runs inside the transaction that writes the checkpoint: a crash leaves both logs, or the copy and a short log.
 * What is left can only be read from snapshots on, so every stream must have one of its last version, unless reads find
 * what goes beside the log.
 * @throws `WS_STORE_ARCHIVE`
 */
export function archiveBefore(checkpoint: Row, { sqlite, log, head, to, isBeside }: ArchiveOptions): void {
  if (isBeside) dropUnfinished(dirname(to), log.db)
  if (existsSync(to))
    throw new Fault('WS_STORE_ARCHIVE', `${to} exists already`, { path: to }, 'choose another name')
  const hashAt = log.db.prepare('SELECT hash FROM rows WHERE position = ?')
  for (const [stream, version] of head.versions) {
    const snapshot = log.snapshots.load(stream, (position) => {
      const hash = hashAt.get(position)?.['hash']
      return hash instanceof Uint8Array ? hash : undefined
    })
    if (snapshot?.version !== version) {
      if (isBeside) continue
      throw new Fault(
        'WS_STORE_ARCHIVE',
        `stream "${stream}" is at version ${version}, its snapshot ${snapshot ? `at ${snapshot.version}` : 'is missing'}`,
        { path: log.path, stream, version, snapshotVersion: snapshot?.version ?? null },
        'save a snapshot of each stream first',
      )
    }
    log.snapshots.save(snapshot, checkpoint)
  }
  copyLog({ sqlite, from: log.db, to, head, withSnapshots: false })
  log.db.prepare('DELETE FROM rows WHERE position < ?').run(checkpoint.position)
}

/**
 * Deletes what moves left that a crash ended before they were committed, also those of an older head. Such a copy is named
 * by a row that is still in the log; what was moved is named by one that is not.
 */
function dropUnfinished(folder: string, db: DatabaseSync): void {
  const hasRow = db.prepare('SELECT 1 FROM rows WHERE hash = ?')
  for (const name of readdirSync(folder)) {
    const [hash] = /^[\da-f]{64}(?=\.db)/.exec(name) ?? []
    if (hash !== undefined && hasRow.get(Buffer.from(hash, 'hex')) !== undefined) rmSync(join(folder, name))
  }
}
