import { withTempDir } from '@ws/testing'
import { copyFileSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test, vi } from 'vitest'
import { openSqliteJournal, restoreSqliteJournal, type SqliteJournal } from '../src/index.ts'
import { canTrace, failing } from './programs/strace.ts'
import { runProgram } from './programs/run-program.ts'
import { appendSample, readAll, sampleStep, sampleSteps } from './sample-steps.ts'

// A commit waits for the disk, which on a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 })

const snapshot = { stream: 'run', machineVersion: 1, version: 2, lastAt: 1, state: { n: 1 } }

async function stepsOf(path: string): Promise<unknown[]> {
  const journal = await openSqliteJournal({ path })
  const steps = await readAll(journal)
  await journal.close()
  return steps
}

/** A journal of some steps, still open, and a copy of what it was two steps before. */
async function withBackup(
  body: (at: { dir: string; path: string; copy: string; journal: SqliteJournal }) => Promise<void>,
): Promise<void> {
  await withTempDir(async (dir) => {
    const path = join(dir, 'ws', 'journal.db')
    const copy = join(dir, 'copy.db')
    const journal = await openSqliteJournal({ path })
    await appendSample(journal, 1, 6)
    await journal.saveSnapshot(snapshot)
    await journal.backup(copy)
    await appendSample(journal, 7, 8)
    await body({ dir, path, copy, journal })
    await journal.close()
  })
}

describe('a backup', () => {
  test('holds the log of one moment, its snapshots too, and is a log like any other', () =>
    withBackup(async ({ dir, path, copy, journal }) => {
      expect(await readAll(journal)).toEqual(sampleSteps(8))
      expect(readdirSync(dir).toSorted()).toEqual(['copy.db', 'copy.db-anchor', 'ws'])
      const other = await openSqliteJournal({ path: copy })
      expect(await readAll(other)).toEqual(sampleSteps(6))
      expect(await other.loadSnapshot('run')).toEqual(snapshot)
      await other.append(sampleStep(7))
      await other.close()
      await expect(journal.backup(copy)).rejects.toMatchObject({ code: 'WS_STORE_BACKUP' })
      expect(path).toBe(journal.path)
    }))

  test('is whole, whenever it is made of a log that is being written', () =>
    withTempDir(async (dir) => {
      const journal = await openSqliteJournal({ path: join(dir, 'journal.db') })
      const appending = appendSample(journal, 1, 120)
      const backups: Promise<unknown>[] = []
      for (let n = 0; n < 4; n += 1) backups.push(journal.backup(join(dir, `copy-${n}.db`)))
      const heads = await Promise.all(backups)
      await appending
      for (const [n, head] of heads.entries()) {
        const copy = await openSqliteJournal({ path: join(dir, `copy-${n}.db`) })
        expect(await copy.verify()).toEqual(head)
        const steps = await readAll(copy)
        expect(steps).toEqual(sampleSteps(steps.length))
        await copy.close()
      }
      await journal.close()
    }))

  test('that is under way is waited for by close, and none begins after it', () =>
    withTempDir(async (dir) => {
      const journal = await openSqliteJournal({ path: join(dir, 'journal.db') })
      await appendSample(journal, 1, 3)
      const backup = journal.backup(join(dir, 'copy.db'))
      await journal.close()
      expect(existsSync(join(dir, 'copy.db'))).toBe(true)
      await backup
      await expect(journal.backup(join(dir, 'late.db'))).rejects.toMatchObject({ code: 'WS_STORE_CLOSED' })
    }))

  test('of a log that was cut begins where it was cut', () =>
    withTempDir(async (dir) => {
      const journal = await openSqliteJournal({ path: join(dir, 'journal.db') })
      await appendSample(journal, 1, 4)
      for (const stream of ['run', 'queue']) await journal.saveSnapshot({ ...snapshot, stream })
      await journal.archive(join(dir, 'archive.db'))
      await appendSample(journal, 5, 6)
      await journal.backup(join(dir, 'copy.db'))
      await journal.close()
      expect(await stepsOf(join(dir, 'copy.db'))).toEqual(sampleSteps(6).slice(4))
    }))

  test('takes what was moved beside the log along, there and back', () =>
    withTempDir(async (dir) => {
      const path = join(dir, 'journal.db')
      const journal = await openSqliteJournal({ path })
      await appendSample(journal, 1, 4)
      await journal.archiveBeside()
      await appendSample(journal, 5, 6)
      const copy = join(dir, 'copy.db')
      await journal.backup(copy)
      await appendSample(journal, 7, 8)
      await journal.archiveBeside()
      await journal.close()
      await expect(stepsOf(copy)).resolves.toEqual(sampleSteps(6))
      const elsewhere = join(dir, 'elsewhere.db')
      await restoreSqliteJournal({ from: copy, path: elsewhere })
      await expect(stepsOf(elsewhere)).resolves.toEqual(sampleSteps(6))
      const { replaced } = await restoreSqliteJournal({ from: copy, path })
      await expect(stepsOf(replaced ?? '')).resolves.toEqual(sampleSteps(8))
    }))

  test('of a damaged log is refused, and leaves no file', () =>
    withBackup(async ({ dir, path, journal }) => {
      const db = new DatabaseSync(path)
      db.exec("UPDATE rows SET body = replace(body, '3', '4') WHERE position = 3")
      db.close()
      await expect(journal.backup(join(dir, 'second.db'))).rejects.toMatchObject({
        code: 'WS_STORE_CORRUPT',
        details: { position: 3 },
      })
      expect(existsSync(join(dir, 'second.db'))).toBe(false)
    }))

  test.runIf(canTrace()).each([
    ['pwrite64', 'error=ENOSPC', 8],
    ['rename', 'signal=KILL', 1],
    ['rename', 'signal=KILL', 2],
  ])('that ends early (%s, %s, the %i-th) has no name, and the next one is made', (call, end, nth) =>
    withBackup(async ({ dir, path, journal }) => {
      await journal.close()
      const to = join(dir, 'second.db')
      const { lines } = await runProgram('back-up.ts', [path, to], { within: failing(call, end, nth) })
      expect(lines.filter((line) => line.startsWith('copied'))).toEqual([])
      expect(existsSync(to)).toBe(false)
      const again = await runProgram('back-up.ts', [path, to])
      expect(again.lines, again.errors).toEqual(['copied 8'])
      expect(await stepsOf(to)).toEqual(sampleSteps(8))
    }),
  )
})

