export { openSqliteJournal } from './sqlite-journal.ts'
export type { SqliteJournal } from './sqlite-journal.ts'
export type { SqliteJournalOptions } from './sqlite-journal-options.ts'
export type { VerifiedLog } from './worker-protocol.ts'
