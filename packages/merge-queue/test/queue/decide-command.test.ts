import { describe, expect, it } from 'vitest'
import { driveQueue, entrySpec } from './drive-queue.ts'

describe('adding an entry', () => {
  it('twice queues it once', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.add('a')
    expect(queue.eventsOf('landing.queued')).toHaveLength(1)
    await queue.pass('a')
    await queue.add('a')
    expect(queue.states()).toBe('a MERGED')
    expect(queue.eventsOf('landing.landed')).toHaveLength(1)
  })

  it('answers a repeated command as it was answered first', async () => {
    const queue = await driveQueue()
    const entry = entrySpec('a', { after: ['b'] })
    const first = await queue.command({ type: 'entry.add', entry }, 'same')
    await queue.add('b')
    expect(await queue.command({ type: 'entry.add', entry }, 'same')).toEqual(first)
    expect(first).toMatchObject({ ok: false, code: 'WS_ENTRY_UNKNOWN' })
  })

  it('knows the first commit of one that was repaired meanwhile', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.accept({ type: 'entry.update', entryId: 'a', commit: 'a-2' })
    await queue.add('a')
    expect(queue.eventsOf('landing.queued')).toHaveLength(1)
  })
})

describe('pausing the queue', () => {
  it('starts and lands nothing, and lets what is past its intent land', async () => {
    const queue = await driveQueue({ lands: false })
    await queue.addAll('a b')
    await queue.pass('a')
    await queue.accept({ type: 'queue.pause' })
    await queue.add('c')
    await queue.endLanding({ kind: 'landed' })
    await queue.pass('b')
    expect(queue.states()).toBe('a MERGED, b CHECKING paused, c QUEUED paused')
    expect(queue.running()).toEqual([])
    expect(queue.landing()).toBeUndefined()
    expect(queue.waits('c')).toContain('the queue is paused')
    await queue.accept({ type: 'queue.resume' })
    expect(queue.landing()).toMatchObject({ entryIds: ['b'] })
    expect(queue.running()).toEqual(['unit b c'])
  })
})

describe('freezing a target', () => {
  it('holds what waits for it until it is thawed, and nobody else', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.accept({ type: 'target.freeze', target: 'main', because: 'release day' })
    await queue.pass('a')
    expect(queue.stateOf('a')).toBe('CHECKING frozen')
    expect(queue.waits('a')).toContain('nothing lands on main: frozen: release day')
    await queue.accept({ type: 'target.thaw', target: 'main' })
    expect(queue.states()).toBe('a MERGED')
  })

  it('may come before its first entry', async () => {
    const queue = await driveQueue()
    await queue.accept({ type: 'target.freeze', target: 'main', because: 'release day' })
    await queue.add('a')
    expect(queue.running()).toEqual([])
  })
})

describe('removing an entry', () => {
  it('takes it out, and those behind it are checked without it', async () => {
    const queue = await driveQueue()
    await queue.addAll('a b')
    await queue.accept({ type: 'entry.remove', entryId: 'a' })
    expect(queue.states()).toBe('a CANCELLED removed, b CHECKING')
    expect(queue.running()).toEqual(['unit b'])
    await queue.accept({ type: 'entry.remove', entryId: 'a' })
    expect(queue.eventsOf('landing.cancelled')).toHaveLength(1)
  })

  it('that is past its intent is refused: it lands all the same', async () => {
    const queue = await driveQueue({ lands: false })
    await queue.add('a')
    await queue.pass('a')
    expect(await queue.refuse({ type: 'entry.remove', entryId: 'a' })).toBe(
      'WS_LANDING_INTENDED: entry "a" is past its intent and lands all the same',
    )
    await queue.endLanding({ kind: 'landed' })
    expect(await queue.refuse({ type: 'entry.remove', entryId: 'a' })).toBe(
      'WS_ENTRY_STATE: entry "a" has landed',
    )
  })

  it('takes back the question about one that failed', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.fail('a')
    await queue.accept({ type: 'entry.remove', entryId: 'a' })
    expect(queue.escalations()).toEqual([])
  })
})

describe('trying an entry again', () => {
  it('puts it behind those of its level', async () => {
    const queue = await driveQueue({ slots: 2 })
    await queue.add('a')
    await queue.fail('a')
    await queue.addAll('b c')
    await queue.accept({ type: 'entry.retry', entryId: 'a' })
    expect(queue.view('a').position).toBe(3)
    expect(queue.stateOf('a')).toBe('QUEUED')
    expect(await queue.refuse({ type: 'entry.retry', entryId: 'b' })).toContain(
      'only one that left the queue',
    )
  })
})

describe('updating an entry', () => {
  it('checks the new commit, in the place of the old one', async () => {
    const queue = await driveQueue()
    await queue.addAll('a b')
    await queue.accept({ type: 'entry.update', entryId: 'a', commit: 'a-2', base: 'inputs' })
    expect(queue.running()).toEqual(['unit a@a-2', 'unit a@a-2 b'])
    expect(queue.view('a').spec).toMatchObject({ commit: 'a-2', base: 'inputs' })
    expect(queue.view('a').position).toBe(1)
  })

  it('with what it has already changes nothing', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.accept({ type: 'entry.update', entryId: 'a', commit: 'a-1' })
    expect(queue.eventsOf('landing.updated')).toEqual([])
  })

  it('asks for approval anew', async () => {
    const queue = await driveQueue({ slots: 1 })
    await queue.addAll('z')
    await queue.add('a', { approve: 'manual' })
    await queue.accept({ type: 'entry.approve', entryId: 'a' })
    await queue.accept({ type: 'entry.update', entryId: 'a', commit: 'a-2' })
    await queue.pass('z')
    await queue.pass('a@a-2')
    expect(queue.stateOf('a')).toBe('CHECKING approval')
  })

  it('past its intent is refused', async () => {
    const queue = await driveQueue({ lands: false })
    await queue.add('a')
    await queue.pass('a')
    expect(await queue.refuse({ type: 'entry.update', entryId: 'a', commit: 'a-2' })).toContain(
      'WS_LANDING_INTENDED',
    )
  })
})

describe('the order', () => {
  it('is changed by a jump to the front and by another level', async () => {
    const queue = await driveQueue({ slots: 1 })
    await queue.addAll('a b c')
    await queue.accept({ type: 'entry.jump', entryId: 'c' })
    expect(queue.running()).toEqual(['unit c'])
    await queue.accept({ type: 'entry.relevel', entryId: 'b', level: 0 })
    expect(['c', 'b', 'a'].map((id) => queue.view(id).position)).toEqual([1, 2, 3])
  })
})

describe('a revert', () => {
  it('is an entry that undoes what has landed, and what it undid says so', async () => {
    const queue = await driveQueue()
    await queue.add('a', { afterwards: ['unit'] })
    await queue.pass('a')
    await queue.accept({ type: 'entry.revert', entryId: 'a', revertId: 'undo' })
    await queue.accept({ type: 'entry.revert', entryId: 'a', revertId: 'undo' })
    expect(queue.view('undo').spec).toMatchObject({
      kind: 'revert',
      commit: 'main-0+a',
      base: 'main-0',
      afterwards: [],
    })
    await queue.pass('undo@main-0.a')
    expect(queue.eventsOf('landing.reverted')).toEqual([
      { type: 'landing.reverted', entryId: 'a', revertId: 'undo' },
    ])
    expect(queue.view('a').revertedBy).toBe('undo')
    expect(await queue.refuse({ type: 'entry.revert', entryId: 'a', revertId: 'again' })).toContain(
      'was reverted',
    )
  })
})
