import { MemoryJournal, type Published, type RunEvent } from '@ws/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ToldEvents } from '../../src/hosts/told-events.ts'

/** A log of as many events, one to a step, and the same as they are told. */
async function logOf(count: number) {
  const journal = new MemoryJournal()
  const events: Published<RunEvent>[] = []
  for (let seq = 1; seq <= count; seq++) {
    const event: RunEvent = { type: 'host.left', hostId: `h${seq}` }
    const inputs = [{ at: seq, input: { type: 'host.left' }, events: 1 }]
    await journal.append({ stream: 'run', epoch: 1, expectedVersion: seq - 1, inputs, events: [event] })
    events.push({ seq, at: seq, event })
  }
  return { journal, events }
}

test('whatever is missed between two leaders is told once and in order, with what comes meanwhile after it', () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({ before: fc.nat(6), missed: fc.nat(6), again: fc.nat(6), after: fc.nat(6) }),
      async ({ before, missed, again, after }) => {
        const { journal, events } = await logOf(before + missed + after)
        const told = new ToldEvents()
        const seen: number[] = []
        told.feed.on('*', ({ seq }) => seen.push(seq))
        told.beginAfter(0)
        told.tell(events.slice(0, before))
        const caughtUp = told.catchUp(before + missed, async () => journal)
        // A new leader may tell some of it a second time.
        told.tell(events.slice(Math.max(before, before + missed - again)))
        await caughtUp
        expect(seen).toEqual(events.map(({ seq }) => seq))
      },
    ),
  ))

test('what was there before the first leader is not told', async () => {
  const { events } = await logOf(4)
  const told = new ToldEvents()
  const seen: number[] = []
  told.feed.on('*', ({ seq }) => seen.push(seq))
  told.beginAfter(2)
  told.tell(events)
  expect(seen).toEqual([3, 4])
})
