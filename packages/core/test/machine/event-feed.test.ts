import { describe, expect, it } from 'vitest'
import { EventFeed } from '../../src/machine/event-feed.ts'

interface Ticked {
  readonly type: 'ticked' | 'tocked'
}

const tick = (seq: number, type: Ticked['type'] = 'ticked') => ({ seq, at: 0, event: { type } })

describe('EventFeed', () => {
  it('tells each listener what it asked for, until it stops', () => {
    const feed = new EventFeed<Ticked>()
    const seen: string[] = []
    const stop = feed.on('ticked', ({ seq }) => void seen.push(`t${seq}`))
    feed.on('*', ({ seq }) => void seen.push(`*${seq}`))
    feed.publish(tick(1))
    feed.publish(tick(2, 'tocked'))
    stop()
    feed.publish(tick(3))
    expect(seen).toEqual(['t1', '*1', '*2', '*3'])
  })

  it('tells the others although a listener throws, even where nobody wants to know of that', () => {
    const feed = new EventFeed<Ticked>()
    const seen: number[] = []
    feed.on('*', () => {
      throw new Error('of its own')
    })
    feed.on('*', ({ seq }) => void seen.push(seq))
    feed.publish(tick(1))
    expect(seen).toEqual([1])
  })

  it('can be read as it comes, in order, until it closes', async () => {
    const feed = new EventFeed<Ticked>()
    const seen: number[] = []
    const reading = (async () => {
      for await (const { seq } of feed) {
        seen.push(seq)
        // What is published while the reader works waits for it.
        if (seq === 1) for (const next of [2, 3]) feed.publish(tick(next))
        if (seq === 3) feed.close()
      }
    })()
    feed.publish(tick(1))
    await reading
    expect(seen).toEqual([1, 2, 3])
  })

  it('gives a reader what came before it closed', async () => {
    const feed = new EventFeed<Ticked>()
    const reader = feed[Symbol.asyncIterator]()
    const first = reader.next()
    feed.publish(tick(1))
    feed.publish(tick(2))
    feed.close()
    expect((await first).value).toMatchObject({ seq: 1 })
    expect((await reader.next()).value).toMatchObject({ seq: 2 })
    expect((await reader.next()).done).toBe(true)
  })

  it('ends at once for a reader that comes after it closed', async () => {
    const feed = new EventFeed<Ticked>()
    feed.close()
    for await (const _ of feed) throw new Error('nothing comes')
  })

  it('forgets a reader that goes', async () => {
    const feed = new EventFeed<Ticked>()
    const reading = (async () => {
      for await (const _ of feed) break
    })()
    feed.publish(tick(1))
    await reading
    feed.publish(tick(2))
    feed.close()
  })
})
