// A lock that the kernel holds for this process: an exclusive transaction on an SQLite file. It goes with the
// process, however that ends, and never by a clock.
//
// POSIX drops a process's record locks on a file when *any* of its descriptors for that file is closed. SQLite
// keeps account of its own; so these files are opened by nothing else, not even to be read.
import type { DatabaseSync } from 'node:sqlite'
import { WsError } from '@ws/core'
import { loadSqlite } from './load-sqlite.ts'

const busy = 5

// A connection that is collected as garbage closes, and its lock would fall in silence.
const held = new Set<KernelLock>()

/** Whether a connection of this process holds the lock of a file. */
export function isHeldHere(path: string): boolean {
  return [...held].some((lock) => lock.path === path)
}

/** One connection to a lock file. Two of them exclude each other, in one process as in two. */
export class KernelLock {
  readonly path: string
  #database: DatabaseSync | undefined
  #isHeld = false

  constructor(path: string) {
    this.path = path
  }

  get isHeld(): boolean {
    return this.#isHeld
  }

  /** Takes the lock if it is free; never waits. */
  tryTake(): boolean {
    if (this.#isHeld) return false
    const database = this.#open()
    try {
      database.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      if (isBusy(error)) return false
      throw new WsError('WS_GIT_LOCK_BROKEN', `the lock file ${this.path} cannot be used: ${String(error)}`, {
        details: { path: this.path },
        hint: 'look whether it is writable; it holds nothing but the lock and may be deleted while nothing runs',
        cause: error,
      })
    }
    this.#isHeld = true
    held.add(this)
    return true
  }

  /** The number kept in the lock file, 0 at first. Only while the lock is held. */
  readEpoch(): number {
    const database = this.#held()
    // Asked first: to make the table here would turn every look into a write that is synced.
    const hasTable = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'epoch'").get() !== undefined
    const value = hasTable ? database.prepare('SELECT value FROM epoch').get()?.['value'] : 0
    return typeof value === 'number' ? value : 0
  }

  /** Writes the number for whoever takes the lock next; it takes effect with `release`. */
  writeEpoch(value: number): void {
    const database = this.#held()
    database.exec('CREATE TABLE IF NOT EXISTS epoch (value INTEGER NOT NULL) STRICT')
    database.exec('DELETE FROM epoch')
    database.prepare('INSERT INTO epoch VALUES (?)').run(value)
  }

  release(): void {
    if (!this.#isHeld) return
    this.#isHeld = false
    held.delete(this)
    try {
      this.#database?.exec('COMMIT')
    } catch (error) {
      this.#database?.exec('ROLLBACK')
      throw error
    }
  }

  /** Lets go and closes the file. */
  close(): void {
    this.release()
    this.#database?.close()
    this.#database = undefined
  }

  #held(): DatabaseSync {
    const database = this.#open()
    if (!this.#isHeld)
      throw new WsError('WS_GIT_LOCK_NOT_HELD', 'the epoch is read and written under the lock only', {
        details: { path: this.path },
      })
    return database
  }

  #open(): DatabaseSync {
    if (this.#database === undefined) {
      const sqlite = loadSqlite()
      this.#database = new sqlite.DatabaseSync(this.path, { timeout: 0 })
    }
    return this.#database
  }
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error &&
    'errcode' in error &&
    typeof error.errcode === 'number' &&
    (error.errcode & 0xff) === busy
  )
}
