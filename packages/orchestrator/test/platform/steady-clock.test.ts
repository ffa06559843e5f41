import type { Clock } from '@ws/core'
import { ManualClock } from '@ws/core/testing'
import { expect, test } from 'vitest'
import { SteadyClock } from '../../src/platform/steady-clock.ts'

/** A clock whose wall time somebody sets; what waits counts monotonic time, as timers do. */
function settable(): {
  readonly clock: Clock
  readonly pass: (ms: number) => void
  readonly set: (ms: number) => void
} {
  const real = new ManualClock(1_000)
  let offset = 0
  return {
    clock: {
      now: () => real.now() + offset,
      monotonic: () => real.monotonic(),
      wakeAt: (at, callback) => real.wakeAt(at - offset, callback),
    },
    pass: (ms) => real.advanceTo(real.now() + ms),
    set: (ms) => void (offset += ms),
  }
}

test('goes on from where it was when somebody sets the clock back', () => {
  const { clock, pass, set } = settable()
  const steady = new SteadyClock(clock)
  set(-500)
  expect(steady.now()).toBe(1_000)
  pass(100)
  expect(steady.now()).toBe(1_100)
  set(2_000)
  expect(steady.now()).toBe(2_600)
})

test('what waits rings after as long as it was to wait, however the clock was set', () => {
  const { clock, pass, set } = settable()
  const steady = new SteadyClock(clock)
  const rung: number[] = []
  set(-900)
  steady.wakeAt(steady.now() + 50, () => rung.push(steady.now()))
  set(-50)
  pass(49)
  expect(rung).toEqual([])
  pass(1)
  expect(rung).toEqual([1_050])
})

test('a wish for a moment far away is kept through a jump ahead, and may be taken back', () => {
  const { clock, pass, set } = settable()
  const steady = new SteadyClock(clock)
  let rung = 0
  steady.wakeAt(3_600_000, () => (rung += 1))
  const takeBack = steady.wakeAt(3_600_000, () => expect.unreachable())
  pass(30_000)
  takeBack()
  set(3_600_000)
  pass(30_000)
  expect(rung).toBe(1)
})

test('begins no earlier than a log ends', () => {
  const { clock, pass } = settable()
  const steady = new SteadyClock(clock)
  steady.startFrom(5_000)
  steady.startFrom(4_000)
  pass(10)
  expect(steady.now()).toBe(5_010)
})
