import { withTempDir } from '@ws/testing'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { openSqliteJournal } from '../src/index.ts'
import { lastOf, runProgram } from './programs/run-program.ts'
import { readAll, sampleSteps } from './sample-steps.ts'

// A commit waits for the disk, which on a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 })

const ending = (at: number) => [
  'env',
  `NODE_OPTIONS=--import=${new URL('./programs/die-in-worker.ts', import.meta.url).href}`,
  `WS_DIE_AT=${at}`,
]

test('a thread that ends before it answers leaves a step of which nobody knows, and no further one is taken', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'journal.db')
    // It answers that it is open, two questions for the head, and four appends.
    const ended = await runProgram('append.ts', [path, '40'], { within: ending(7) })
    expect(ended.lines.slice(-3), ended.errors).toEqual([
      'try 5',
      'no 5 WS_JOURNAL_UNKNOWN',
      'then WS_STORE_WORKER_GONE',
    ])
    // Closing what is gone is no error.
    expect(ended.code).toBe(0)
    const journal = await openSqliteJournal({ path })
    const steps = await readAll(journal)
    await journal.close()
    expect(lastOf(ended.lines, 'ack')).toBe(4)
    // It was committed, which only the log could tell.
    expect(steps).toEqual(sampleSteps(5))
  }))

test('a thread that ends while the journal is opened is told to whoever opens it', () =>
  withTempDir(async (dir) => {
    const { lines, code, errors } = await runProgram('append.ts', [join(dir, 'journal.db'), '4'], {
      within: ending(0),
    })
    expect(lines).toEqual([])
    expect(code).toBe(1)
    expect(errors).toContain('WS_STORE_WORKER_GONE')
  }))
