import { describe, expect, it } from 'vitest'
import { TimerQueue } from '../../src/run/timer-queue.ts'

describe('TimerQueue', () => {
  it('gives the earliest wish, by name among equals', () => {
    const timers = new TimerQueue()
    timers.set('b', 10)
    timers.set('a', 10)
    timers.set('c', 5)
    const order: string[] = []
    for (let next = timers.next(); next !== undefined; next = timers.next()) {
      order.push(`${next.key}@${next.at}`)
      timers.clear(next.key)
    }
    expect(order).toEqual(['c@5', 'a@10', 'b@10'])
  })

  it('moves a wish that is set again, and forgets one that is cleared', () => {
    const timers = new TimerQueue()
    timers.set('a', 10)
    timers.set('b', 20)
    timers.set('a', 30)
    expect(timers.next()).toMatchObject({ key: 'b' })
    timers.clear('b')
    timers.clear('nobody')
    expect(timers.entries()).toEqual([['a', 30]])
  })
})
