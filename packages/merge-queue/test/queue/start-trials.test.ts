import { describe, expect, it } from 'vitest'
import { driveQueue } from './drive-queue.ts'

describe('a trial of several checks', () => {
  const checks = [{ name: 'unit' }, { name: 'lint' }, { name: 'slow' }]
  const spec = { checks: ['unit', 'lint', 'slow'] }

  it('is one of fewer trials: slots are for check runs', async () => {
    const queue = await driveQueue({ checks, slots: 6 })
    await queue.add('a', spec)
    await queue.add('b', spec)
    await queue.add('c', spec)
    expect(queue.running()).toEqual(['lint a', 'lint a b', 'slow a', 'slow a b', 'unit a', 'unit a b'])
  })

  it('is run as slots allow where it wants more of them than there are', async () => {
    const queue = await driveQueue({ checks, slots: 2 })
    await queue.add('a', spec)
    await queue.add('b', spec)
    expect(queue.running()).toEqual(['lint a', 'unit a'])
    await queue.pass('unit a')
    expect(queue.running()).toEqual(['lint a', 'slow a'])
    await queue.pass('lint a')
    await queue.pass('slow a')
    expect(queue.states()).toBe('a MERGED, b CHECKING')
  })
})

describe('results', () => {
  it('are known by key: what passed is not checked again', async () => {
    const checks = [{ name: 'a', inputs: ['a/**'] }, { name: 'unit' }]
    const queue = await driveQueue({ checks, slots: 6 })
    await queue.add('a1', { checks: ['a'] })
    await queue.add('b1', { checks: ['unit'] })
    await queue.add('a2', { checks: ['a'] })
    // The second prefix needs `a` on the same restricted tree as the first.
    expect(queue.running().filter((run) => run.startsWith('a'))).toEqual(['a a1', 'a a1 b1 a2'])
    await queue.pass('a a1')
    await queue.pass('unit b1')
    expect(queue.states()).toBe('a1 MERGED, b1 MERGED, a2 CHECKING')
  })

  it('of a check belong to its key, not to its name', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.pass('a')
    await queue.add('b')
    expect(queue.stateOf('b')).toBe('CHECKING')
    expect(queue.running()).toEqual(['unit b'])
  })

  it('let a branch land at once whose tree was checked already', async () => {
    const queue = await driveQueue({ lands: false })
    await queue.add('a')
    await queue.pass('a')
    await queue.endLanding({ kind: 'refused', detail: 'not today' })
    await queue.accept({ type: 'entry.remove', entryId: 'a' })
    await queue.accept({ type: 'target.thaw', target: 'main' })
    await queue.accept({ type: 'entry.retry', entryId: 'a' })
    expect(queue.landing()).toMatchObject({ entryIds: ['a'] })
    expect(queue.eventsOf('check.started')).toHaveLength(1)
  })

  it('under which a check failed and passed are counted as flaky', async () => {
    const queue = await driveQueue({ checks: [{ name: 'unit', retries: 1 }] })
    await queue.add('a')
    await queue.fail('a')
    await queue.pass('a')
    expect(queue.state.checks.get('unit')).toMatchObject({ passes: 1, flakes: 1 })
  })
})

describe('the adaptive policy', () => {
  it('tests a line without an entry that has failed once, while that is tried again', async () => {
    const queue = await driveQueue({ policy: 'adaptive', checks: [{ name: 'unit', retries: 1 }] })
    // What it has seen of failures makes a failure mean something.
    for (const id of ['w', 'x', 'y', 'z']) {
      await queue.add(id)
      await queue.fail(id)
      await queue.fail(id)
    }
    await queue.addAll('a b c')
    await queue.fail('a')
    expect(queue.running()).toContain('unit b c')
    expect(queue.running()).toContain('unit a')
    expect(queue.eventsOf('line.forked')).toMatchObject([{ without: 'a' }])
    await queue.pass('b c')
    // Nothing lands of it before it is sure that a is out.
    expect(queue.states()).toContain('a CHECKING, b CHECKING, c CHECKING')
    await queue.fail('a')
    expect(queue.states()).toContain('a FAILED check-failed, b MERGED, c MERGED')
  })

  it('lets go of that when the failure meant nothing', async () => {
    const queue = await driveQueue({ policy: 'adaptive', checks: [{ name: 'unit', retries: 1 }] })
    for (const id of ['w', 'x', 'y', 'z']) {
      await queue.add(id)
      await queue.fail(id)
      await queue.fail(id)
    }
    await queue.addAll('a b c')
    await queue.fail('a')
    await queue.pass('a')
    expect(queue.states()).toContain('a MERGED')
    expect(queue.running().every((run) => run.startsWith('unit b'))).toBe(true)
    expect(queue.state.targets.get('main')!.forks.size).toBe(0)
  })
})

describe('slots', () => {
  it('that became fewer stop what began last', async () => {
    const queue = await driveQueue({ slots: 3 })
    await queue.addAll('a b c')
    await queue.accept({ type: 'queue.configure', settings: { ...queue.state.settings, slots: 1 } })
    expect(queue.running()).toEqual(['unit a'])
  })
})
