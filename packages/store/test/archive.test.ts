import { withTempDir } from '@ws/testing'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test, vi } from 'vitest'
import { openSqliteJournal, type SqliteJournal } from '../src/index.ts'
import { appendSample, readAll, sampleStep, sampleSteps } from './sample-steps.ts'

// A commit waits for the disk, which on a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 })

async function snapshotBoth(journal: SqliteJournal): Promise<void> {
  for (const stream of ['run', 'queue']) {
    const { version } = await journal.head(stream)
    await journal.saveSnapshot({ stream, machineVersion: 1, version, lastAt: 1, state: { stream } })
  }
}

test('an archived log goes on where it was cut, and both halves open and read like any log', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'journal.db')
    const archive = join(dir, 'archive.db')
    const journal = await openSqliteJournal({ path })
    await appendSample(journal, 1, 10)
    await journal.lead(1)
    await snapshotBoth(journal)
    await journal.archive(archive)
    expect(await readAll(journal)).toEqual([])
    await appendSample(journal, 11, 20)
    await journal.close()

    const later = await openSqliteJournal({ path })
    expect(await readAll(later)).toEqual(sampleSteps(20).slice(10))
    expect(await later.loadSnapshot('run')).toMatchObject({ version: 5, state: { stream: 'run' } })
    // Ten steps, the checkpoint, ten steps.
    expect(await later.verify()).toMatchObject({ position: 21, nextSeq: 22, epoch: 1 })
    await snapshotBoth(later)
    await later.archive(join(dir, 'second.db'))
    await appendSample(later, 21, 22)
    expect(await readAll(later)).toEqual(sampleSteps(22).slice(20))
    await later.close()

    for (const [file, steps] of [
      [archive, sampleSteps(10)],
      [join(dir, 'second.db'), sampleSteps(20).slice(10)],
    ] as const) {
      const half = await openSqliteJournal({ path: file })
      expect(await readAll(half)).toEqual(steps)
      await half.close()
    }
  }))

test('a log is not cut while a stream could not be read without what goes', () =>
  withTempDir(async (dir) => {
    const journal = await openSqliteJournal({ path: join(dir, 'journal.db') })
    await appendSample(journal, 1, 4)
    await snapshotBoth(journal)
    await journal.append(sampleStep(5))
    await expect(journal.archive(join(dir, 'archive.db'))).rejects.toMatchObject({
      code: 'WS_STORE_ARCHIVE',
      details: { stream: 'run', version: 3, snapshotVersion: 2 },
    })
    // Nothing is written, and the log goes on.
    await journal.append(sampleStep(6))
    expect(await readAll(journal)).toEqual(sampleSteps(6))
    await journal.close()
  }))

test('what was moved beside the log is read with it, from wherever a read begins, without any snapshot', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'journal.db')
    const journal = await openSqliteJournal({ path })
    expect(await journal.archiveBeside()).toBe(false)
    await appendSample(journal, 1, 10)
    await journal.lead(1)
    expect(await journal.archiveBeside()).toBe(true)
    expect(await journal.archiveBeside()).toBe(false)
    await appendSample(journal, 11, 20)
    expect(await journal.archiveBeside()).toBe(true)
    await appendSample(journal, 21, 22)
    const all = sampleSteps(22)
    expect(await readAll(journal)).toEqual(all)
    await journal.close()

    const later = await openSqliteJournal({ path })
    expect(await readAll(later)).toEqual(all)
    const uncut = await openSqliteJournal({ path: join(dir, 'uncut.db') })
    await appendSample(uncut, 1, 10)
    await uncut.lead(1)
    await appendSample(uncut, 11, 22)
    for (let fromSeq = 0; fromSeq <= 24; fromSeq += 1)
      expect(await readAll(later, { fromSeq })).toEqual(await readAll(uncut, { fromSeq }))
    for (const stream of ['run', 'queue'])
      for (const afterVersion of [0, 4, 5, 6, 10, 11])
        expect(await readAll(later, { stream, afterVersion })).toEqual(
          await readAll(uncut, { stream, afterVersion }),
        )
    await uncut.close()
    // The log itself is short: what lies beside it is only opened for those who ask that far back.
    rmSync(`${path}.archive`, { recursive: true })
    expect(await readAll(later, { fromSeq: all.at(-1)?.firstSeq ?? 0 })).toEqual(all.slice(-1))
    await expect(readAll(later)).rejects.toMatchObject({
      code: 'WS_STORE_ARCHIVE',
      message: expect.stringContaining('a part of the log is missing'),
    })
    await later.close()
  }))

