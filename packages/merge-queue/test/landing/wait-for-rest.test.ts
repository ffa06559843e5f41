import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ManualClock } from '@ws/core/testing'
import { openRepository, parseRefName } from '@ws/git'
import { describe, expect, it } from 'vitest'
import { waitForRest } from '../../src/landing/wait-for-rest.ts'
import { testEnvironment, withOpened } from '../opened.ts'

const ref = parseRefName('refs/ws/landed/main')

interface AtWork {
  /** The lock file of the reference. */
  readonly lock: string
  readonly git: ChildProcessWithoutNullStreams
  readonly rest: () => Promise<void>
  readonly clock: ManualClock
}

/** A git that has prepared a transaction, and a clock that moves when it is told to. */
function withGitAtWork(body: (atWork: AtWork) => Promise<void>): Promise<void> {
  return withOpened(async ({ temp }) => {
    const clock = new ManualClock()
    const repository = await openRepository(temp.path, { clock, env: testEnvironment() })
    const git = spawn('git', ['update-ref', '--stdin'], { cwd: temp.path, env: testEnvironment() })
    const ended = once(git, 'close')
    try {
      git.stdin.write(`start\ncreate ${ref} ${temp.git('rev-parse', 'HEAD')}\nprepare\n`)
      let said = ''
      for await (const chunk of git.stdout.iterator({ destroyOnReturn: false }))
        if ((said += String(chunk)).includes('prepare: ok')) break
      const lock = join(temp.path, '.git', `${ref}.lock`)
      const rest = () => waitForRest(repository, [parseRefName('refs/heads/main'), ref])
      await body({ lock, git, rest, clock })
    } finally {
      git.kill('SIGKILL')
      await ended
      await repository.close()
    }
  })
}

/** Lets time pass until a promise has settled. */
async function untilSettled(promise: Promise<unknown>, clock: ManualClock): Promise<void> {
  let isSettled = false
  const settle = () => (isSettled = true)
  promise.then(settle, settle)
  while (!isSettled) {
    await new Promise<void>((resolve) => void setImmediate(resolve))
    clock.advanceTo(clock.next() ?? clock.now())
  }
}

describe('references that a git is at work on', () => {
  it('are waited for', () =>
    withGitAtWork(async ({ lock, git, rest, clock }) => {
      const waiting = rest()
      while (clock.next() === undefined) await new Promise<void>((resolve) => void setImmediate(resolve))
      git.stdin.end('commit\n')
      await once(git, 'exit')
      await untilSettled(waiting, clock)
      await waiting
      expect(existsSync(lock)).toBe(false)
    }))

  it('are given up when it does not end', () =>
    withGitAtWork(async ({ lock, rest, clock }) => {
      const waiting = rest()
      await untilSettled(waiting, clock)
      await expect(waiting).rejects.toMatchObject({ code: 'WS_QUEUE_LOCK_LEFT', details: { path: lock } })
      expect([existsSync(lock), clock.now()]).toEqual([true, 5_000])
    }))

  // Only Linux tells who may have made a file.
  it.skipIf(process.platform !== 'linux')('rest at once when it was killed, and its lock file goes', () =>
    withGitAtWork(async ({ lock, git, rest, clock }) => {
      git.kill('SIGKILL')
      await once(git, 'exit')
      expect(existsSync(lock)).toBe(true)
      await expect(rest()).resolves.toBeUndefined()
      expect([existsSync(lock), clock.now()]).toEqual([false, 0])
    }),
  )
})
