import fs, { writeSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { LogFile } from '../../src/log/log-file.ts'
import { loadSqlite, type Sqlite } from '../../src/log/sqlite.ts'

// Moves a log beside itself: `archive.ts <journal> [n]`. Everything that it asks of the file system and of SQLite on the way
// is a step; the process ends before the n-th, or not at all. It says each step, and at the end whether it moved anything.

const [path = '', at = ''] = process.argv.slice(2)
let isArchiving = false
let steps = 0

function step(what: string): void {
  if (!isArchiving) return
  steps += 1
  say(`step ${what.replaceAll(/\s+/g, ' ')}`)
  if (steps === Number(at)) process.kill(process.pid, 'SIGKILL')
}

for (const name of ['mkdirSync', 'rmSync', 'openSync', 'writeSync', 'fsyncSync', 'renameSync']) {
  const real: unknown = Reflect.get(fs, name)
  if (typeof real !== 'function') throw new Error(`node:fs has no ${name}`)
  Reflect.set(fs, name, (...args: unknown[]): unknown => {
    // What is said is no step.
    if (name !== 'writeSync' || args[0] !== 1) step(name)
    return Reflect.apply(real, fs, args)
  })
}
syncBuiltinESMExports()

const log = new LogFile(stepping(await loadSqlite()), path, 0)
isArchiving = true
const isMoved = log.archiveBeside()
log.anchor()
isArchiving = false
log.close()
say(`moved ${isMoved}`)

/** The same SQLite, where whatever may change a database is a step. */
function stepping(sqlite: Sqlite): Sqlite {
  class DatabaseSync extends sqlite.DatabaseSync {
    override exec(sql: string): void {
      step(`exec ${sql}`)
      super.exec(sql)
    }
    override prepare(sql: string): ReturnType<Sqlite['DatabaseSync']['prototype']['prepare']> {
      const statement = super.prepare(sql)
      const run = statement.run.bind(statement)
      return Object.assign(statement, {
        run: (...values: Parameters<typeof run>) => {
          step(`run ${sql}`)
          return run(...values)
        },
      })
    }
  }
  return { ...sqlite, DatabaseSync }
}

/** Not through the stream: what is said must be said when the process dies. */
function say(line: string): void {
  writeSync(1, `${line}\n`)
}
