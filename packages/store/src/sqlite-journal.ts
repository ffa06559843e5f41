import {
  type Clock,
  type Journal,
  type ReadOptions,
  type Snapshot,
  type Step,
  type StepDraft,
  WsError,
} from '@ws/core'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseBody, writeJson } from './body.ts'
import { archiveFile } from './log/archive-file.ts'
import type { Base } from './log/chain.ts'
import type { Cursor, Page, Wanted } from './log/page.ts'
import { type SqliteJournalOptions, resolveOptions } from './sqlite-journal-options.ts'
import { WorkerClient } from './worker-client.ts'
import type { VerifiedLog } from './worker-protocol.ts'

/** A journal in one SQLite database. */
export interface SqliteJournal extends Journal, AsyncDisposable {
  readonly path: string
  /** Forces the head's anchor onto the disk now: after a landing, or before the machine may lose its power. */
  anchor(): Promise<void>
  /** Adds a row that carries the head, where the log may later be cut. */
  checkpoint(): Promise<void>
  /**
   * Moves everything up to now into a log of its own. What is left starts with a checkpoint.
   * @throws `WS_STORE_ARCHIVE` where a stream has no snapshot of its last version, or the file exists.
   */
  archive(to: string): Promise<void>
  /**
   * Moves everything up to now into a file beside the log, where reads go on finding it; no stream needs a snapshot, and
   * those of its last version are kept. Tells whether there was anything to move.
   */
  archiveBeside(): Promise<boolean>
  /**
   * Writes a copy of the log as it is at one moment, its snapshots too, while others go on appending; the copy is
   * checked from its first row before it gets its name. Copy `<to>` and `<to>-anchor` together.
   * @throws `WS_STORE_BACKUP` where the file exists, `WS_STORE_CORRUPT`, `WS_STORE_IO`
   */
  backup(to: string): Promise<VerifiedLog>
  /** Checks every row once more. @throws `WS_STORE_CORRUPT` */
  verify(): Promise<VerifiedLog>
}

/**
 * Opens a journal, after checking all of it; makes it, and its directory, where there is none.
 *
 * @throws `WS_STORE_CORRUPT` where a byte of the database, its write-ahead log or its anchor is not as it was
 * written (`details.position` is the first bad row), `WS_STORE_NEWER_SCHEMA`, `WS_STORE_NOT_A_JOURNAL`,
 * `WS_STORE_NETWORK_FS`, `WS_STORE_SQLITE_VERSION`, `WS_STORE_PRAGMA`, `WS_STORE_BUSY`, `WS_STORE_IO`, `WS_STORE_OPTIONS`.
 *
 * @example
 * const journal = await openSqliteJournal({ path: '.git/ws/journal.db' })
 * await journal.append({ stream: 'run', epoch: 1, expectedVersion: 0, inputs: [], events: [{ type: 'run.started' }] })
 * await journal.close()
 */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<SqliteJournal> {
  const { clock, path, anchorEveryMs, busyTimeoutMs } = resolveOptions(options)
  return WorkerJournal.open({ path: resolve(path), clock, anchorEveryMs, busyTimeoutMs })
}

interface KeptOptions {
  readonly path: string
  readonly clock: Clock
  readonly anchorEveryMs: number
  readonly busyTimeoutMs: number
}

/** Whether a read asks for something from before the beginning of a log. */
function reachesBefore({ nextSeq, versions }: Base, { stream, afterVersion, fromSeq }: Wanted): boolean {
  if (fromSeq >= nextSeq) return false
  return stream === undefined || afterVersion < (versions.get(stream) ?? 0)
}

class WorkerJournal implements SqliteJournal {
  readonly path: string
  readonly #worker: WorkerClient
  readonly #clock: Clock
  readonly #anchorEveryMs: number
  readonly #busyTimeoutMs: number
  readonly #backups = new Set<Promise<unknown>>()
  #cancelAnchor: (() => void) | undefined
  #closing: Promise<void> | undefined

  static async open(options: KeptOptions): Promise<WorkerJournal> {
    const { path, busyTimeoutMs } = options
    return new WorkerJournal(await WorkerClient.start({ task: 'keep', path, busyTimeoutMs }), options)
  }

  constructor(worker: WorkerClient, options: KeptOptions) {
    this.#worker = worker
    this.path = options.path
    this.#clock = options.clock
    this.#anchorEveryMs = options.anchorEveryMs
    this.#busyTimeoutMs = options.busyTimeoutMs
  }

  async append({ stream, epoch, expectedVersion, inputs, events }: StepDraft) {
    const body = writeJson({ inputs, events })
    const step = { stream, epoch, expectedVersion, eventCount: events.length, body }
    const position = await this.#ask('append', step)
    this.#anchorSoon()
    return position
  }

