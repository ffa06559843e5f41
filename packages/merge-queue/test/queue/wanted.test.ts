import { describe, expect, it } from 'vitest'
import { wanted } from '../../src/queue/wanted.ts'
import { driveQueue } from './drive-queue.ts'

describe('what is wanted', () => {
  it('is a watch on each target, the runs, the landing and the questions', async () => {
    const queue = await driveQueue({ lands: false })
    await queue.addAll('a b')
    await queue.pass('a')
    await queue.add('x', { target: 'next' })
    await queue.fail('x')
    expect([...wanted(queue.state).keys()]).toEqual([
      'watch/main',
      'land/l1',
      'watch/next',
      'check/r2',
      'escalate/x/1',
    ])
  })

  it('is the same object while it is the same', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    const before = wanted(queue.state).get('check/r1')
    await queue.add('b')
    expect(wanted(queue.state).get('check/r1')).toBe(before)
    const watch = wanted(queue.state).get('watch/main')
    await queue.pass('a')
    expect(wanted(queue.state).get('watch/main')).not.toBe(watch)
  })

  it('is no candidate while the queue is paused or the target frozen', async () => {
    const queue = await driveQueue({ builds: false })
    await queue.add('a')
    expect(queue.effects('build')).toHaveLength(1)
    await queue.accept({ type: 'queue.pause' })
    expect(queue.effects('build')).toEqual([])
    await queue.accept({ type: 'queue.resume' })
    await queue.accept({ type: 'target.freeze', target: 'main', because: 'x' })
    expect(queue.effects('build')).toEqual([])
  })
})
