import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type Clock, type Journal, systemClock, WsError } from '@ws/core'
import { openSqliteJournal } from '../../sqlite-journal.ts'
import { writeFiles, type WriteFilesOptions } from '../files/write-files.ts'
import type { RecordsState } from '../fold/records-state.ts'
import { initialRecords } from '../fold/records-state.ts'
import { takeEvent } from '../fold/take-event.ts'
import { type LoggedEvent, readEvents } from '../logged-event.ts'
import { Records } from '../records.ts'
import type { RecordStatus, WorkstreamRecord } from '../shapes/workstream-record.ts'
import { logLine } from '../views/log-line.ts'
import { parseQuery, type RecordQuery } from './record-query.ts'
import { RecordsDatabase } from './records-database.ts'
import { type NewRecord, RegistryWriter } from './registry-writer.ts'
import { readPack, unpack, writePack } from './run-pack.ts'

/** What records are kept beside. */
export interface RecordStoreOptions {
  /** The database of the views; it may be deleted at any time. */
  readonly path: string
  /** The log that everything is derived from. */
  readonly journal: Journal
  /** Logs that were cut off the beginning of this one, oldest first: a rebuild begins with them. */
  readonly archives?: readonly string[]
  /** The leadership under which the registry is written. @default 1 */
  readonly epoch?: number
  readonly clock?: Clock
}

/**
 * Keeps what is derived from a log: up to date when asked, searched by index, made anew from the log at any time.
 * One process at a time writes it; calls wait for each other.
 */
export class RecordStore implements AsyncDisposable {
  readonly #options: RecordStoreOptions
  readonly #database: RecordsDatabase
  readonly #registry: RegistryWriter
  #state: RecordsState
  #last: Promise<unknown> = Promise.resolve()

  /** Use `openRecordStore`. */
  constructor(options: RecordStoreOptions, database: RecordsDatabase) {
    const { journal, epoch = 1, clock = systemClock() } = options
    this.#options = options
    this.#database = database
    this.#state = database.load()
    this.#registry = new RegistryWriter({ journal, epoch, clock })
  }

  /** Takes in what the log has said since, and gives the views as they stand. */
  refresh(): Promise<Records> {
    return this.#inTurn(() => this.#refresh())
  }

  /** Throws away what is kept, and makes it anew from the archives and the log. @throws `WS_RECORDS_INCOMPLETE` */
  rebuild(): Promise<Records> {
    return this.#inTurn(() => this.#rebuild())
  }

  /** Records that fit, in the order in which they were made; as the log stood when it was last looked at. @throws `WS_RECORD_QUERY` */
  listWorkstreams(query: RecordQuery = {}): readonly WorkstreamRecord[] {
    return this.#database.find(parseQuery(query))
  }

  getWorkstream(id: string): WorkstreamRecord | undefined {
    return this.#database.get(id)
  }