describe('a restore', () => {
  test('puts a checked copy where the journal is and keeps what was there', () =>
    withBackup(async ({ path, copy, journal }) => {
      await journal.close()
      const restored = await restoreSqliteJournal({ from: copy, path })
      expect(restored).toMatchObject({ position: 6, replaced: `${path}-replaced-1` })
      expect(await stepsOf(path)).toEqual(sampleSteps(6))
      expect(await stepsOf(restored.replaced ?? '')).toEqual(sampleSteps(8))
      expect((await restoreSqliteJournal({ from: copy, path })).replaced).toBe(`${path}-replaced-2`)
      // The copy is only read.
      expect(await stepsOf(copy)).toEqual(sampleSteps(6))
    }))

  test('makes a journal where there was none', () =>
    withBackup(async ({ dir, copy }) => {
      const path = join(dir, 'elsewhere', 'journal.db')
      expect(await restoreSqliteJournal({ from: copy, path })).toMatchObject({ replaced: undefined })
      expect(await stepsOf(path)).toEqual(sampleSteps(6))
    }))

  test('replaces nothing while somebody has the journal open', () =>
    withBackup(async ({ path, copy, journal }) => {
      await expect(restoreSqliteJournal({ from: copy, path })).rejects.toMatchObject({
        code: 'WS_STORE_BUSY',
      })
      await appendSample(journal, 9, 9)
      expect(await readAll(journal)).toEqual(sampleSteps(9))
      expect(readdirSync(join(path, '..')).filter((name) => name.includes('re'))).toEqual([])
    }))

  test('replaces nothing by a copy that is damaged, cut or no copy', () =>
    withBackup(async ({ dir, path, copy, journal }) => {
      await journal.close()
      const before = readFileSync(path)
      const refused = async (from: string, code: string) => {
        await expect(restoreSqliteJournal({ from, path })).rejects.toMatchObject({ code })
        expect(readFileSync(path).equals(before)).toBe(true)
      }
      await refused(join(dir, 'none.db'), 'WS_STORE_RESTORE')
      const bad = join(dir, 'bad.db')
      copyFileSync(copy, bad)
      await refused(bad, 'WS_STORE_RESTORE')
      copyFileSync(`${copy}-anchor`, `${bad}-anchor`)
      truncateSync(bad, 8_192)
      await refused(bad, 'WS_STORE_CORRUPT')
      copyFileSync(copy, bad)
      const db = new DatabaseSync(bad)
      db.exec('DELETE FROM rows WHERE position = 6')
      db.close()
      await refused(bad, 'WS_STORE_CORRUPT')
      expect(await stepsOf(path)).toEqual(sampleSteps(8))
    }))

  test('takes the place of a journal that is damaged beyond opening', () =>
    withBackup(async ({ path, copy, journal }) => {
      await journal.close()
      writeFileSync(path, 'no database')
      await expect(openSqliteJournal({ path })).rejects.toMatchObject({ code: 'WS_STORE_CORRUPT' })
      const { replaced } = await restoreSqliteJournal({ from: copy, path })
      expect(await stepsOf(path)).toEqual(sampleSteps(6))
      expect(readFileSync(replaced ?? '', 'utf8')).toBe('no database')
    }))

  test.runIf(canTrace()).each([
    ['link', 1],
    ['rename', 1],
    ['rename', 2],
  ])('that is killed at a step (%s, the %i-th) leaves the old log, the new one, or a report', (call, nth) =>
    withBackup(async ({ path, copy, journal }) => {
      await journal.close()
      const killed = await runProgram('restore.ts', [copy, path], {
        within: failing(call, 'signal=KILL', nth),
      })
      expect(killed.lines).toEqual([])
      const found = await stepsOf(path).catch((error: unknown) => error)
      if (Array.isArray(found)) expect([sampleSteps(6), sampleSteps(8)]).toContainEqual(found)
      else expect(found).toMatchObject({ code: 'WS_STORE_CORRUPT' })
      const again = await runProgram('restore.ts', [copy, path])
      expect(again.lines, again.errors).toEqual(['restored 6'])
      expect(await stepsOf(path)).toEqual(sampleSteps(6))
    }),
  )
})
