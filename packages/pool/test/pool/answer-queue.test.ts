import { ManualClock } from '@ws/core/testing'
import { expect, test } from 'vitest'
import { AnswerQueue } from '../../src/pool/answer-queue.ts'

test('an answer that comes too late for one reader is there for the next', async () => {
  const clock = new ManualClock()
  const answers = new AnswerQueue<string>(clock)
  const early = answers.take(100)
  clock.advanceBy(100)
  expect(await early).toBeUndefined()
  answers.put('late')
  expect(answers.size).toBe(1)
  expect(await answers.take(0)).toBe('late')
})

test('answers are read once each, in their order, by readers in theirs', async () => {
  const clock = new ManualClock()
  const answers = new AnswerQueue<string>(clock)
  const readers = [answers.take(100), answers.take(100)]
  for (const answer of ['a', 'b', 'c']) answers.put(answer)
  expect(await Promise.all([...readers, answers.take(100), answers.take(0)])).toEqual([
    'a',
    'b',
    'c',
    undefined,
  ])
  expect(clock.next()).toBeUndefined()
})
