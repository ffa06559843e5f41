/**
 * What goes wrong inside the worker thread, as plain data. The thread imports nothing but Node, so that it runs
 * from source and from a build alike; the other side turns a fault into a `WsError`.
 */
export interface FaultData {
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
  readonly hint?: string
}

/** A fault on its way up the stack of the worker. */
export class Fault extends Error implements FaultData {
  readonly code: string
  readonly details: Readonly<Record<string, unknown>>
  readonly hint?: string

  constructor(code: string, message: string, details: Readonly<Record<string, unknown>> = {}, hint?: string) {
    super(message)
    this.name = 'Fault'
    this.code = code
    this.details = details
    if (hint !== undefined) this.hint = hint
  }
}

/** Which bytes no longer say what was written, and the first position that cannot be trusted. */
export interface CorruptPlace {
  readonly part: 'database' | 'schema' | 'log' | 'anchor'
  readonly path: string
  /** The first row that is bad or missing; every row before it was checked and is whole. */
  readonly position?: number
  /** The number that the row's first event has, or would have. */
  readonly seq?: number
  readonly stream?: string
  readonly version?: number
}

export function corrupt(place: CorruptPlace, what: string): Fault {
  const where = place.position === undefined ? '' : ` at position ${place.position}`
  return new Fault(
    'WS_STORE_CORRUPT',
    `the journal ${place.path} is damaged${where}: ${what}`,
    { ...place, what },
    'stop every process that uses it, keep a copy of the whole directory, and restore the last backup',
  )
}

/** An error of `node:sqlite`, by its primary result code. */
function sqliteResult(error: unknown): { primary: number; extended: number } | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined
  return { primary: error.errcode & 0xff, extended: error.errcode }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

const sqliteError = 1
const sqliteBusy = 5
const sqliteLocked = 6
const sqliteCorrupt = 11
const sqliteNotADatabase = 26

/** Names an error of SQLite, of the file system, or of Node where SQLite hands out a value that Node cannot take. */
export function storageFault(error: unknown, path: string, doing: string): Fault {
  if (error instanceof Fault) return error
  const result = sqliteResult(error)
  const text = error instanceof Error ? error.message : String(error)
  const details = { path, doing, ...(result === undefined ? {} : { sqliteCode: result.extended }) }
  if (result === undefined && !isSystemError(error))
    return new Fault('WS_STORE_FAILED', `${doing} failed in ${path}: ${text}`, details)
  switch (result?.primary) {
    // Our own SQL is the same for every sound database, so what it trips over is damage too.
    case sqliteError:
    case sqliteCorrupt:
    case sqliteNotADatabase:
      return corrupt({ part: 'database', path }, text)
    case sqliteBusy:
    case sqliteLocked:
      return new Fault(
        'WS_STORE_BUSY',
        `${doing} waited too long for another process in ${path}`,
        details,
        'try again',
      )
    default:
      return new Fault(
        'WS_STORE_IO',
        `${doing} failed in ${path}: ${text}`,
        details,
        'look at free space, permissions and mount options of its directory',
      )
  }
}
