import { describe, expect, it } from 'vitest'
import { driveQueue } from './drive-queue.ts'

describe('an entry in the queue', () => {
  it('is checked on what the target would be, and lands as that', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    expect(queue.running()).toEqual(['unit a'])
    expect(queue.stateOf('a')).toBe('CHECKING')
    await queue.pass('a')
    expect(queue.states()).toBe('a MERGED')
    expect(queue.landed()).toBe('main-0+a')
    expect(queue.view('a').landedAs).toBe('main-0+a')
  })

  it('stands in the log as intended before the target is moved', async () => {
    const queue = await driveQueue({ lands: false })
    await queue.add('a')
    await queue.pass('a')
    expect(queue.stateOf('a')).toBe('MERGING')
    expect(queue.eventsOf('landing.intended')).toMatchObject([
      { from: 'main-0', to: 'main-0+a', entryIds: ['a'] },
    ])
    expect(queue.landing()).toMatchObject({ from: 'main-0', to: 'main-0+a', entryIds: ['a'] })
    await queue.endLanding({ kind: 'landed' })
    expect(queue.states()).toBe('a MERGED')
  })

  it('needs no check run where nothing is required', async () => {
    const queue = await driveQueue()
    await queue.add('a', { checks: [] })
    expect(queue.states()).toBe('a MERGED')
    expect(queue.eventsOf('check.started')).toEqual([])
  })

  it('is FAILED by a check that fails on it alone, and somebody is asked', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.fail('a')
    expect(queue.states()).toBe('a FAILED check-failed')
    const problem = { reason: 'check-failed', checks: [{ name: 'unit', detail: 'exit code 1' }] }
    expect(queue.escalations()).toMatchObject([{ entryId: 'a', escalation: 1, problem }])
  })

  it('is tried again as often as its check asks before a failure counts', async () => {
    const queue = await driveQueue({ checks: [{ name: 'unit', retries: 2 }] })
    await queue.add('a')
    await queue.fail('a')
    await queue.fail('a')
    expect(queue.stateOf('a')).toBe('CHECKING')
    expect(queue.effects('check')).toMatchObject([{ attempt: 3 }])
    await queue.pass('a')
    expect(queue.states()).toBe('a MERGED')
    await queue.add('b')
    for (let i = 0; i < 3; i++) await queue.fail('b')
    expect(queue.stateOf('b')).toBe('FAILED check-failed')
  })

  it('is CONFLICTED before any check is run where it does not merge onto the target', async () => {
    const queue = await driveQueue({ conflicts: ['main a'] })
    await queue.add('a')
    expect(queue.states()).toBe('a CONFLICTED conflicted')
    expect(queue.eventsOf('check.started')).toEqual([])
    expect(queue.escalations()).toMatchObject([{ problem: { conflicts: [{ path: 'a.txt' }] } }])
  })

  it('that brings nothing which is not there already has landed, without moving the target', async () => {
    const queue = await driveQueue({ builds: false })
    await queue.add('a')
    await queue.build({ kind: 'built', commit: 'main-0', tree: 't', keys: { unit: 'k' }, isEmpty: true })
    expect(queue.states()).toBe('a MERGED')
    expect(queue.eventsOf('landing.intended')).toEqual([])
  })

  it('that cannot land at all is FAILED with the reason', async () => {
    const queue = await driveQueue({ builds: false })
    await queue.add('a', { method: 'fast-forward' })
    await queue.build({ kind: 'impossible', detail: 'main is not an ancestor' })
    expect(queue.view('a').problem).toEqual({ reason: 'impossible', detail: 'main is not an ancestor' })
  })

  it('waits after its checks until somebody approves it, and nobody is stacked on it', async () => {
    const queue = await driveQueue()
    await queue.add('a', { approve: 'manual' })
    await queue.add('b')
    expect(queue.running()).toEqual(['unit a', 'unit b'])
    await queue.pass('a')
    expect(queue.stateOf('a')).toBe('CHECKING approval')
    expect(queue.waits('a')).toBe('its checks have passed and it waits for approval (`ws merge approve`)')
    await queue.accept({ type: 'entry.approve', entryId: 'a' })
    expect(queue.states()).toBe('a MERGED, b CHECKING')
    expect(queue.running()).toEqual(['unit b'])
  })

  it('that was approved after the target moved is checked on what would land now', async () => {
    const queue = await driveQueue()
    await queue.add('a', { approve: 'manual' })
    await queue.add('b')
    await queue.pass('a')
    await queue.pass('b')
    expect(queue.states()).toBe('a CHECKING approval, b MERGED')
    expect(queue.running()).toEqual([])
    await queue.accept({ type: 'entry.approve', entryId: 'a' })
    expect(queue.running()).toEqual(['unit a'])
    await queue.pass('a')
    expect(queue.landed()).toBe('main-0+b+a')
  })
})

describe('a prefix of the line', () => {
  it('lands whole when its last candidate has passed', async () => {
    const queue = await driveQueue({ policy: 'batch-bisect', slots: 1 })
    await queue.addAll('a b c')
    await queue.pass('a')
    await queue.pass('b c')
    expect(queue.eventsOf('landing.landed').map(({ entryIds }) => entryIds)).toEqual([['a'], ['b', 'c']])
  })

  it('lands entry by entry, each checked by itself, with testEach', async () => {
    const queue = await driveQueue({ policy: 'adaptive', testEach: true })
    await queue.addAll('a b')
    expect(queue.running()).toEqual(['unit a', 'unit a b'])
    await queue.pass('a b')
    expect(queue.states()).toBe('a CHECKING, b CHECKING')
    await queue.pass('a')
    expect(queue.states()).toBe('a MERGED, b MERGED')
  })

  it('that fails is searched for the culprit, which is out; the others go on', async () => {
    const queue = await driveQueue({ policy: 'batch-bisect', slots: 1 })
    await queue.addAll('x a b c d')
    await queue.pass('x')
    await queue.fail('a b c d')
    expect(queue.running()).toEqual(['unit a b'])
    await queue.pass('a b')
    expect(queue.running()).toEqual(['unit c'])
    await queue.fail('c')
    expect(queue.states()).toBe('x MERGED, a MERGED, b MERGED, c FAILED check-failed, d CHECKING')
    await queue.pass('d')
    expect(queue.landed()).toBe('main-0+x+a+b+d')
  })

  it('that passes lands even where a shorter one has failed: the failure meant nothing', async () => {
    const queue = await driveQueue({ checks: [{ name: 'unit', retries: 1 }] })
    await queue.addAll('a b')
    await queue.fail('a')
    await queue.pass('a b')
    expect(queue.states()).toBe('a MERGED, b MERGED')
  })

  it('has one landing on its target at a time', async () => {
    const queue = await driveQueue({ lands: false })
    await queue.addAll('a b')
    await queue.pass('a')
    await queue.pass('a b')
    expect(queue.effects('land')).toHaveLength(1)
    await queue.endLanding({ kind: 'landed' })
    expect(queue.landing()).toMatchObject({ from: 'main-0+a', to: 'main-0+a+b' })
  })
})
