import { existsSync, mkdirSync } from 'node:fs'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { AnchorFile } from './anchor-file.ts'
import { archiveFile, archiveFolder } from './archive-file.ts'
import type { Base, Chain, Head } from './chain.ts'
import { checkLog, reading } from './check-log.ts'
import { writeCheckpoint } from './checkpoint-body.ts'
import { copyArchive } from './copy-archive.ts'
import { copyLog } from './copy-log.ts'
import { openDatabase } from './database.ts'
import { archiveBefore } from './archive.ts'
import { corrupt, Fault, storageFault } from './fault.ts'
import { type Cursor, type Page, readPage, type Wanted } from './page.ts'
import { archived, fenced, isRefusal, stale } from './refusal.ts'
import { genesis, parseRow, type Row, rowHash, sameHash } from './row.ts'
import { type FrozenSnapshot, Snapshots } from './snapshots.ts'
import type { Sqlite } from './sqlite.ts'

/** A step as it crosses into the worker: its inputs and events are text already. */
export interface FrozenStep {
  readonly stream: string
  readonly epoch: number
  readonly expectedVersion: number
  readonly eventCount: number
  readonly body: string
}

export interface Position {
  readonly version: number
  readonly nextSeq: number
}

/**
 * The log in one SQLite database, synchronous: what the worker thread runs.
 *
 * Nothing of the database is believed for having been there: the chain is checked from its first row when the
 * log is opened, row by row when other processes have added some, and again for whatever a read hands out.
 * After a write that failed, or whose end is unknown, no further one is tried.
 */
export class LogFile {
  readonly #sqlite: Sqlite
  readonly #path: string
  readonly #db: DatabaseSync
  readonly #anchor: AnchorFile
  readonly #snapshots: Snapshots
  #chain: Chain
  readonly #rowsFrom: StatementSync
  readonly #rowAt: StatementSync
  readonly #lastRow: StatementSync
  readonly #firstRow: StatementSync
  readonly #insert: StatementSync
  #stoppedBy: Fault | undefined

  constructor(sqlite: Sqlite, path: string, busyTimeoutMs: number) {
    this.#sqlite = sqlite
    this.#path = path
    this.#db = openDatabase(sqlite, path, busyTimeoutMs)
    try {
      this.#rowsFrom = this.#db.prepare('SELECT * FROM rows WHERE position > ? ORDER BY position')
      this.#rowAt = this.#db.prepare('SELECT * FROM rows WHERE position = ?')
      this.#lastRow = this.#db.prepare('SELECT * FROM rows ORDER BY position DESC LIMIT 1')
      this.#firstRow = this.#db.prepare('SELECT position FROM rows ORDER BY position LIMIT 1')
      this.#insert = this.#db.prepare('INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
      this.#snapshots = new Snapshots(this.#db)
      this.#chain = checkLog(this.#rowsFrom, path)
      this.#anchor = new AnchorFile(path)
    } catch (error) {
      this.#db.close()
      throw storageFault(error, path, 'opening')
    }
  }

  get head(): Head {
    return this.#chain.head
  }

  /** Checks the whole log once more. */
  verify(): Head {
    return checkLog(this.#rowsFrom, this.#path).head
  }

  append(step: FrozenStep): Position {
    const version = this.#write((head) => {
      const is = this.#chain.version(step.stream)
      if (step.epoch < head.epoch) throw fenced(step.epoch, head.epoch)
      if (step.expectedVersion !== is) throw stale(step.stream, step.expectedVersion, is)
      const { stream, epoch, eventCount, body } = step
      return { kind: 'step', stream, version: is + 1, epoch, eventCount, body }
    })
    return { version, nextSeq: this.#chain.head.nextSeq }
  }

