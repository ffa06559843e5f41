import { describe, expect, it } from 'vitest'
import { viewEntry, viewQueue } from '../../src/queue/entry-view.ts'
import { driveQueue } from './drive-queue.ts'

describe('the view of an entry', () => {
  it('says which checks have passed on the newest candidate with it', async () => {
    const queue = await driveQueue({ checks: [{ name: 'unit' }, { name: 'lint' }] })
    await queue.add('a', { checks: ['unit', 'lint'] })
    await queue.pass('lint a')
    expect(queue.view('a')).toMatchObject({
      checksRequired: ['unit', 'lint'],
      checksPassed: ['lint'],
      position: 1,
    })
    await queue.pass('unit a')
    expect(queue.view('a')).toMatchObject({
      checksPassed: ['unit', 'lint'],
      position: undefined,
      eta: undefined,
    })
  })

  it('foretells when it will have ended', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    const { eta } = queue.view('a')
    expect(eta!.from).toBeLessThanOrEqual(eta!.at)
    expect(eta!.to).toBeGreaterThan(eta!.at)
  })

  it('is none for one that is not there', async () => {
    const queue = await driveQueue()
    expect(viewEntry(queue.state, 'a', 0)).toBeUndefined()
  })
})

describe('the view of the queue', () => {
  it('has live entries in order, then those that ended, the newest first', async () => {
    const queue = await driveQueue()
    await queue.addAll('a b c d')
    await queue.pass('a')
    await queue.wait(1)
    await queue.accept({ type: 'entry.remove', entryId: 'c' })
    await queue.accept({ type: 'target.freeze', target: 'main', because: 'release' })
    const view = viewQueue(queue.state, queue.clock.now())
    expect(view.entries.map(({ id }) => id)).toEqual(['b', 'd', 'c', 'a'])
    expect(view.targets).toMatchObject([
      { name: 'main', landed: 'main-0+a', freezes: [{ reason: 'asked', detail: 'release' }], landing: [] },
    ])
    expect(view.isPaused).toBe(false)
  })
})
