import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/machine/clock.ts'

describe('the system clock', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000 }))
  afterEach(() => void vi.useRealTimers())

  it('tells the time of day, and a time that never runs backwards', () => {
    const clock = systemClock()
    const before = clock.monotonic()
    vi.advanceTimersByTime(500)
    expect(clock.now()).toBe(1_500)
    expect(clock.monotonic() - before).toBe(500)
  })

  it('wakes once when the time has come', () => {
    const woken: number[] = []
    const clock = systemClock()
    clock.wakeAt(1_200, () => woken.push(clock.now()))
    vi.advanceTimersByTime(1_000)
    expect(woken).toEqual([1_200])
  })

  it('wakes at once for a time that is past, and not at all once the wish is taken back', () => {
    const woken: string[] = []
    const clock = systemClock()
    clock.wakeAt(0, () => woken.push('past'))
    const cancel = clock.wakeAt(1_100, () => woken.push('never'))
    cancel()
    vi.advanceTimersByTime(200)
    expect(woken).toEqual(['past'])
  })

  it('wakes early, rather than never, for a time beyond what a timer can wait', () => {
    let woken = 0
    systemClock().wakeAt(Number.MAX_SAFE_INTEGER, () => woken++)
    vi.advanceTimersByTime(2_147_483_647)
    expect(woken).toBe(1)
  })
})
