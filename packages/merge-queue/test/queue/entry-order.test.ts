import { describe, expect, it } from 'vitest'
import { driveQueue } from './drive-queue.ts'
import type { DrivenQueue } from './drive-queue.ts'

const order = (queue: DrivenQueue) =>
  [...queue.state.entries.keys()]
    .toSorted((a, b) => queue.view(a).position! - queue.view(b).position!)
    .join(' ')

describe('the order of entries', () => {
  it('is by level, then by arrival', async () => {
    const queue = await driveQueue()
    await queue.add('a', { level: 2 })
    await queue.add('b', { level: 1 })
    await queue.add('c', { level: 2 })
    await queue.add('d', { level: 1 })
    expect(order(queue)).toBe('b d a c')
  })

  it('lets one that is waited for be as urgent as the one that waits, through any number', async () => {
    const queue = await driveQueue()
    await queue.add('a', { level: 3 })
    await queue.add('b', { level: 3, after: ['a'] })
    await queue.add('c', { level: 1 })
    await queue.add('d', { level: 0, after: ['b'] })
    expect(order(queue)).toBe('a b d c')
  })

  it('lets one that came half an hour earlier be as urgent as the next level, for ever', async () => {
    const queue = await driveQueue()
    await queue.add('a', { level: 3 })
    await queue.wait(31 * 60_000)
    await queue.add('b', { level: 2 })
    await queue.add('c', { level: 1 })
    expect(order(queue)).toBe('c a b')
    await queue.wait(10 * 3_600_000)
    expect(order(queue)).toBe('c a b')
  })
})

describe('an entry that comes after others', () => {
  it('is tested with them, and never before them', async () => {
    const queue = await driveQueue()
    await queue.add('a', { level: 3 })
    await queue.add('b', { level: 0, after: ['a'] })
    expect(queue.running()).toEqual(['unit a', 'unit a b'])
    await queue.pass('a b')
    expect(queue.landed()).toBe('main-0+a+b')
  })

  it('stays QUEUED and is never tested without one that left the queue, until that one lands after all', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.add('b', { after: ['a'] })
    await queue.fail('a')
    expect(queue.states()).toBe('a FAILED check-failed, b QUEUED base-lost')
    expect(queue.running()).toEqual([])
    expect(queue.waits('b')).toBe(
      'entry "a", which it comes after, is FAILED; it goes on when that has landed',
    )
    await queue.accept({ type: 'entry.update', entryId: 'a', commit: 'a-2' })
    expect(queue.running()).toEqual(['unit a@a-2', 'unit a@a-2 b'])
    await queue.pass('a@a-2 b')
    expect(queue.states()).toBe('a MERGED, b MERGED')
  })

  it('is no more CHECKING once one before it is out, however far before, and whatever was tested', async () => {
    const queue = await driveQueue({ conflicts: ['x b'], isChecked: false })
    await queue.add('a')
    await queue.add('b', { after: ['a'] })
    await queue.add('c', { after: ['b'] })
    expect(queue.states()).toBe('a CHECKING, b CHECKING, c CHECKING')
    await queue.add('x', { level: 0 })
    expect(queue.states()).toBe('a CHECKING, b QUEUED predicted-conflict, c QUEUED, x CHECKING')
    await queue.accept({ type: 'entry.remove', entryId: 'x' })
    await queue.fail('a b c')
    await queue.fail('a b')
    await queue.fail('a')
    expect(queue.states()).toBe('a FAILED check-failed, b QUEUED base-lost, c QUEUED, x CANCELLED removed')
  })

  it('of another target waits until that has landed there', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.add('b', { after: ['a'], target: 'next' })
    expect(queue.running()).toEqual(['unit a'])
    expect(queue.waits('b')).toBe('entry "a" must land first, which is CHECKING')
    await queue.pass('a')
    expect(queue.effects('check')).toMatchObject([{ target: 'next', entryIds: ['b'] }])
  })

  it('waits for the approval of one that needs it', async () => {
    const queue = await driveQueue()
    await queue.add('a', { approve: 'manual' })
    await queue.add('b', { after: ['a'] })
    expect(queue.running()).toEqual(['unit a'])
    await queue.pass('a')
    await queue.accept({ type: 'entry.approve', entryId: 'a' })
    expect(queue.running()).toEqual(['unit b'])
  })
})
