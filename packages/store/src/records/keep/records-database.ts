import { rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { loadSqlite, type Sqlite } from '../../log/sqlite.ts'
import type { RecordsState } from '../fold/records-state.ts'
import { initialRecords } from '../fold/records-state.ts'
import { LedgerLine } from '../shapes/ledger-line.ts'
import { WorkstreamRecord } from '../shapes/workstream-record.ts'
import { recordsOfRun } from '../views/workstream-records.ts'
import { freezeCommon, freezeRun, thawCommon, thawRun } from './freeze-records.ts'
import { type ParsedRecordQuery, queryToSql } from './record-query.ts'

/** Tables of another version are thrown away: the log makes them again. */
const version = 2

const tables = `
  CREATE TABLE common (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE runs (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, place INTEGER NOT NULL, facts TEXT NOT NULL) STRICT;
  CREATE TABLE ledger (seq INTEGER PRIMARY KEY, line TEXT NOT NULL) STRICT;
  CREATE TABLE records (
    id TEXT PRIMARY KEY, place INTEGER NOT NULL, owner TEXT NOT NULL, status TEXT NOT NULL, created_at TEXT NOT NULL,
    correlation_id TEXT NOT NULL, parent_id TEXT, branch TEXT, worktree TEXT, record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX by_owner ON records (owner);
  CREATE INDEX by_status ON records (status, created_at, place);
  CREATE INDEX by_time ON records (created_at, place);
  CREATE INDEX by_correlation ON records (correlation_id, created_at, place);
  CREATE INDEX by_parent ON records (parent_id, created_at, place);
  CREATE INDEX by_parent_status ON records (parent_id, status, created_at, place);
  CREATE INDEX by_branch ON records (branch, created_at, place);
  CREATE INDEX by_worktree ON records (worktree, created_at, place);
`

/** The tables that views are kept and searched in. Nothing in them is true by itself: they can be deleted at any time. */
export class RecordsDatabase {
  readonly path: string
  readonly #sqlite: Sqlite
  #db: DatabaseSync

  private constructor(sqlite: Sqlite, path: string) {
    this.path = path
    this.#sqlite = sqlite
    this.#db = this.#open()
  }

  /** Opens them; what cannot be read is thrown away. */
  static async open(path: string): Promise<RecordsDatabase> {
    await mkdir(dirname(path), { recursive: true })
    return new RecordsDatabase(await loadSqlite(), path)
  }

  /** The facts as they were saved last, or none where nothing that can be read was. */
  load(): RecordsState {
    try {
      const common = this.#db.prepare(`SELECT value FROM common WHERE name = 'state'`).get()
      if (common === undefined) return initialRecords()
      const state = thawCommon(String(common['value']))
      for (const { facts } of this.#db.prepare('SELECT facts FROM runs ORDER BY place').iterate()) {
        const run = thawRun(String(facts))
        state.runs.set(run.id, run)
      }
      for (const { line } of this.#db.prepare('SELECT line FROM ledger ORDER BY seq').iterate())
        state.ledger.push(LedgerLine.parse(JSON.parse(String(line))))
      return state
    } catch {
      // Damaged: what is derived is derived again.
      this.clear()
      return initialRecords()
    }
  }

  /** Saves what has changed since a number, in one transaction: a crash leaves all of it or nothing. */
  save(
    state: RecordsState,
    { since, fingerprint }: { readonly since: number; readonly fingerprint: string },
  ): void {
    this.#transact(() => {
      const db = this.#db
      const setCommon = db.prepare('INSERT OR REPLACE INTO common (name, value) VALUES (?, ?)')
      setCommon.run('state', freezeCommon(state))
      setCommon.run('fingerprint', fingerprint)
      const known = db.prepare('SELECT id FROM runs').all()
      for (const { id } of known) if (!state.runs.has(String(id))) this.#dropRun(String(id))
      const setRun = db.prepare('INSERT OR REPLACE INTO runs (id, seq, place, facts) VALUES (?, ?, ?, ?)')
      for (const [place, run] of [...state.runs.values()].entries()) {
        if (run.seq <= since) continue
        setRun.run(run.id, run.seq, place, freezeRun(run))
        this.#setRecords(run.id, recordsOfRun(run, state), place)
      }
      for (const runId of notedRuns(state)) {
        const run = state.runs.get(runId)
        if (run !== undefined && run.seq <= since)
          this.#setRecords(runId, recordsOfRun(run, state), [...state.runs.keys()].indexOf(runId))
      }
      this.#setRecords('', [...state.registry.values()], state.runs.size)
      const addLine = db.prepare('INSERT OR REPLACE INTO ledger (seq, line) VALUES (?, ?)')
      for (const line of state.ledger) if (line.seq > since) addLine.run(line.seq, JSON.stringify(line))
    })
  }

  /** A mark of the last event that is in the tables: whether they belong to a log is seen by it. */
  get fingerprint(): string | undefined {
    const row = this.#db.prepare(`SELECT value FROM common WHERE name = 'fingerprint'`).get()
    return row === undefined ? undefined : String(row['value'])
  }

  find(query: ParsedRecordQuery): WorkstreamRecord[] {
    const { sql, parameters } = queryToSql(query)
    return this.#db
      .prepare(sql)
      .all(...parameters)
      .map(({ record }) => WorkstreamRecord.parse(JSON.parse(String(record))))
  }

  get(id: string): WorkstreamRecord | undefined {
    const row = this.#db.prepare('SELECT record FROM records WHERE id = ?').get(id)
    return row === undefined ? undefined : WorkstreamRecord.parse(JSON.parse(String(row['record'])))
  }

  /** Throws everything away. */
  clear(): void {
    this.#db.close()
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${this.path}${suffix}`, { force: true })
    this.#db = this.#open()
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }

  #open(): DatabaseSync {
    const open = () => {
      const db = new this.#sqlite.DatabaseSync(this.path, { timeout: 5_000 })
      try {
        // No commit waits for the disk: what the machine's power takes is derived again.
        db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
        const found = Number(Object.values(db.prepare('PRAGMA user_version').get() ?? {})[0])
        if (found === version) return db
        if (found !== 0) throw new Error(`tables of version ${found}`)
        db.exec(`BEGIN; ${tables} PRAGMA user_version = ${version}; COMMIT`)
        return db
      } catch (error) {
        db.close()
        throw error
      }
    }
    try {
      return open()
    } catch {
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${this.path}${suffix}`, { force: true })
      return open()
    }
  }

  #dropRun(runId: string): void {
    this.#db.prepare('DELETE FROM runs WHERE id = ?').run(runId)
    this.#db.prepare('DELETE FROM records WHERE owner = ?').run(runId)
  }

  #setRecords(owner: string, records: readonly WorkstreamRecord[], at: number): void {
    this.#db.prepare('DELETE FROM records WHERE owner = ?').run(owner)
    const add = this.#db.prepare(
      `INSERT OR REPLACE INTO records (id, place, owner, status, created_at, correlation_id, parent_id, branch, worktree, record)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    for (const [place, record] of records.entries()) {
      const { id, status, createdAt, correlationId, parentId = null, metadata } = record
      const paths = [textOf(metadata['branch']), textOf(metadata['worktree'])] as const
      // Runs in the order in which they were started, each before its workstreams.
      const order = at * 1_000_000 + place
      const json = JSON.stringify(record)
      add.run(id, order, owner, status, createdAt, correlationId, parentId, ...paths, json)
    }
  }

  #transact(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#db.exec('COMMIT')
    } finally {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
    }
  }
}

/** Runs of whose records somebody added to the metadata. */
function notedRuns({ notes }: RecordsState): Set<string> {
  return new Set(Array.from(notes.keys(), (id) => id.split('/')[0] ?? id))
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
