import { ManualClock } from '@ws/core/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type StopCause, TurnGuard } from '../../src/instance/turn-guard.ts'

function guarded(limits: { timeoutMs?: number; idleTimeoutMs?: number; signal?: AbortSignal } = {}) {
  const clock = new ManualClock(1_000)
  const killed: StopCause[] = []
  const state = { lastActivity: 0 }
  const guard = new TurnGuard(
    { timeoutMs: 1_000, idleTimeoutMs: 400, signal: undefined, ...limits },
    { clock, interruptMs: 50, lastActivity: () => state.lastActivity, kill: (cause) => killed.push(cause) },
  )
  return { clock, guard, killed, state }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('the guard of a turn', () => {
  test('says when it is to look again, and stops a turn that is silent or takes too long', () => {
    const { clock, guard, state } = guarded()
    expect(guard.check()).toBe(1_400)
    clock.advanceBy(300)
    state.lastActivity = clock.now()
    expect(guard.check()).toBe(1_700)
    clock.advanceBy(399)
    state.lastActivity = clock.now()
    expect(guard.check()).toBe(2_000)
    expect(guard.cause).toBeUndefined()
    clock.advanceBy(301)
    expect(guard.check()).toBe(Infinity)
    expect(guard.cause).toEqual({ cause: 'timed-out', limit: 'run', afterMs: 1_000 })
    clock.advanceBy(1_000)
    expect(guard.check()).toBe(Infinity)
  })

  test('never stops a turn before its time, and never lets one pass it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 20 }), (pauses) => {
        const { clock, guard, state } = guarded()
        let quiet = 1_000
        for (const pause of pauses) {
          clock.advanceBy(pause)
          guard.check()
          const isDue = clock.now() >= 2_000 || clock.now() - quiet >= 400
          expect(guard.cause !== undefined).toBe(isDue)
          if (isDue) return
          state.lastActivity = quiet = clock.now()
        }
      }),
    )
  })

  test('asks first, and kills who does not stop in time', async () => {
    const asked = guarded()
    asked.guard.stop({ cause: 'aborted' })
    await settled()
    asked.guard.end()
    await settled()
    asked.clock.advanceBy(50)
    expect(asked.killed).toEqual([])

    const deaf = guarded()
    deaf.guard.stop({ cause: 'aborted' })
    deaf.guard.stop({ cause: 'timed-out', limit: 'run', afterMs: 1 })
    await settled()
    deaf.clock.advanceBy(50)
    await settled()
    expect(deaf.killed).toEqual([{ cause: 'aborted' }])

    const dumb = guarded()
    dumb.guard.interrupt = () => false
    dumb.guard.stop({ cause: 'aborted' })
    await settled()
    expect(dumb.killed).toHaveLength(1)
  })

  test('hears its signal until the turn is over', async () => {
    const stop = new AbortController()
    const { guard } = guarded({ signal: stop.signal })
    const over = guarded({ signal: stop.signal })
    over.guard.end()
    stop.abort()
    expect([guard.cause, over.guard.cause]).toEqual([{ cause: 'aborted' }, undefined])
    expect(guarded({ signal: stop.signal }).guard.cause).toEqual({ cause: 'aborted' })
    await settled()
    guard.end()
  })
})
