import { describe, expect, it } from 'vitest'
import type { QueueSettings } from '../../src/queue/queue-spec.ts'
import { driveQueue, entrySpec } from './drive-queue.ts'

const settings: QueueSettings = { slots: 1, checks: [], testEach: false, policy: 'adaptive', maxBatch: 4 }

describe('a command that cannot be obeyed', () => {
  it.each([
    [{ slots: 0 }, 'slots is 0; expected a whole number from 1 on'],
    [{ maxBatch: 1.5 }, 'maxBatch is 1.5; expected a whole number from 1 on'],
    [{ checks: [{ name: 'a', retries: -1 }] }, 'check "a" has -1 retries; expected a whole number from 0 on'],
    [
      {
        checks: [
          { name: 'a', retries: 0 },
          { name: 'a', retries: 0 },
        ],
      },
      'check "a" is there twice',
    ],
    [
      { checks: [{ name: 'a', retries: 0, inputs: ['../b'] }] },
      'check "a" has the input "../b", which is no pattern',
    ],
    [{ personChecks: ['a'] }, 'personChecks names check "a", which is not there'],
  ])('is one with settings %j', async (wrong, message) => {
    const queue = await driveQueue()
    const answer = await queue.refuse({ type: 'queue.configure', settings: { ...settings, ...wrong } })
    expect(answer).toBe(`WS_QUEUE_SETTINGS: ${message}`)
  })

  it('takes away a check that somebody waits for', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    expect(await queue.refuse({ type: 'queue.configure', settings })).toBe(
      'WS_CHECK_UNKNOWN: entry "a" names check "unit", which would be gone',
    )
  })

  it.each([
    [{ checks: ['lint'] }, 'WS_CHECK_UNKNOWN: there is no check "lint"'],
    [{ advisory: ['lint'] }, 'WS_CHECK_UNKNOWN: there is no check "lint"'],
    [{ after: ['b'] }, 'WS_ENTRY_UNKNOWN: it comes after entry "b", which is not there'],
    [{ level: 0.5 }, 'WS_ENTRY_INVALID: level is 0.5; expected a whole number, 0 first'],
    [
      { kind: 'person' as const },
      'WS_ENTRY_INVALID: what persons commit on a target is taken in by the queue itself',
    ],
    [
      { claims: [{ path: '/etc', mode: 'shared' as const }] },
      'WS_ENTRY_INVALID: its claim "/etc" is no pattern',
    ],
  ])('adds an entry with %j', async (wrong, message) => {
    const queue = await driveQueue()
    expect(await queue.refuse({ type: 'entry.add', entry: entrySpec('a', wrong) })).toBe(message)
    expect(queue.state.entries.size).toBe(0)
  })

  it('adds another commit, or for another target, under a name that is taken', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    expect(await queue.refuse({ type: 'entry.add', entry: entrySpec('a', { commit: 'other' }) })).toBe(
      'WS_ENTRY_EXISTS: entry "a" is there already, with another commit',
    )
    expect(await queue.refuse({ type: 'entry.add', entry: entrySpec('a', { target: 'next' }) })).toBe(
      'WS_ENTRY_EXISTS: entry "a" is there already, with another target',
    )
  })

  it('names an entry or a target that is not there', async () => {
    const queue = await driveQueue()
    expect(await queue.refuse({ type: 'entry.jump', entryId: 'a' })).toBe(
      'WS_ENTRY_UNKNOWN: there is no entry "a"',
    )
    expect(await queue.refuse({ type: 'target.thaw', target: 'main' })).toBe(
      'WS_TARGET_UNKNOWN: the queue knows no target "main"',
    )
  })

  it('asks something of an entry that its state does not allow', async () => {
    const queue = await driveQueue()
    await queue.addAll('a b')
    await queue.pass('a')
    const stateOf = (body: Parameters<typeof queue.refuse>[0]) => queue.refuse(body)
    expect(await stateOf({ type: 'entry.jump', entryId: 'a' })).toContain('"a" is MERGED and waits no more')
    expect(await stateOf({ type: 'entry.update', entryId: 'a', commit: 'x' })).toContain('"a" has landed')
    expect(await stateOf({ type: 'entry.approve', entryId: 'b' })).toContain(
      '"b" is not waiting for approval',
    )
    expect(await stateOf({ type: 'entry.revert', entryId: 'b', revertId: 'r' })).toContain(
      'only what has landed',
    )
    expect(await stateOf({ type: 'entry.relevel', entryId: 'b', level: 0.5 })).toContain(
      'cannot have level 0.5',
    )
    expect(await stateOf({ type: 'entry.revert', entryId: 'a', revertId: 'b' })).toContain(
      'is something else',
    )
    await queue.accept({ type: 'entry.revert', entryId: 'a', revertId: 'r' })
    await queue.pass('b r@main-0.a')
    expect(await stateOf({ type: 'entry.revert', entryId: 'r', revertId: 'rr' })).toContain('"r" is a revert')
  })

  it('adopts a branch that was not rewound', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    expect(await queue.refuse({ type: 'target.thaw', target: 'main', adopt: true })).toContain(
      'WS_TARGET_STATE',
    )
  })
})