  /** A record of one's own, PENDING until it is said otherwise; a text is its correlation id. @throws `WS_RECORD_EXISTS` */
  createWorkstream(
    name: string,
    metadata: Readonly<Record<string, unknown>> = {},
    options: string | Omit<NewRecord, 'name' | 'metadata'> = {},
  ): Promise<WorkstreamRecord> {
    const more = typeof options === 'string' ? { correlationId: options } : options
    return this.#inTurn(async () => {
      await this.#refresh()
      const id = await this.#registry.create({ name, metadata, ...more }, (wanted) => {
        if (this.getWorkstream(wanted) === undefined) return
        throw new WsError('WS_RECORD_EXISTS', `there is a workstream record "${wanted}" already`, {
          details: { id: wanted },
          hint: 'choose another id',
        })
      })
      await this.#refresh()
      return this.#require(id)
    })
  }

  /**
   * Changes a record. One that follows from a run has the state that the run gives it: only its metadata can be added to.
   * @throws `WS_RECORD_UNKNOWN`, `WS_RECORD_DERIVED`
   */
  updateStatus(
    id: string,
    status: RecordStatus,
    metadata: Readonly<Record<string, unknown>> = {},
  ): Promise<WorkstreamRecord> {
    return this.#inTurn(async () => {
      await this.#refresh()
      const record = this.#require(id)
      const isOwn = this.#state.registry.has(id)
      if (!isOwn && record.status !== status) {
        throw new WsError('WS_RECORD_DERIVED', `"${id}" is ${record.status}: its run says so`, {
          details: { id, status: record.status, asked: status },
          hint: 'cancel, retry, release or discard it in its run',
        })
      }
      await this.#registry.update({ id, status, metadata, isOwn })
      await this.#refresh()
      return this.#require(id)
    })
  }

  /** Brings the files for people up to the log. */
  writeFiles(directory: string, options: Omit<WriteFilesOptions, 'log'> = {}): Promise<readonly string[]> {
    return this.#inTurn(async () => {
      const records = await this.#refresh()
      return writeFiles(records, directory, { ...options, log: (seq) => this.#sentences(seq) })
    })
  }

  /**
   * Packs a finished run into a file of its own, which `restoreRun` brings back; whoever leads the repository then archives it in the
   * log. Packing twice gives the same file.
   * @throws `WS_RECORD_UNKNOWN`, `WS_RUN_LIVE`
   */
  packRun(runId: string, folder: string): Promise<string> {
    return this.#inTurn(async () => {
      await this.#refresh()
      const run = this.#state.runs.get(runId)
      if (run === undefined) throw unknown(runId)
      if (run.endedAt === undefined) {
        throw new WsError('WS_RUN_LIVE', `run "${runId}" is ${run.status}, not ended`, {
          details: { runId, status: run.status },
          hint: 'wait for its end, or cancel it',
        })
      }
      const path = join(folder, `${runId}.json.gz`)
      const events: LoggedEvent[] = []
      for await (const event of this.#everything()) events.push(event)
      await writePack(path, { runId, events })
      return path
    })
  }

  /**
   * Brings a packed run back among the records, as it was. The pack stays the place where it is kept: a rebuild forgets it.
   * @throws `WS_PACK_UNREADABLE`
   */
  restoreRun(path: string): Promise<string> {
    return this.#inTurn(async () => {
      await this.#refresh()
      const pack = await readPack(path)
      const { run, queue } = unpack(pack)
      if (run === undefined)
        throw new WsError('WS_PACK_UNREADABLE', `${path} does not tell how its run began`, {
          details: { path },
        })
      this.#state.runs.set(run.id, run)
      for (const [id, entry] of queue.entries) this.#state.queue.entries.set(id, entry)
      const checks = queue.checks.get(run.id)
      if (checks !== undefined) this.#state.queue.checks.set(run.id, checks)
      this.#save(0)
      return run.id
    })
  }

  /** Ends when what was asked has been done. */
  async close(): Promise<void> {
    await this.#last
    this.#database.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #refresh(): Promise<Records> {
    const since = this.#state.seq
    let isKnown = since === 0
    for await (const logged of readEvents(this.#options.journal, { fromSeq: since })) {
      if (!isKnown) {
        // The log may be another than the one that was read: restored from a copy, or cut.
        if (logged.seq === since && fingerprintOf(logged) !== this.#database.fingerprint)
          return this.#rebuild()
        if (logged.seq > since + 1) return this.#rebuild()
        isKnown = true
      }
      if (logged.seq > this.#state.seq + 1) return this.#rebuild()
      this.#take(logged)
    }
    if (!isKnown && (await this.#end()) !== since + 1) return this.#rebuild()
    if (this.#state.seq > since) this.#save(since)
    return this.#records()
  }

  async #rebuild(): Promise<Records> {
    this.#state = initialRecords()
    this.#database.clear()
    for await (const logged of this.#everything()) {
      if (logged.seq !== this.#state.seq + 1) throw incomplete(this.#state.seq, logged.seq)
      this.#take(logged)
    }
    this.#save(0)
    return this.#records()
  }

  #take(logged: LoggedEvent): void {
    takeEvent(this.#state, logged)
    this.#fingerprint = fingerprintOf(logged)
  }

  #fingerprint = ''

  #save(since: number): void {
    const fingerprint = this.#fingerprint === '' ? (this.#database.fingerprint ?? '') : this.#fingerprint
    this.#database.save(this.#state, { since, fingerprint })
  }

  #records(): Records {
    return new Records(this.#state, { keepsLog: false })
  }

  /** What was archived, then the log. */
  async *#everything(): AsyncGenerator<LoggedEvent> {
    for (const path of this.#options.archives ?? []) {
      const archive = await openSqliteJournal({ path })
      try {
        yield* readEvents(archive)
      } finally {
        await archive.close()
      }
    }
    yield* readEvents(this.#options.journal)
  }

  async *#sentences(seq: number) {
    const events = seq === 0 ? this.#everything() : readEvents(this.#options.journal, { fromSeq: seq })
    for await (const event of events) yield logLine(event)
  }

  /** The number that the log's next event will get. */
  async #end(): Promise<number> {
    return (await this.#options.journal.head('run')).nextSeq
  }

  #require(id: string): WorkstreamRecord {
    const record = this.getWorkstream(id)
    if (record === undefined) throw unknown(id)
    return record
  }

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => {})
    return result
  }
}

/**
 * Opens what is kept of a log, and takes in what the log has said since.
 *
 * @example
 * const store = await openRecordStore({ path: '.git/ws/records.db', journal })
 * for (const record of store.listWorkstreams({ status: 'RUNNING' })) console.log(record.name)
 * await store.close()
 */
export async function openRecordStore(options: RecordStoreOptions): Promise<RecordStore> {
  const database = await RecordsDatabase.open(options.path)
  try {
    const store = new RecordStore(options, database)
    await store.refresh()
    return store
  } catch (error) {
    database.close()
    throw error
  }
}

function fingerprintOf({ seq, at, stream, event }: LoggedEvent): string {
  return createHash('sha256')
    .update(JSON.stringify([seq, at, stream, event]))
    .digest('hex')
}

function unknown(id: string): WsError {
  return new WsError('WS_RECORD_UNKNOWN', `there is no workstream record "${id}"`, { details: { id } })
}

function incomplete(seq: number, found: number): WsError {
  return new WsError('WS_RECORDS_INCOMPLETE', `the log begins at event ${found}, ${seq + 1} comes first`, {
    details: { expected: seq + 1, found },
    hint: 'name the archives that were cut off it, oldest first',
  })
}
