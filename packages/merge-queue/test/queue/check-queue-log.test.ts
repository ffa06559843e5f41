import { describe, expect, it } from 'vitest'
import { checkQueueLog } from '../../src/queue/check-queue-log.ts'
import type { QueueEvent } from '../../src/queue/queue-event.ts'
import { driveQueue } from './drive-queue.ts'

/** The log of two entries that landed together. */
async function goodLog(): Promise<readonly QueueEvent[]> {
  const queue = await driveQueue({ policy: 'batch-bisect', slots: 1 })
  await queue.add('z')
  await queue.add('a')
  await queue.add('b', { after: ['a'] })
  await queue.pass('z')
  await queue.pass('a b')
  return queue.events
}

type Change = (event: QueueEvent) => readonly QueueEvent[]
const without =
  (isOut: (event: QueueEvent) => boolean): Change =>
  (event) =>
    isOut(event) ? [] : [event]

describe('the promise about the target, read off the log', () => {
  it('holds in a log of the queue', async () => {
    expect(() => checkQueueLog([])).not.toThrow()
    const log = await goodLog()
    expect(() => checkQueueLog(log)).not.toThrow()
  })

  it.each<[string, Change]>([
    [
      'each required check has passed under the candidate’s own key',
      without((event) => event.type === 'check.ended' && event.key.endsWith('+b')),
    ],
    [
      'each required check has passed under the candidate’s own key',
      (event) => [
        event.type === 'check.ended' ? { ...event, outcome: { kind: 'infrastructure', detail: 'x' } } : event,
      ],
    ],
    ['what lands was built on what it lands on', without((event) => event.type === 'candidate.built')],
    ['a landing starts where the target is', without((event) => event.type === 'target.moved')],
    [
      'nothing lands before what it comes after',
      (event) => [
        event.type === 'landing.intended' && event.entryIds.length > 1
          ? { ...event, entryIds: ['b', 'a'] }
          : event,
      ],
    ],
    ['an entry is queued once', (event) => (event.type === 'landing.queued' ? [event, event] : [event])],
    [
      'a target has one landing at a time',
      (event) => (event.type === 'landing.intended' ? [event, event] : [event]),
    ],
    [
      'what is past its intent does not leave the queue',
      (event) =>
        event.type === 'landing.intended'
          ? [event, { type: 'landing.cancelled', entryId: 'z', because: 'removed' }]
          : [event],
    ],
    [
      'what lands is what was intended',
      (event) => [event.type === 'landing.landed' ? { ...event, to: 'something' } : event],
    ],
    [
      'what has landed does not come back',
      (event) =>
        event.type === 'landing.landed' ? [event, { type: 'landing.requeued', entryId: 'z' }] : [event],
    ],
    [
      'a landing names the candidate that it lands',
      (event) => [event.type === 'landing.intended' ? { ...event, to: 'something' } : event],
    ],
    [
      'nobody is rejected for what no check has said',
      (event) => [
        event.type === 'landing.checked'
          ? {
              type: 'landing.rejected',
              entryId: 'z',
              problem: { reason: 'check-failed', checks: [{ name: 'unit', detail: 'x' }] },
            }
          : event,
      ],
    ],
  ])('is broken where not: %s', async (promise, change) => {
    const log = await goodLog()
    expect(() => checkQueueLog(log.flatMap(change))).toThrow(promise)
  })
})
