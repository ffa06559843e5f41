import { withTempDir } from '@ws/testing'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { openSqliteJournal } from '../src/index.ts'
import { lastOf, runProgram } from './programs/run-program.ts'
import { canTrace, failing } from './programs/strace.ts'
import { readAll, sampleSteps } from './sample-steps.ts'

// A commit waits for the disk, which on a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 })

describe.runIf(canTrace())('a system call that fails', () => {
  test.each([
    ['fsync', 'EIO', 10],
    ['fsync', 'EIO', 13],
    ['pwrite64', 'EIO', 30],
    ['pwrite64', 'EIO', 31],
    ['pwrite64', 'ENOSPC', 32],
    ['pwrite64', 'ENOSPC', 33],
    ['pwrite64', 'EIO', 34],
  ])(
    '(%s with %s, the %i-th) loses no acknowledged step, and the journal takes no further one',
    (call, error, nth) =>
      withTempDir(async (dir) => {
        const path = join(dir, 'journal.db')
        const { lines } = await runProgram('append.ts', [path, '40'], {
          within: failing(call, `error=${error}`, nth),
        })
        expect(lines.find((line) => line.startsWith('no '))).toMatch(
          /^no \d+ (WS_JOURNAL_UNKNOWN|WS_STORE_IO|WS_STORE_STOPPED)$/,
        )
        expect(lines).toContain('then WS_STORE_STOPPED')
        const journal = await openSqliteJournal({ path })
        const steps = await readAll(journal)
        await journal.close()
        expect(steps.length).toBeGreaterThanOrEqual(lastOf(lines, 'ack'))
        expect(steps).toEqual(sampleSteps(steps.length))
      }),
  )
})