  async *read({ stream, afterVersion = 0, fromSeq = 0 }: ReadOptions = {}): AsyncGenerator<Step> {
    const wanted = { stream, afterVersion, fromSeq }
    const cursor = await this.#ask('cursor', wanted)
    // After the cursor: what is moved beside the log from now on ends this read, and is not read twice.
    yield* this.#readBeside(wanted)
    yield* this.#pages(cursor)
  }

  async *#pages(from: Cursor): AsyncGenerator<Step> {
    let cursor: Cursor | undefined = from
    while (cursor !== undefined) {
      const page: Page = await this.#ask('page', cursor)
      for (const row of page.rows) {
        const { inputs, events } = parseBody(row.body)
        yield {
          stream: row.stream,
          epoch: row.epoch,
          version: row.version,
          firstSeq: row.firstSeq,
          inputs,
          events,
        }
      }
      cursor = page.next
    }
  }

  /** What was moved beside the log, the oldest part first. */
  async *#readBeside(wanted: Wanted): AsyncGenerator<Step> {
    const parts: WorkerJournal[] = []
    try {
      let base = await this.#ask('base', undefined)
      while (base.isBeside && reachesBefore(base, wanted)) {
        const path = archiveFile(this.path, base.previous)
        if (!existsSync(path))
          throw new WsError('WS_STORE_ARCHIVE', `a part of the log is missing: ${path}`, {
            details: { path },
            hint: 'put it back: it lay beside the log',
          })
        const part = await WorkerJournal.open({
          ...{ path, clock: this.#clock, anchorEveryMs: this.#anchorEveryMs },
          busyTimeoutMs: this.#busyTimeoutMs,
        })
        parts.unshift(part)
        base = await part.#ask('base', undefined)
      }
      for (const part of parts) yield* part.#pages(await part.#ask('cursor', wanted))
    } finally {
      for (const part of parts) await part.close()
    }
  }

  async head(stream: string) {
    return this.#ask('head', stream)
  }

  async lead(epoch: number) {
    await this.#ask('lead', epoch)
    this.#anchorSoon()
  }

  async saveSnapshot({ stream, machineVersion, version, lastAt, state }: Snapshot) {
    await this.#ask('saveSnapshot', { stream, machineVersion, version, lastAt, state: writeJson(state) })
  }

  async loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    const frozen = await this.#ask('loadSnapshot', stream)
    return frozen && { ...frozen, state: JSON.parse(frozen.state) }
  }

  async anchor() {
    await this.#ask('anchor', undefined)
  }

  async checkpoint() {
    await this.#ask('checkpoint', undefined)
    this.#anchorSoon()
  }

  async archive(to: string) {
    await this.#ask('archive', resolve(to))
    await this.anchor()
  }

  async archiveBeside() {
    const isDone = await this.#ask('archiveBeside', undefined)
    if (isDone) await this.anchor()
    return isDone
  }

  async backup(to: string): Promise<VerifiedLog> {
    if (this.#closing !== undefined) return this.#ask('backup', to)
    const backup = this.#backUp(resolve(to))
    const ended = backup.catch(() => {})
    this.#backups.add(ended)
    void ended.then(() => this.#backups.delete(ended))
    return backup
  }

  async verify() {
    return this.#ask('verify', undefined)
  }

  close(): Promise<void> {
    this.#cancelAnchor?.()
    this.#closing ??= Promise.all([this.#worker.close(), ...this.#backups]).then(() => {})
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  readonly #ask: WorkerClient['ask'] = (op, args) => {
    if (this.#closing === undefined) return this.#worker.ask(op, args)
    const details = { path: this.path, operation: op }
    return Promise.reject(
      new WsError('WS_STORE_CLOSED', `${op} came after the journal was closed`, { details }),
    )
  }

  /** In a thread of its own: a long log is copied while this one appends. */
  async #backUp(to: string): Promise<VerifiedLog> {
    const copier = await WorkerClient.start({
      task: 'keep',
      path: this.path,
      busyTimeoutMs: this.#busyTimeoutMs,
    })
    try {
      return await copier.ask('backup', to)
    } finally {
      await copier.close()
    }
  }

  /** Once for all appends of the next moment: forcing the anchor costs more than a commit. */
  #anchorSoon(): void {
    if (this.#closing !== undefined || this.#cancelAnchor !== undefined) return
    this.#cancelAnchor = this.#clock.wakeAt(this.#clock.now() + this.#anchorEveryMs, () => {
      this.#cancelAnchor = undefined
      // What stands in the way of the anchor stands in the way of the next append, which tells it.
      if (this.#closing === undefined) this.#worker.ask('anchor', undefined).catch(() => undefined)
    })
  }
}