test('a snapshot of the last version is still good beside the log, and an older one is not believed', () =>
  withTempDir(async (dir) => {
    const journal = await openSqliteJournal({ path: join(dir, 'journal.db') })
    await appendSample(journal, 1, 4)
    await snapshotBoth(journal)
    await journal.append(sampleStep(5))
    await journal.archiveBeside()
    expect(await journal.loadSnapshot('run')).toBeUndefined()
    expect(await journal.loadSnapshot('queue')).toMatchObject({ version: 2 })
    expect(await readAll(journal)).toEqual(sampleSteps(5))
    await journal.close()
  }))

test('another process that has the log open sees the whole of it', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'journal.db')
    const [one, two] = [await openSqliteJournal({ path }), await openSqliteJournal({ path })]
    await appendSample(one, 1, 6)
    expect(await readAll(two)).toEqual(sampleSteps(6))
    await one.archiveBeside()
    await appendSample(two, 7, 8)
    expect(await readAll(two)).toEqual(sampleSteps(8))
    expect(await readAll(one)).toEqual(sampleSteps(8))
    await one.close()
    await two.close()
  }))

test('a part of another log, or one that was changed, is not taken for what was there', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'journal.db')
    const journal = await openSqliteJournal({ path })
    await appendSample(journal, 1, 6)
    await journal.archiveBeside()
    const [part = ''] = readdirSync(`${path}.archive`).filter((name) => name.endsWith('.db'))
    const database = new DatabaseSync(join(`${path}.archive`, part))
    database.exec("UPDATE rows SET body = replace(body, '1', '2') WHERE position = 3")
    database.close()
    await expect(readAll(journal)).rejects.toMatchObject({ code: 'WS_STORE_CORRUPT' })
    await journal.close()
  }))

test('a checkpoint is a row of the chain that no read shows', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'journal.db')
    const journal = await openSqliteJournal({ path })
    await appendSample(journal, 1, 3)
    await journal.checkpoint()
    await appendSample(journal, 4, 6)
    expect(await readAll(journal)).toEqual(sampleSteps(6))
    expect((await journal.verify()).position).toBe(7)
    await journal.close()
  }))

test('a log whose beginning was deleted, but not archived, is damaged', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'journal.db')
    const journal = await openSqliteJournal({ path })
    await appendSample(journal, 1, 6)
    await journal.close()
    const db = new DatabaseSync(path)
    db.exec('DELETE FROM rows WHERE position < 4')
    db.close()
    await expect(openSqliteJournal({ path })).rejects.toMatchObject({ details: { part: 'log', position: 1 } })
  }))

test('another process that has the log open reads on after it was cut', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'journal.db')
    const writer = await openSqliteJournal({ path })
    await appendSample(writer, 1, 8)
    const reader = await openSqliteJournal({ path })
    await snapshotBoth(writer)
    await writer.archive(join(dir, 'archive.db'))
    await appendSample(writer, 9, 12)
    expect(await readAll(reader)).toEqual(sampleSteps(12).slice(8))
    await appendSample(writer, 13, 16)
    await snapshotBoth(writer)
    await writer.archive(join(dir, 'second.db'))
    expect(await reader.head('run')).toEqual({ version: 8, nextSeq: 17 })
    await appendSample(reader, 17, 18)
    expect(await readAll(writer)).toEqual(sampleSteps(18).slice(16))
    await Promise.all([writer.close(), reader.close()])
  }))

test('a read that is under way when its rows are archived is told so', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'journal.db')
    const writer = await openSqliteJournal({ path })
    // More than one page, so that the read has to come back.
    await Promise.all(Array.from({ length: 600 }, (_, index) => writer.append(sampleStep(index + 1))))
    await snapshotBoth(writer)
    const reading = (async () => {
      for await (const step of writer.read())
        if (step.firstSeq === 1) await writer.archive(join(dir, 'archive.db'))
    })()
    await expect(reading).rejects.toMatchObject({ code: 'WS_STORE_ARCHIVED' })
    await writer.close()
  }))
