// The SQLite journal beside bare node:sqlite on the main thread: appends, event-loop delay, start-up.
// node --conditions=@ws/source --disable-warning=ExperimentalWarning bench/journal.ts [directory]
import { openSqliteJournal } from '@ws/store'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'

const appends = 2_000
/** Events in the log that is started from; a step holds five, as a busy one does. */
const events = 100_000
const eventsPerStep = 5

// A directory on the disk that is meant: /tmp may be memory.
const home = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'ws-bench-'))
try {
  const bare = await measure(bareSqlite(join(home, 'bare.db')))
  const journal = await measure(await sqliteJournal(join(home, 'journal.db')))
  console.log(`${appends} appends of one event, one after another (synchronous=FULL)`)
  console.log('                    per second    p50 ms    p99 ms    loop delay p99 ms    max ms')
  print('bare node:sqlite', bare)
  print('the journal', journal)
  console.log(
    `  p50 against bare: ${(journal.p50 / bare.p50).toFixed(2)} ×; per second: ${(journal.perSecond / bare.perSecond).toFixed(2)} ×`,
  )
  console.log(`  loop delay p99 against bare: ${(journal.delayP99 / bare.delayP99).toFixed(2)} ×`)
  await startUp(join(home, 'long.db'))
} finally {
  rmSync(home, { recursive: true, force: true })
}

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

interface Measured {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly delayP99: number
  readonly delayMax: number
}

async function measure(subject: Subject): Promise<Measured> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const latencies: number[] = []
  const begun = performance.now()
  delay.enable()
  for (let n = 1; n <= appends; n += 1) {
    const start = performance.now()
    await subject.append(n)
    latencies.push(performance.now() - start)
    // The loop turns between two steps in either case, as it does in a host.
    await new Promise(setImmediate)
  }
  delay.disable()
  const seconds = (performance.now() - begun) / 1_000
  await subject.close()
  latencies.sort((a, b) => a - b)
  return {
    perSecond: appends / seconds,
    p50: latencies[Math.floor(appends * 0.5)] ?? 0,
    p99: latencies[Math.floor(appends * 0.99)] ?? 0,
    delayP99: delay.percentile(99) / 1e6,
    delayMax: delay.max / 1e6,
  }
}

function print(name: string, { perSecond, p50, p99, delayP99, delayMax }: Measured): void {
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
  console.log(`\nstart-up with ${events} events in ${steps} steps (medians of 5)`)
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
