import { withTempDir } from '@ws/testing'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { openSqliteJournal } from '../src/index.ts'
import { type Ended, lastOf, runProgram } from './programs/run-program.ts'
import { appendSample, readAll, sampleSteps } from './sample-steps.ts'

// A commit waits for the disk, which on a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 })

/** A mount namespace of one's own takes root, or user namespaces that are allowed. */
function canMount(): boolean {
  if (process.platform !== 'linux') return false
  try {
    execFileSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs -o size=1m none /mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const mountable = canMount()
const limitable = process.platform !== 'win32'

async function expectNothingLost(path: string, { lines }: Ended): Promise<void> {
  const opening = openSqliteJournal({ path })
  // It opens at all: a log that lacks what was acknowledged is refused as damaged.
  await expect(opening).resolves.toBeDefined()
  const journal = await opening
  const steps = await readAll(journal)
  await journal.close()
  expect(steps.length).toBeGreaterThanOrEqual(lastOf(lines, 'ack'))
  expect(steps.length).toBeLessThanOrEqual(lastOf(lines, 'try'))
  expect(steps).toEqual(sampleSteps(steps.length))
  const refused = lines.find((line) => line.startsWith('no '))
  expect(refused).toMatch(/^no \d+ (WS_JOURNAL_UNKNOWN|WS_STORE_IO)$/)
  expect(lines).toContain('then WS_STORE_STOPPED')
}

describe('a disk that takes no more', () => {
  test.runIf(limitable)('loses no acknowledged step when files may not grow', () =>
    withTempDir(async (dir) => {
      const path = join(dir, 'journal.db')
      // 200 blocks of 512 bytes or 1 KiB, depending on the shell: the write-ahead log reaches either.
      const ended = await runProgram('append.ts', [path, '400'], {
        within: ['sh', '-c', 'ulimit -f 200; exec "$@"', 'sh'],
      })
      expect(ended.signal, ended.errors).toBeNull()
      expect(lastOf(ended.lines, 'ack')).toBeGreaterThan(5)
      await expectNothingLost(path, ended)
    }),
  )

  test.runIf(mountable)('loses no acknowledged step when a small file system is full', () =>
    withTempDir(async (dir) => {
      const disk = join(dir, 'disk')
      mkdirSync(disk)
      // Its content is copied out before the namespace, and the mount with it, is gone.
      const script = `mount -t tmpfs -o size=300k none '${disk}' && "$@"; status=$?; cp -r '${disk}' '${dir}/kept'; exit $status`
      const ended = await runProgram('append.ts', [join(disk, 'journal.db'), '400'], {
        within: ['unshare', '-m', 'sh', '-c', script, 'sh'],
      })
      expect(lastOf(ended.lines, 'ack')).toBeGreaterThan(5)
      await expectNothingLost(join(dir, 'kept', 'journal.db'), ended)
    }),
  )

  test.runIf(mountable)('refuses to open a journal on a read-only mount, and changes nothing there', () =>
    withTempDir(async (dir) => {
      const disk = join(dir, 'disk')
      const journal = await openSqliteJournal({ path: join(disk, 'journal.db') })
      await appendSample(journal, 1, 5)
      // As after a crash: the write-ahead log is still to be taken in.
      cpSync(disk, join(dir, 'crashed'), { recursive: true })
      await journal.close()
      const crashed = join(dir, 'crashed')
      const script = `mount --bind '${crashed}' '${crashed}' && mount -o remount,ro,bind '${crashed}' && "$@"`
      const ended = await runProgram('append.ts', [join(crashed, 'journal.db')], {
        within: ['unshare', '-m', 'sh', '-c', script, 'sh'],
      })
      expect(ended.lines).toEqual([])
      expect(ended.errors).toMatch(/WS_STORE_IO/)
      const again = await openSqliteJournal({ path: join(crashed, 'journal.db') })
      expect(await readAll(again)).toEqual(sampleSteps(5))
      await again.close()
    }),
  )
})
