import { describe, expect, it } from 'vitest'
import { driveQueue } from '../queue/drive-queue.ts'

const minute = 60_000

/** A queue that knows that its check takes ten minutes. */
async function learned(options: Parameters<typeof driveQueue>[0] = {}) {
  const queue = await driveQueue(options)
  for (let i = 0; i < 20; i++) {
    await queue.add(`x${i}`)
    await queue.wait(10 * minute)
    await queue.end(`x${i}`, { kind: 'passed' }, 10 * minute)
  }
  return queue
}

describe('when an entry will have ended', () => {
  it('is one check run from now for the first', async () => {
    const queue = await learned()
    await queue.add('a')
    const eta = queue.view('a').eta!
    expect((eta.at - queue.clock.now()) / minute).toBeCloseTo(10, 0)
    expect(eta.to - eta.from).toBeLessThan(4 * minute)
  })

  it('comes nearer as its check runs', async () => {
    const queue = await learned()
    await queue.add('a')
    await queue.wait(6 * minute)
    expect((queue.view('a').eta!.at - queue.clock.now()) / minute).toBeCloseTo(4, 0)
  })

  it('is not before a slot is free', async () => {
    const queue = await learned({ slots: 1 })
    await queue.add('a')
    await queue.wait(4 * minute)
    await queue.add('b')
    const minutes = (queue.view('b').eta!.at - queue.clock.now()) / minute
    expect(minutes).toBeGreaterThan(15)
    expect(minutes).toBeLessThan(20)
  })

  it('is later while it is searched who of several fails', async () => {
    const queue = await learned({ policy: 'batch-bisect', slots: 1 })
    await queue.addAll('z a b c d')
    await queue.end('z', { kind: 'passed' }, 10 * minute)
    const before = queue.view('d').eta!.at
    await queue.end('a b c d', { kind: 'failed', detail: 'x' }, 10 * minute)
    expect(queue.view('d').eta!.at).toBeGreaterThan(before)
  })
})
