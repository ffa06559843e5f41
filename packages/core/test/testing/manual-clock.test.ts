import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/testing/manual-clock.ts'

describe('ManualClock', () => {
  it('stands still until it is moved', () => {
    const clock = new ManualClock(50)
    expect([clock.now(), clock.monotonic()]).toEqual([50, 50])
    clock.advanceBy(25)
    expect([clock.now(), clock.monotonic()]).toEqual([75, 75])
    expect(new ManualClock().now()).toBe(0)
  })

  it('rings every alarm on the way, in the order of their times and then of their setting', () => {
    const clock = new ManualClock()
    const rung: string[] = []
    clock.wakeAt(30, () => rung.push(`c${clock.now()}`))
    clock.wakeAt(10, () => {
      rung.push(`a${clock.now()}`)
      clock.wakeAt(20, () => rung.push(`b${clock.now()}`))
    })
    clock.wakeAt(30, () => rung.push(`d${clock.now()}`))
    clock.wakeAt(40, () => rung.push('late'))
    expect(clock.next()).toBe(10)
    clock.advanceTo(35)
    expect(rung).toEqual(['a10', 'b20', 'c30', 'd30'])
    expect(clock.now()).toBe(35)
  })

  it('rings an alarm for a past time at the next move, without going back', () => {
    const clock = new ManualClock(100)
    let at = 0
    clock.wakeAt(20, () => (at = clock.now()))
    clock.advanceTo(90)
    expect([at, clock.now()]).toEqual([100, 100])
  })

  it('forgets an alarm that is taken back', () => {
    const clock = new ManualClock()
    const cancel = clock.wakeAt(10, () => {
      throw new Error('it was taken back')
    })
    cancel()
    cancel()
    expect(clock.next()).toBeUndefined()
    clock.advanceTo(20)
  })
})
