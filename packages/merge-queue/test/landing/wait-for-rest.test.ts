import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ManualClock } from '@ws/core/testing'
import { openRepository, parseRefName } from '@ws/git'
import { describe, expect, it } from 'vitest'
import { waitForRest } from '../../src/landing/wait-for-rest.ts'
import { testEnvironment, withOpened } from '../opened.ts'

const ref = parseRefName('refs/ws/landed/main')

/** A reference on which some git seems to be at work, and a clock that moves with each look at it. */
function withLock(body: (lock: string, rest: () => Promise<void>, clock: ManualClock) => Promise<void>) {
  return withOpened(async ({ temp }) => {
    const clock = new ManualClock()
    const repository = await openRepository(temp.path, { clock, env: testEnvironment() })
    const lock = join(temp.path, '.git', `${ref}.lock`)
    mkdirSync(dirname(lock), { recursive: true })
    writeFileSync(lock, '')
    await body(lock, () => waitForRest(repository, [parseRefName('refs/heads/main'), ref]), clock)
    await repository.close()
  })
}

/** The next look is asked for once the last one was made. */
async function untilAlarm(clock: ManualClock): Promise<void> {
  while (clock.next() === undefined) await new Promise<void>((resolve) => void setImmediate(resolve))
}

describe('references that somebody is at work on', () => {
  it('are waited for', () =>
    withLock(async (lock, rest, clock) => {
      const waiting = rest()
      await untilAlarm(clock)
      rmSync(lock)
      clock.advanceBy(5)
      await waiting
    }))

  it('are given up when a lock file stays', () =>
    withLock(async (lock, rest, clock) => {
      const waiting = expect(rest()).rejects.toMatchObject({
        code: 'WS_QUEUE_LOCK_LEFT',
        details: { path: lock },
      })
      await untilAlarm(clock)
      clock.advanceBy(10_000)
      await waiting
    }))
})
