import { resolve } from 'node:path'
import { WorkerClient } from './worker-client.ts'
import type { RestoredLog } from './worker-protocol.ts'

/** Which copy is restored, and where. */
export interface RestoreSqliteJournalOptions {
  /** What `backup` wrote, with its `-anchor` beside it; it is only read. */
  readonly from: string
  /** The journal that it becomes; nobody may have it open. */
  readonly path: string
}

/**
 * Puts a backup where a journal is, after checking all of the copy; the log that was there is kept beside it.
 *
 * @throws `WS_STORE_RESTORE` where `from` is no backup, `WS_STORE_CORRUPT` where it is damaged (nothing is replaced
 * then), `WS_STORE_BUSY` where the journal is open, `WS_STORE_IO`, `WS_STORE_NEWER_SCHEMA`, `WS_STORE_NETWORK_FS`
 *
 * @example
 * const { position, replaced } = await restoreSqliteJournal({ from: 'backup.db', path: '.git/ws/journal.db' })
 */
export function restoreSqliteJournal({ from, path }: RestoreSqliteJournalOptions): Promise<RestoredLog> {
  return WorkerClient.run({ task: 'restore', from: resolve(from), path: resolve(path) })
}
