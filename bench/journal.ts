// The SQLite journal beside bare node:sqlite on the main thread: appends, event-loop delay, start-up.
// node --conditions=@ws/source --disable-warning=ExperimentalWarning bench/journal.ts [directory]
import { openSqliteJournal } from '@ws/store'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'

const appends = 4_000
/** Few: what a busy disk does changes from one second to the next. */
const inTurn = 20
const busyDisk = `const fs = require('node:fs')
const bytes = Buffer.alloc(8_000_000, 1)
for (;;) {
  const fd = fs.openSync(process.argv[1], 'w')
  fs.writeSync(fd, bytes)
  fs.fsyncSync(fd)
  fs.closeSync(fd)
}`
/** Events in the log that is started from; a step holds five, as a busy one does. */
const events = 100_000
const eventsPerStep = 5

interface Subject {
  append(n: number): unknown
  close(): unknown
}

function event(n: number) {
  return {
    type: 'attempt.ended',
    task: `t${n}`,
    n: 1,
    outcome: { ok: true, commit: 'c'.repeat(40) },
    tail: 'x'.repeat(200),
  }
}

function bareSqlite(path: string): Subject {
  const db = new DatabaseSync(path)
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE log (n INTEGER PRIMARY KEY, body TEXT)',
  )
  const insert = db.prepare('INSERT INTO log VALUES (?, ?)')
  return {
    append(n) {
      db.exec('BEGIN IMMEDIATE')
      insert.run(n, JSON.stringify(event(n)))
      db.exec('COMMIT')
    },
    close: () => db.close(),
  }
}

async function sqliteJournal(path: string): Promise<Subject> {
  const journal = await openSqliteJournal({ path })
  return {
    append: (n) =>
      journal.append({ stream: 'run', epoch: 1, expectedVersion: n - 1, inputs: [], events: [event(n)] }),
    close: () => journal.close(),
  }
}

interface Result {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly delayP99: number
  readonly delayMax: number
}

class Measured {
  readonly #subject: Subject
  readonly #delays: { readonly p99: number; readonly max: number }[] = []
  readonly #latencies: number[] = []
  #spentMs = 0

  constructor(subject: Subject) {
    this.#subject = subject
  }

  async measure(after: number, count: number): Promise<void> {
    const begun = performance.now()
    // A new one each turn: one that is enabled again counts the time in between as one long delay.
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    for (let n = after + 1; n <= after + count; n += 1) {
      const start = performance.now()
      await this.#subject.append(n)
      this.#latencies.push(performance.now() - start)
      // The loop turns between two steps in either case, as it does in a host.
      await new Promise(setImmediate)
    }
    delay.disable()
    this.#delays.push({ p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 })
    this.#spentMs += performance.now() - begun
  }

  async result(): Promise<Result> {
    await this.#subject.close()
    const sorted = this.#latencies.toSorted((a, b) => a - b)
    return {
      perSecond: (sorted.length / this.#spentMs) * 1_000,
      p50: sorted[Math.floor(sorted.length * 0.5)] ?? 0,
      p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
      delayP99: median(this.#delays.map(({ p99 }) => p99)),
      delayMax: Math.max(...this.#delays.map(({ max }) => max)),
    }
  }
}

async function compare(when: string, path: string): Promise<void> {
  const subjects = [
    new Measured(bareSqlite(`${path}-bare.db`)),
    new Measured(await sqliteJournal(`${path}.db`)),
  ]
  // In turns, so that whatever else the machine does meets both.
  for (let n = 0; n < appends; n += inTurn) for (const subject of subjects) await subject.measure(n, inTurn)
  const [bare, journal] = await Promise.all(subjects.map((subject) => subject.result()))
  if (bare === undefined || journal === undefined) throw new Error('nothing was measured')
  console.log(`${appends} appends of one event, one after another (synchronous=FULL), ${when}`)
  console.log('                    per second    p50 ms    p99 ms    loop delay p99 ms    max ms')
  print('bare node:sqlite', bare)
  print('the journal', journal)
  const ratio = (a: number, b: number): string => `${(a / b).toFixed(2)} ×`
  console.log(
    `  against bare: p50 ${ratio(journal.p50, bare.p50)}, loop delay p99 ${ratio(journal.delayP99, bare.delayP99)}\n`,
  )
}

function print(name: string, { perSecond, p50, p99, delayP99, delayMax }: Result): void {
  const cells = [perSecond.toFixed(0).padStart(12), p50.toFixed(2).padStart(10), p99.toFixed(2).padStart(10)]
  console.log(
    `  ${name.padEnd(16)}${cells.join('')}${delayP99.toFixed(2).padStart(21)}${delayMax.toFixed(2).padStart(10)}`,
  )
}

async function startUp(path: string): Promise<void> {
  const filling = await openSqliteJournal({ path })
  const steps = events / eventsPerStep
  // Asked for at once: the worker never waits for this side.
  const appended = []
  for (let n = 1; n <= steps; n += 1) {
    const some = Array.from({ length: eventsPerStep }, (_, index) => event(n * eventsPerStep + index))
    appended.push(
      filling.append({ stream: 'run', epoch: 1, expectedVersion: n - 1, inputs: [], events: some }),
    )
  }
  await Promise.all(appended)
  await filling.close()

  const opened: number[] = []
  const read: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now()
    const journal = await openSqliteJournal({ path })
    opened.push(performance.now() - start)
    const begun = performance.now()
    let count = 0
    for await (const step of journal.read()) count += step.events.length
    read.push(performance.now() - begun)
    if (count !== events) throw new Error(`${count} events were read`)
    await journal.close()
  }
  const bare: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const db = new DatabaseSync(path)
    const start = performance.now()
    let count = 0
    for (const { body } of db.prepare('SELECT body FROM rows ORDER BY position').iterate()) {
      count += JSON.parse(String(body)).events.length
    }
    bare.push(performance.now() - start)
    if (count !== events) throw new Error(`${count} events were read`)
    db.close()
  }
  console.log(`start-up with ${events} events in ${steps} steps (medians of 5)`)
  console.log(`  open, every row checked     ${median(opened).toFixed(0)} ms`)
  console.log(`  read and parse all of it    ${median(read).toFixed(0)} ms`)
  console.log(`  bare: select and parse      ${median(bare).toFixed(0)} ms`)
  console.log(
    `  open and read against bare: ${((median(opened) + median(read)) / median(bare)).toFixed(2)} ×`,
  )
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

// A directory on the disk that is meant: /tmp may be memory.
const home = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'ws-bench-'))
try {
  await compare('on a quiet disk', join(home, 'quiet'))
  const load = spawn(process.execPath, ['-e', busyDisk, join(home, 'load')], { stdio: 'ignore' })
  try {
    await compare(
      'while another process writes 8 MB at a time and forces them onto the disk',
      join(home, 'busy'),
    )
  } finally {
    load.kill('SIGKILL')
    await once(load, 'close')
  }
  await startUp(join(home, 'long.db'))
} finally {
  rmSync(home, { recursive: true, force: true })
}