  lead(epoch: number): void {
    this.#write((head) => {
      if (epoch < head.epoch) throw fenced(epoch, head.epoch)
      if (epoch === head.epoch) return undefined
      return { kind: 'lead', stream: '', version: 0, epoch, eventCount: 0, body: '' }
    })
  }

  checkpoint(): void {
    this.#write((head) => checkpointDraft(head))
  }

  /** Moves everything before a new checkpoint into a log of its own. */
  archive(to: string): void {
    const { head } = this.#chain
    const log = { db: this.#db, snapshots: this.#snapshots, path: this.#path }
    this.#write(
      (before) => checkpointDraft(before),
      (before, row) => {
        archiveBefore(row, { log, head: before, to, sqlite: this.#sqlite, isBeside: false })
        this.#anchorCut(before)
      },
    )
    if (this.#chain.head.position > head.position) this.#chain = checkLog(this.#rowsFrom, this.#path)
  }

  /** Moves everything before a new checkpoint beside the log; tells whether there was anything. */
  archiveBeside(): boolean {
    this.#reading(() => this.#catchUp())
    const { head, base } = this.#chain
    if (head.nextSeq === base.nextSeq) return false
    const log = { db: this.#db, snapshots: this.#snapshots, path: this.#path }
    const draft = (before: Head) => checkpointDraft(before, { isBeside: true })
    mkdirSync(archiveFolder(this.#path), { recursive: true })
    this.#write(draft, (before, row) => {
      const to = archiveFile(this.#path, Buffer.from(before.hash).toString('hex'))
      archiveBefore(row, { log, head: before, to, sqlite: this.#sqlite, isBeside: true })
      this.#anchorCut(before)
    })
    this.#chain = checkLog(this.#rowsFrom, this.#path)
    return true
  }

  /** Where this log begins. */
  base(): Base {
    return this.#reading(() => {
      this.#catchUp()
      if (this.#firstPosition() !== this.#chain.firstPosition)
        this.#chain = checkLog(this.#rowsFrom, this.#path)
      return this.#chain.base
    })
  }

  /** Copies the log as it is at one moment; others write on meanwhile. */
  backup(to: string): Head {
    if (existsSync(to))
      throw new Fault('WS_STORE_BACKUP', `${to} exists already`, { path: to }, 'choose another name')
    // A transaction that only reads: it sees the log of its beginning, whatever is appended or archived.
    return this.#reading(() => {
      this.#db.exec('BEGIN')
      try {
        this.#catchUp()
        const { head } = this.#chain
        copyArchive(this.#path, to)
        copyLog({ sqlite: this.#sqlite, from: this.#db, to, head, withSnapshots: true })
        return head
      } finally {
        this.#db.exec('ROLLBACK')
      }
    })
  }

  position(stream: string): Position {
    this.#reading(() => this.#catchUp())
    return { version: this.#chain.version(stream), nextSeq: this.#chain.head.nextSeq }
  }

  /** Where a read starts; it ends at today's head. */
  cursor({ stream, afterVersion, fromSeq }: Wanted): Cursor {
    return this.#reading(() => {
      this.#catchUp()
      if (this.#firstPosition() !== this.#chain.firstPosition)
        this.#chain = checkLog(this.#rowsFrom, this.#path)
      const { position, hash } = this.#chain.markBefore(stream, afterVersion, fromSeq)
      return { stream, afterVersion, fromSeq, position, hash, through: this.#chain.head.position }
    })
  }

  page(cursor: Cursor): Page {
    try {
      return this.#reading(() => readPage(this.#rowsFrom, this.#path, cursor))
    } catch (error) {
      if (this.#firstPosition() <= cursor.position + 1) throw error
      // What was still to be read was archived; the check tells whether that is all.
      this.#chain = checkLog(this.#rowsFrom, this.#path)
      throw archived(this.#path)
    }
  }

  saveSnapshot(snapshot: FrozenSnapshot): void {
    this.#refuseIfStopped()
    try {
      this.#snapshots.save(snapshot, this.#chain.head)
    } catch (error) {
      throw storageFault(error, this.#path, 'saving a snapshot')
    }
  }

  loadSnapshot(stream: string): FrozenSnapshot | undefined {
    return this.#reading(() => {
      this.#catchUp()
      const snapshot = this.#snapshots.load(stream, (position) =>
        position === 0 ? genesis : parseRow(this.#rowAt.get(position) ?? {})?.hash,
      )
      // A state that is ahead of its stream cannot be caught up with.
      return snapshot !== undefined && snapshot.version <= this.#chain.version(stream) ? snapshot : undefined
    })
  }

  /** Forces the head's anchor onto the disk. */
  anchor(): void {
    try {
      this.#anchor.force()
    } catch (error) {
      throw storageFault(error, this.#path, 'anchoring')
    }
  }

  close(): void {
    try {
      this.#anchor.close()
    } finally {
      this.#db.close()
    }
  }

  /** One transaction: what other processes wrote is taken in, then the row is made and committed. */
  #write(make: (head: Head) => Draft | undefined, alongside?: (before: Head, row: Row) => void): number {
    this.#refuseIfStopped()
    let row: Row | undefined
    try {
      this.#db.exec('BEGIN IMMEDIATE')
    } catch (error) {
      const fault = storageFault(error, this.#path, 'beginning a write')
      // Having waited in vain changes nothing; everything else will not get better by trying.
      if (fault.code !== 'WS_STORE_BUSY') this.#stoppedBy = fault
      throw fault
    }
    try {
      this.#catchUp()
      row = this.#complete(make(this.#chain.head))
      if (row !== undefined) this.#insertRow(row)
      if (row !== undefined) alongside?.(this.#chain.head, row)
    } catch (error) {
      const fault = storageFault(error, this.#path, 'writing')
      if (!isRefusal(fault)) this.#stoppedBy = fault
      this.#rollBack()
      throw fault
    }
    this.#commit()
    if (row === undefined) return 0
    this.#chain.take(row)
    this.#noteHead()
    return row.version
  }

  #complete(draft: Draft | undefined): Row | undefined {
    if (draft === undefined) return undefined
    const { position, nextSeq, hash } = this.#chain.head
    const row = { ...draft, position: position + 1, firstSeq: nextSeq }
    return { ...row, hash: rowHash(hash, row) }
  }

  #insertRow(row: Row): void {
    const { position, kind, stream, version, epoch, firstSeq, eventCount, body, hash } = row
    this.#insert.run(position, kind, stream, version, epoch, firstSeq, eventCount, body, hash)
  }

  #commit(): void {
    try {
      this.#db.exec('COMMIT')
    } catch (error) {
      const cause = storageFault(error, this.#path, 'committing')
      this.#stoppedBy = new Fault(
        'WS_JOURNAL_UNKNOWN',
        `whether the step was written is not known: ${cause.message}`,
        { ...cause.details, cause: cause.code },
        'open the journal again and read it',
      )
      this.#rollBack()
      throw this.#stoppedBy
    }
  }

  #rollBack(): void {
    try {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
    } catch (error) {
      // The first cause is the one that is told; a transaction that cannot be rolled back ends with the connection.
      this.#stoppedBy ??= storageFault(error, this.#path, 'rolling back')
    }
  }

  /** The step is written, so its append succeeds even where the anchor fails; the next one is refused. */
  #noteHead(): void {
    try {
      this.#anchor.write(this.#chain.head)
    } catch (error) {
      this.#stoppedBy = storageFault(error, this.#path, 'anchoring')
    }
  }

  #refuseIfStopped(): void {
    if (this.#stoppedBy === undefined) return
    const { code, message } = this.#stoppedBy
    throw new Fault(
      'WS_STORE_STOPPED',
      `${this.#path} takes no more steps since one failed: ${message}`,
      { path: this.#path, cause: code },
      'open the journal again and read it',
    )
  }

  /** What is anchored on the disk must not be a row that the cut takes away: an older one would be missed there. */
  #anchorCut(last: Head): void {
    this.#anchor.write(last)
    this.#anchor.force()
  }

  /** Takes in the rows that other processes have appended. */
  #catchUp(): void {
    const { position, hash } = this.#chain.head
    const last = this.#lastRow.get()
    const row = last === undefined ? undefined : parseRow(last)
    if (last === undefined ? position === 0 : row?.position === position && sameHash(row.hash, hash)) return
    if (row === undefined || row.position < position) throw this.#chain.broken('the log became shorter')
    if (row.position === position) {
      throw corrupt({ part: 'log', path: this.#path, position }, 'the last row is not the one that was there')
    }
    // Archived past what this instance has seen: there is nothing to chain the next row to but the checkpoint.
    if (this.#firstPosition() > position + 1) this.#chain = checkLog(this.#rowsFrom, this.#path)
    else for (const columns of this.#rowsFrom.iterate(position)) this.#chain.take(parseRow(columns))
  }

  #firstPosition(): number {
    return Number(this.#firstRow.get()?.['position'] ?? this.#chain.firstPosition)
  }

  #reading<T>(read: () => T): T {
    return reading(this.#chain, this.#path, read)
  }
}

/** A row before it has its place. */
type Draft = Pick<Row, 'kind' | 'stream' | 'version' | 'epoch' | 'eventCount' | 'body'>

function checkpointDraft(head: Head, { isBeside } = { isBeside: false }): Draft {
  const body = writeCheckpoint(head, { isBeside })
  return { kind: 'checkpoint', stream: '', version: 0, epoch: head.epoch, eventCount: 0, body }
}
