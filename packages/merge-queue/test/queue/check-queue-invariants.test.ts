import { describe, expect, it } from 'vitest'
import { checkQueueInvariants } from '../../src/queue/check-queue-invariants.ts'
import type { QueueState } from '../../src/queue/queue-state.ts'
import { driveQueue } from './drive-queue.ts'

describe('promises about a state', () => {
  it.each<[string, (state: QueueState) => void]>([
    ['live entries are those of their target', (state) => state.targets.get('main')!.live.clear()],
    [
      'what is MERGING is being landed',
      (state) => (state.entries.get('b')!.phase = { state: 'MERGING', landId: 'l' }),
    ],
    [
      'a predicted conflict is with one that is still there',
      (state) => (state.entries.get('b')!.parkedBehind = { entryId: 'x', conflicts: [] }),
    ],
    [
      'only what failed or conflicts is escalated',
      (state) =>
        void state.escalations.set('b', {
          escalation: 1,
          problem: { reason: 'infrastructure', detail: 'x' },
        }),
    ],
    [
      'no more checks run than there are slots',
      (state) => (state.settings = { ...state.settings, slots: 1 }),
    ],
    ['nothing is checked twice at once', (state) => void state.runs.set('r9', state.runs.get('r2')!)],
    [
      'nothing is tested without what it comes after',
      (state) => (state.entries.get('b')!.spec = after(state, 'c')),
    ],
    [
      'nothing is tested with an entry that left',
      (state) => {
        const target = state.targets.get('main')!
        const b = state.entries.get('b')!
        target.live.delete(b)
        b.phase = { state: 'CANCELLED', at: 0, because: 'removed' }
        target.lines = undefined
      },
    ],
    ['a line that could go on goes on', (state) => state.runs.clear()],
    ['a landing starts where the target is', (state) => (state.targets.get('main')!.landed = 'elsewhere')],
    ['what has lost its base is not checked', (state) => (state.entries.get('b')!.spec = after(state, 'f'))],
  ])('are broken where not: %s', async (promise, breakIt) => {
    const queue = await driveQueue({
      lands: promise !== 'a landing starts where the target is' ? true : false,
    })
    await queue.add('f')
    await queue.fail('f')
    await queue.addAll('a b c')
    if (promise === 'a landing starts where the target is') await queue.pass('a')
    expect(() => checkQueueInvariants(queue.state)).not.toThrow()
    breakIt(queue.state)
    queue.state.isDerived = false
    expect(() => checkQueueInvariants(queue.state)).toThrow(promise)
  })
})

function after(state: QueueState, id: string) {
  return { ...state.entries.get('b')!.spec, after: [id] }
}
