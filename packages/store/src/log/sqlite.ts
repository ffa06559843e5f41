import type { DatabaseSync } from 'node:sqlite'
import { Fault } from './fault.ts'

export type Sqlite = typeof import('node:sqlite')

/**
 * Loads `node:sqlite` without the warning by which Node 22 tells *users* that the module is experimental; which
 * module we use is our concern. Every other warning, also one raised meanwhile, goes its way.
 */
export async function loadSqlite(): Promise<Sqlite> {
  const { emitWarning } = process
  process.emitWarning = (...args: unknown[]) => {
    const [warning] = args
    const text = warning instanceof Error ? warning.message : String(warning)
    if (!text.startsWith('SQLite is an experimental feature')) Reflect.apply(emitWarning, process, args)
  }
  try {
    return await import('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
}

/** Older ones have known faults in write-ahead logging (a reset that raced with a checkpoint lost data). */
const oldestSqlite = [3, 51, 3] as const

/** @throws `WS_STORE_SQLITE_VERSION` */
export function checkVersion(version: string): void {
  const parts = version.split('.').map(Number)
  for (const [index, least] of oldestSqlite.entries()) {
    const part = parts[index] ?? 0
    if (part > least) return
    if (part < least || Number.isNaN(part)) {
      const needed = oldestSqlite.join('.')
      throw new Fault(
        'WS_STORE_SQLITE_VERSION',
        `this Node brings SQLite ${version}, the journal needs ${needed}`,
        { version, needed },
        'run a newer release of the same Node line',
      )
    }
  }
}

/** What a connection is set to, and must answer when it is asked. */
const pragmas: readonly (readonly [name: string, value: string, answer: string | number])[] = [
  ['journal_mode', 'WAL', 'wal'],
  // A commit is on the disk when it returns; NORMAL would lose the last ones with the machine's power.
  ['synchronous', 'FULL', 2],
  // macOS answers an ordinary fsync before the drive has written.
  ['fullfsync', 'ON', 1],
  ['checkpoint_fullfsync', 'ON', 1],
  ['cell_size_check', 'ON', 1],
  ['trusted_schema', 'OFF', 0],
]

/** @throws `WS_STORE_PRAGMA` where SQLite does not do as it is told. */
export function setPragmas(db: DatabaseSync): void {
  for (const [name, value, answer] of pragmas) {
    db.exec(`PRAGMA ${name} = ${value}`)
    const [is] = Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})
    if (is === answer) continue
    throw new Fault('WS_STORE_PRAGMA', `SQLite answers ${name} = ${String(is)}, expected ${answer}`, {
      name,
      is,
      answer,
    })
  }
}
