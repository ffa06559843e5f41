import { describe, expect, it } from 'vitest'
import { driveQueue } from './drive-queue.ts'

const checks = [{ name: 'unit' }, { name: 'slow' }]

describe('an advisory check', () => {
  it('is run and reported, and lands or stops nothing', async () => {
    const queue = await driveQueue({ checks })
    await queue.add('a', { advisory: ['slow'] })
    expect(queue.running()).toEqual(['slow a', 'unit a'])
    await queue.fail('slow a')
    await queue.pass('unit a')
    expect(queue.states()).toBe('a MERGED')
    expect(queue.eventsOf('check.ended').map(({ check, outcome }) => `${check} ${outcome.kind}`)).toEqual([
      'slow failed',
      'unit passed',
    ])
  })

  it('that found no slot before the landing is run after it', async () => {
    const queue = await driveQueue({ checks, slots: 1 })
    await queue.add('a', { advisory: ['slow'] })
    await queue.pass('unit a')
    expect(queue.states()).toBe('a MERGED')
    expect(queue.effects('check')).toMatchObject([{ check: 'slow', commit: 'main-0+a' }])
    await queue.tell({ type: 'check.ended', checkRunId: 'r2', outcome: { kind: 'passed' }, durationMs: 1 })
    expect(queue.running()).toEqual([])
  })

  it('that is under way when its entry lands goes on', async () => {
    const queue = await driveQueue({ checks })
    await queue.add('a', { advisory: ['slow'] })
    await queue.pass('unit a')
    expect(queue.effects('check')).toMatchObject([{ check: 'slow' }])
  })
})

describe('a quarantined check', () => {
  it('is run and reported, and binds nobody until it is taken off the list', async () => {
    const queue = await driveQueue({ checks: [{ name: 'unit' }, { name: 'shaky', isQuarantined: true }] })
    await queue.add('a', { checks: ['unit', 'shaky'] })
    await queue.fail('shaky a')
    await queue.pass('unit a')
    expect(queue.states()).toBe('a MERGED')
    const settings = {
      ...queue.state.settings,
      checks: [
        { name: 'unit', retries: 0 },
        { name: 'shaky', retries: 0 },
      ],
    }
    await queue.accept({ type: 'queue.configure', settings })
    await queue.add('b', { checks: ['unit', 'shaky'] })
    await queue.fail('shaky b')
    expect(queue.stateOf('b')).toBe('FAILED check-failed')
  })
})

describe('a check for afterwards', () => {
  it('runs on what has landed', async () => {
    const queue = await driveQueue({ checks })
    await queue.add('a', { afterwards: ['slow'] })
    expect(queue.running()).toEqual(['unit a'])
    await queue.pass('a')
    expect(queue.effects('check')).toMatchObject([{ check: 'slow', commit: 'main-0+a', entryIds: ['a'] }])
    await queue.tell({ type: 'check.ended', checkRunId: 'r2', outcome: { kind: 'passed' }, durationMs: 1 })
    expect(queue.eventsOf('landing.verified')).toMatchObject([
      { entryId: 'a', check: 'slow', result: 'passed' },
    ])
    expect(queue.running()).toEqual([])
  })

  it('that turns red queues a revert, once', async () => {
    const queue = await driveQueue({ checks })
    await queue.add('a', { afterwards: ['slow'] })
    await queue.pass('a')
    await queue.add('b', { afterwards: ['slow'] })
    await queue.pass('b')
    const fail = (checkRunId: string) =>
      queue.tell({
        type: 'check.ended',
        checkRunId,
        outcome: { kind: 'failed', detail: 'red' },
        durationMs: 1,
      })
    await fail('r2')
    expect(queue.view('revert/a').spec).toMatchObject({
      kind: 'revert',
      commit: 'main-0+a',
      checks: ['unit'],
    })
    const [slow] = queue.effects('check').filter((each) => each.kind === 'check' && each.check === 'slow')
    await fail(slow?.kind === 'check' ? slow.checkRunId : '')
    expect(queue.eventsOf('landing.verified').map(({ result }) => result)).toEqual(['turned-red', 'was-red'])
    expect(queue.state.entries.has('revert/b')).toBe(false)
  })

  it('has one slot beside the others, and all of them when nothing else goes on', async () => {
    const queue = await driveQueue({
      checks: [{ name: 'unit' }, { name: 'slow' }, { name: 'slower' }],
      slots: 2,
    })
    await queue.add('a', { afterwards: ['slow', 'slower'] })
    await queue.pass('a')
    expect(queue.effects('check')).toHaveLength(2)
  })

  it('waits where there is one slot, but not for ever', async () => {
    const queue = await driveQueue({ checks, slots: 1 })
    await queue.add('a', { afterwards: ['slow'] })
    await queue.add('b')
    await queue.pass('a')
    expect(queue.running()).toEqual(['unit b'])
    await queue.wait(31 * 60_000)
    await queue.add('c')
    await queue.pass('b')
    expect(queue.effects('check')).toMatchObject([{ check: 'slow' }])
  })
})
