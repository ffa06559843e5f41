import { describe, expect, it } from 'vitest'
import { driveQueue } from './drive-queue.ts'

describe('an outcome that nobody waits for any more', () => {
  it('changes nothing', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.accept({ type: 'entry.update', entryId: 'a', commit: 'a-2' })
    const before = queue.events.length
    await queue.tell({ type: 'check.ended', checkRunId: 'r1', outcome: { kind: 'passed' }, durationMs: 1 })
    await queue.tell({ type: 'candidate.ended', candidateId: 'a@1.1+main-0', outcome: { kind: 'lost' } })
    await queue.tell({ type: 'landing.ended', landId: 'l9', outcome: { kind: 'landed' } })
    await queue.tell({ type: 'escalation.ended', entryId: 'a', escalation: 1, outcome: { kind: 'retry' } })
    await queue.tell({ type: 'target.observed', target: 'other', sight: { kind: 'followed', landed: 'x' } })
    expect(queue.events).toHaveLength(before)
  })
})

describe('a landing', () => {
  it('that finds the target moved is made anew on what it is now', async () => {
    const queue = await driveQueue({ lands: false })
    await queue.add('a')
    await queue.pass('a')
    await queue.endLanding({ kind: 'moved', to: 'main-1' })
    expect(queue.stateOf('a')).toBe('CHECKING')
    expect(queue.effects('check')).toMatchObject([{ commit: 'main-1+a' }])
    expect(queue.watch()).toMatchObject({ landed: 'main-1', look: 1 })
  })

  it('that finds its own commit there has landed', async () => {
    const queue = await driveQueue({ lands: false })
    await queue.add('a')
    await queue.pass('a')
    await queue.endLanding({ kind: 'moved', to: 'main-0+a' })
    expect(queue.states()).toBe('a MERGED')
  })

  it('that finds no target freezes it', async () => {
    const queue = await driveQueue({ lands: false })
    await queue.add('a')
    await queue.pass('a')
    await queue.endLanding({ kind: 'moved', to: undefined })
    expect(queue.waits('a')).toContain('the branch is gone')
  })

  it('that is refused for ever freezes the target with the words of who refused it', async () => {
    const queue = await driveQueue({ lands: false })
    await queue.add('a')
    await queue.pass('a')
    await queue.endLanding({ kind: 'refused', detail: 'protected branch' })
    expect(queue.waits('a')).toContain('the remote refused it: protected branch; thaw it when it would not')
    expect(queue.landing()).toBeUndefined()
    await queue.accept({ type: 'target.thaw', target: 'main' })
    expect(queue.landing()).toMatchObject({ landId: 'l2', to: 'main-0+a' })
  })

  it('whose end was not seen is tried again at once, under another name', async () => {
    const queue = await driveQueue({ lands: false })
    await queue.add('a')
    await queue.pass('a')
    await queue.endLanding({ kind: 'lost' })
    expect(queue.landing()).toMatchObject({ landId: 'l2', from: 'main-0', to: 'main-0+a' })
    await queue.endLanding({ kind: 'landed' })
    expect(queue.states()).toBe('a MERGED')
  })

  it('hides what is seen of the target while it is under way', async () => {
    const queue = await driveQueue({ lands: false })
    await queue.add('a')
    await queue.pass('a')
    await queue.tell({
      type: 'target.observed',
      target: 'main',
      sight: { kind: 'followed', landed: 'main-0+a' },
    })
    expect(queue.stateOf('a')).toBe('MERGING')
  })
})

describe('whoever is asked about an entry that failed', () => {
  it('may repair its branch', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.fail('a')
    await queue.answer('a', { kind: 'repaired', commit: 'a-2', base: 'b1' })
    expect(queue.running()).toEqual(['unit a@a-2'])
    expect(queue.escalations()).toEqual([])
    await queue.fail('a@a-2')
    expect(queue.escalations()).toMatchObject([{ escalation: 2 }])
  })

  it('may have it tried again', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.fail('a')
    await queue.answer('a', { kind: 'retry' })
    expect(queue.running()).toEqual(['unit a'])
  })

  it('may leave it to a person', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.fail('a')
    await queue.answer('a', { kind: 'declined' })
    expect(queue.states()).toBe('a FAILED check-failed')
    expect(queue.escalations()).toEqual([])
  })
})

describe('a candidate', () => {
  it('whose build was lost is built again, under another key', async () => {
    const queue = await driveQueue({ builds: false })
    await queue.add('a')
    await queue.build({ kind: 'lost' })
    expect(queue.effects('build')).toHaveLength(1)
    await queue.build({ kind: 'built', commit: 'c', tree: 't', keys: { unit: 'k' }, isEmpty: false })
    expect(queue.effects('check')).toMatchObject([{ commit: 'c', tree: 't', key: 'k' }])
  })
})
