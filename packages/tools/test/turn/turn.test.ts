import { expect, test } from 'vitest'
import type { TurnEvent, TurnOptions } from '../../src/adapter/tool-adapter.ts'
import { Turn } from '../../src/turn/turn.ts'
import { UsageMeter } from '../../src/usage/usage-meter.ts'

const kinds = { write: ['Write'], command: ['Bash'] }

function makeTurn(options: TurnOptions = {}, isReadOnly = false): Turn {
  return new Turn({ options, meter: new UsageMeter(), rules: [], kinds, now: () => 0, isReadOnly })
}

const denied = { kind: 'write', name: 'Write', paths: ['a.txt'] } as const

test('ends once: what comes after its end changes nothing', async () => {
  const events: TurnEvent[] = []
  const turn = makeTurn({ onEvent: (event) => events.push(event) })
  turn.hear({ says: 'text', text: 'done', part: 'piece' })
  turn.complete()
  turn.fail({ reason: 'crashed', detail: 'later' })
  turn.lose({ exitCode: 1, signal: null, errorTail: '' })
  turn.hear({ says: 'text', text: 'more', part: 'piece' })
  expect(await turn.ended).toMatchObject({ outcome: 'completed', text: 'done' })
  expect(events).toEqual([{ type: 'text', text: 'done' }])
})

test('a denied write with no change is refused, not done', async () => {
  const turn = makeTurn()
  await turn.ask(denied)
  turn.complete()
  expect(await turn.ended).toMatchObject({
    outcome: 'failed',
    failure: { reason: 'refused' },
    denied: [denied],
  })
})

test('a denied write that was made good by another is done', async () => {
  const turn = makeTurn()
  await turn.ask(denied)
  turn.hear({ says: 'tool', name: 'Write', status: 'done', paths: ['b.txt'] })
  turn.complete()
  expect(await turn.ended).toMatchObject({ outcome: 'completed', files: ['b.txt'], denied: [denied] })
})

test('where nothing was to be changed, what is denied is denied as it was meant to be', async () => {
  const turn = makeTurn({}, true)
  await turn.ask(denied)
  turn.complete()
  expect(await turn.ended).toMatchObject({ outcome: 'completed' })
})

test('a denial is listed once, though the tool and we both say it', async () => {
  const turn = makeTurn({ decide: () => ({ isAllowed: false, because: 'no' }) })
  await turn.ask(denied)
  turn.hear({ says: 'denied', name: 'Write', paths: ['a.txt'] })
  turn.complete()
  expect((await turn.ended).denied).toEqual([denied])
})

test.each([
  [
    'throws',
    () => {
      throw new Error('broken')
    },
  ],
  ['rejects', () => Promise.reject(new Error('broken'))],
  ['is not there', undefined],
])('what is asked is denied where the one who decides %s', async (_what, decide) => {
  const turn = makeTurn(decide === undefined ? {} : { decide })
  expect(await turn.ask(denied)).toMatchObject({ isAllowed: false })
})

test('a listener that throws hurts nobody', async () => {
  const turn = makeTurn({
    onEvent: () => {
      throw new Error('mine')
    },
  })
  turn.hear({ says: 'text', text: 'still here', part: 'delta' })
  turn.complete()
  expect((await turn.ended).text).toBe('still here')
})

test('the answer is what was said last: after the last use of a tool', async () => {
  const turn = makeTurn()
  turn.hear({ says: 'text', text: 'I will look.', part: 'piece' })
  turn.hear({ says: 'tool', id: '1', name: 'Read', status: 'started', paths: [] })
  turn.hear({ says: 'tool', id: '1', status: 'done', paths: [] })
  turn.hear({ says: 'text', text: 'All ', part: 'delta' })
  turn.hear({ says: 'text', text: 'good.', part: 'delta' })
  turn.complete()
  expect((await turn.ended).text).toBe('All good.')
})

test('ties the end of a tool to its beginning', async () => {
  const events: TurnEvent[] = []
  const turn = makeTurn({ onEvent: (event) => events.push(event) })
  turn.hear({ says: 'tool', id: '1', name: 'Write', status: 'started', paths: ['a.txt'] })
  turn.hear({ says: 'tool', id: '1', status: 'done', paths: [] })
  turn.hear({ says: 'tool', id: '2', name: 'Write', status: 'started', paths: ['b.txt'] })
  turn.hear({ says: 'tool', id: '2', status: 'failed', paths: [] })
  turn.complete()
  expect((await turn.ended).files).toEqual(['a.txt'])
  expect(events[1]).toEqual({ type: 'tool', name: 'Write', status: 'done', paths: ['a.txt'] })
})

test('an error that no rule knows is a crash of the tool', async () => {
  const turn = makeTurn()
  turn.hear({ says: 'error', error: { message: 'something odd' } })
  turn.hear({ says: 'end', outcome: 'failed' })
  expect(await turn.ended).toMatchObject({ failure: { reason: 'crashed', detail: 'something odd' } })
})

test('a process that goes after it was told to is interrupted, not lost', async () => {
  const turn = makeTurn()
  turn.isInterrupted = true
  turn.lose({ exitCode: null, signal: 'SIGKILL', errorTail: '' })
  expect(await turn.ended).toMatchObject({ outcome: 'interrupted' })
})
