import { withTempDir } from '@ws/testing'
import { copyFileSync, cpSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as sqlite from 'node:sqlite'
import { describe, expect, test, vi } from 'vitest'
import { openSqliteJournal } from '../src/index.ts'
import { Fault } from '../src/log/fault.ts'
import { LogFile } from '../src/log/log-file.ts'
import { appendSample, readAll, sampleSteps } from './sample-steps.ts'

// A commit waits for the disk, which on a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 })

const files = ['journal.db', 'journal.db-wal', 'journal.db-anchor'] as const
const snapshot = { stream: 'run', machineVersion: 1, version: 12, lastAt: 7, state: { tasks: ['a', 'b'] } }

/** A log as a crash leaves it: 24 steps in the database, 16 more in the write-ahead log, all of them acknowledged. */
async function crashedLog(dir: string): Promise<string> {
  const made = join(dir, 'made')
  const first = await openSqliteJournal({ path: join(made, 'journal.db') })
  await appendSample(first, 1, 24)
  await first.saveSnapshot(snapshot)
  await first.close()
  const second = await openSqliteJournal({ path: join(made, 'journal.db') })
  await appendSample(second, 25, 40)
  const crashed = join(dir, 'crashed')
  for (const file of files) cpSync(join(made, file), join(crashed, file))
  await second.close()
  return crashed
}

/** Everything that can be read, or the fault that tells why it cannot. */
function readEverything(path: string): { steps: unknown[]; snapshot: unknown } | Fault {
  let log: LogFile | undefined
  try {
    log = new LogFile(sqlite, path, 0)
    const steps: unknown[] = []
    let cursor: ReturnType<LogFile['cursor']> | undefined = log.cursor({
      stream: undefined,
      afterVersion: 0,
      fromSeq: 0,
    })
    while (cursor !== undefined) {
      const page: ReturnType<LogFile['page']> = log.page(cursor)
      steps.push(
        ...page.rows.map(({ stream, epoch, version, firstSeq, body }) => ({
          stream,
          epoch,
          version,
          firstSeq,
          ...JSON.parse(body),
        })),
      )
      cursor = page.next
    }
    return { steps, snapshot: log.loadSnapshot('run') }
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  } finally {
    log?.close()
  }
}

const whole = { steps: sampleSteps(40), snapshot: { ...snapshot, state: JSON.stringify(snapshot.state) } }
const codes = ['WS_STORE_CORRUPT', 'WS_STORE_NEWER_SCHEMA', 'WS_STORE_NOT_A_JOURNAL']
// Every byte takes minutes; in the gate every one of the anchor and a sample of the others, which differs by file.
const strides = process.env['WS_SOAK'] === undefined ? [29, 173, 1] : [1, 1, 1]

describe('a changed byte', () => {
  for (const [index, file] of files.entries()) {
    test(`in ${file} is reported or harmless, never read as something else`, { timeout: 3_600_000 }, () =>
      withTempDir(async (dir) => {
        const crashed = await crashedLog(dir)
        expect(readEverything(cloneOf(crashed, dir))).toEqual(whole)
        const bytes = readFileSync(join(crashed, file))
        let reported = 0
        for (let offset = 0; offset < bytes.length; offset += strides[index] ?? 1) {
          const clone = cloneOf(crashed, dir)
          const changed = Buffer.from(bytes)
          changed[offset] = (changed[offset] ?? 0) ^ (1 << (offset % 8))
          writeFileSync(join(clone, '..', file), changed)
          const read = readEverything(clone)
          if (read instanceof Fault) {
            reported += 1
            expect(codes, `offset ${offset}: ${read.code} ${read.message}`).toContain(read.code)
          } else {
            expect(read.steps, `offset ${offset}`).toEqual(whole.steps)
            expect([whole.snapshot, undefined], `offset ${offset}`).toContainEqual(read.snapshot)
          }
        }
        expect(reported).toBeGreaterThan(0)
      }),
    )
  }

  test('in a row is reported with the position, the event number and what is wrong', () =>
    withTempDir(async (dir) => {
      const path = await closedLog(dir)
      change(path, "UPDATE rows SET body = replace(body, '9', '8') WHERE position = 9")
      await expect(openSqliteJournal({ path })).rejects.toMatchObject({
        code: 'WS_STORE_CORRUPT',
        details: { part: 'log', position: 9, seq: 10, what: 'its hash does not fit' },
      })
    }))

  test('in a row that was whole when the log was opened is reported by the read that uses it', () =>
    withTempDir(async (dir) => {
      const path = await closedLog(dir)
      const journal = await openSqliteJournal({ path })
      change(path, 'UPDATE rows SET epoch = 2 WHERE position = 3')
      await expect(readAll(journal)).rejects.toMatchObject({
        code: 'WS_STORE_CORRUPT',
        details: { position: 3 },
      })
      await expect(journal.verify()).rejects.toMatchObject({
        code: 'WS_STORE_CORRUPT',
        details: { position: 3 },
      })
      await journal.close()
    }))
})

describe('a lost part', () => {
  test('of the log is found where a row is missing', () =>
    withTempDir(async (dir) => {
      const path = await closedLog(dir)
      change(path, 'DELETE FROM rows WHERE position = 5')
      await expect(openSqliteJournal({ path })).rejects.toMatchObject({
        details: { part: 'log', position: 5 },
      })
    }))

  test('at its end is found through the anchor, wherever the write-ahead log was cut', () =>
    withTempDir(async (dir) => {
      const crashed = await crashedLog(dir)
      const length = readFileSync(join(crashed, 'journal.db-wal')).length
      for (let cut = length - 1; cut >= 0; cut -= 1_999) {
        const clone = cloneOf(crashed, dir)
        truncateSync(`${clone}-wal`, cut)
        const read = readEverything(clone)
        expect(read, `cut to ${cut}`).toMatchObject({ code: 'WS_STORE_CORRUPT', details: { part: 'log' } })
        expect(read instanceof Fault && Number(read.details['position'])).toBeGreaterThanOrEqual(25)
      }
    }))

  test('is found when the whole write-ahead log is gone, with the first position that is missing', () =>
    withTempDir(async (dir) => {
      const path = cloneOf(await crashedLog(dir), dir)
      rmSync(`${path}-wal`)
      await expect(openSqliteJournal({ path })).rejects.toMatchObject({
        code: 'WS_STORE_CORRUPT',
        details: { part: 'log', position: 25 },
      })
    }))

  test('is found when the database is gone, empty or from yesterday', () =>
    withTempDir(async (dir) => {
      const path = await closedLog(dir)
      copyFileSync(path, `${path}.yesterday`)
      const journal = await openSqliteJournal({ path })
      await appendSample(journal, 13, 14)
      await journal.close()
      copyFileSync(`${path}.yesterday`, path)
      await expect(openSqliteJournal({ path })).rejects.toMatchObject({
        details: { part: 'log', position: 13 },
      })
      truncateSync(path, 0)
      await expect(openSqliteJournal({ path })).rejects.toMatchObject({
        details: { part: 'database', position: 1 },
      })
      rmSync(path)
      await expect(openSqliteJournal({ path })).rejects.toMatchObject({
        details: { part: 'database', position: 1 },
      })
      expect(existsSync(path)).toBe(false)
    }))

  test('is reported when the anchor itself is gone', () =>
    withTempDir(async (dir) => {
      const path = await closedLog(dir)
      rmSync(`${path}-anchor`)
      await expect(openSqliteJournal({ path })).rejects.toMatchObject({ details: { part: 'anchor' } })
    }))

  test('behind the back of an open journal stops it', () =>
    withTempDir(async (dir) => {
      const path = await closedLog(dir)
      const journal = await openSqliteJournal({ path })
      change(path, 'DELETE FROM rows WHERE position > 10')
      await expect(journal.append({ ...emptyStep, expectedVersion: 6 })).rejects.toMatchObject({
        code: 'WS_STORE_CORRUPT',
      })
      await expect(journal.append({ ...emptyStep, expectedVersion: 6 })).rejects.toMatchObject({
        code: 'WS_STORE_STOPPED',
      })
      await journal.close()
    }))
})

const emptyStep = { stream: 'run', epoch: 1, inputs: [], events: [] }

async function closedLog(dir: string): Promise<string> {
  const path = join(dir, 'closed', 'journal.db')
  const journal = await openSqliteJournal({ path })
  await appendSample(journal, 1, 12)
  await journal.close()
  return path
}

function cloneOf(from: string, dir: string): string {
  const clone = join(dir, 'clone')
  rmSync(clone, { recursive: true, force: true })
  cpSync(from, clone, { recursive: true })
  return join(clone, 'journal.db')
}

function change(path: string, sql: string): void {
  const db = new DatabaseSync(path)
  db.exec(sql)
  db.close()
}
