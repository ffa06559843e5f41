import { withTempDir } from '@ws/testing'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSqliteJournal } from '../src/index.ts'
import { runProgram } from './programs/run-program.ts'
import { appendSample, readAll, sampleStep, sampleSteps } from './sample-steps.ts'

test('two journals over one log see each other, and only one of two writers wins a version', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'journal.db')
    const [a, b] = await Promise.all([openSqliteJournal({ path }), openSqliteJournal({ path })])
    for (let n = 1; n <= 20; n += 1) {
      const answers = await Promise.allSettled([a.append(sampleStep(n)), b.append(sampleStep(n))])
      const refused = answers.filter((answer) => answer.status === 'rejected')
      expect(refused.map(({ reason }) => reason)).toEqual([
        expect.objectContaining({ code: 'WS_JOURNAL_STALE' }),
      ])
    }
    expect(await readAll(a)).toEqual(sampleSteps(20))
    expect(await readAll(b)).toEqual(sampleSteps(20))
    await b.lead(2)
    await expect(a.append(sampleStep(21))).rejects.toMatchObject({
      code: 'WS_JOURNAL_FENCED',
      details: { epoch: 1, current: 2 },
    })
    await Promise.all([a.close(), b.close()])
  }))

test(
  'eight processes that make the same log at once all get it',
  () =>
    withTempDir(async (dir) => {
      const path = join(dir, 'new', 'journal.db')
      const ended = await Promise.all(Array.from({ length: 8 }, () => runProgram('append.ts', [path, '0'])))
      expect(ended.map(({ code, errors }) => ({ code, errors }))).toEqual(
        Array(8).fill({ code: 0, errors: '' }),
      )
    }),
  60_000,
)

test('what is not JSON is refused before anything is written', () =>
  withTempDir(async (dir) => {
    const journal = await openSqliteJournal({ path: join(dir, 'journal.db') })
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    const events = [{ type: 'a.b', loop }]
    await expect(
      journal.append({ stream: 'run', epoch: 1, expectedVersion: 0, inputs: [], events }),
    ).rejects.toMatchObject({
      code: 'WS_STORE_NOT_JSON',
    })
    await expect(
      journal.saveSnapshot({ stream: 'run', machineVersion: 1, version: 0, lastAt: 0, state: undefined }),
    ).rejects.toMatchObject({ code: 'WS_STORE_NOT_JSON' })
    await appendSample(journal, 1, 1)
    await journal.close()
  }))

test('after close every call is refused by name, and close stays what it was', () =>
  withTempDir(async (dir) => {
    const journal = await openSqliteJournal({ path: join(dir, 'journal.db') })
    const closing = journal.close()
    expect(journal.close()).toBe(closing)
    await closing
    await expect(journal.append(sampleStep(1))).rejects.toMatchObject({ code: 'WS_STORE_CLOSED' })
    await expect(journal.head('run')).rejects.toMatchObject({ code: 'WS_STORE_CLOSED' })
    await expect(readAll(journal)).rejects.toMatchObject({ code: 'WS_STORE_CLOSED' })
  }))

test('the appends that were asked for before close are written', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'journal.db')
    const journal = await openSqliteJournal({ path })
    const appends = [1, 2, 3].map((n) => journal.append(sampleStep(n)))
    await Promise.all([...appends, journal.close()])
    const again = await openSqliteJournal({ path })
    expect(await readAll(again)).toEqual(sampleSteps(3))
    await again.close()
  }))

test('options out of range are refused, each by name', async () => {
  await expect(openSqliteJournal({ path: '', busyTimeoutMs: -1 })).rejects.toMatchObject({
    code: 'WS_STORE_OPTIONS',
    message: expect.stringMatching(/^path: .*; busyTimeoutMs: /),
  })
})

test('the anchor is forced at most once in its time, however many steps come', () =>
  withTempDir(async (dir) => {
    const wishes: { at: number; callback: () => void }[] = []
    const clock = {
      now: () => 5_000,
      monotonic: () => 0,
      wakeAt(at: number, callback: () => void) {
        wishes.push({ at, callback })
        return () => undefined
      },
    }
    const path = join(dir, 'journal.db')
    const journal = await openSqliteJournal({ path, clock, anchorEveryMs: 700 })
    await appendSample(journal, 1, 5)
    expect(wishes.map(({ at }) => at)).toEqual([5_700])
    wishes[0]?.callback()
    await appendSample(journal, 6, 8)
    expect(wishes).toHaveLength(2)
    // Written after each step all the same, so that the death of this process takes nothing along.
    expect(readFileSync(`${path}-anchor`, 'latin1')).toMatch(
      /^ws-anchor 1 0{15}8 [0-9a-f]{64} [0-9a-f]{16}\n$/,
    )
    await journal.close()
  }))
