import { expect, test } from 'vitest'
import { AnswerText } from '../../src/turn/answer-text.ts'

test('joins many small parts, and pieces with a line between them', () => {
  const answer = new AnswerText()
  for (let count = 0; count < 5_000; count++) answer.delta('ab')
  answer.piece('end')
  expect(answer.text).toBe(`${'ab'.repeat(5_000)}\n\nend`)
  answer.answer('instead')
  expect(answer.text).toBe('instead')
})

test('keeps what was said before a tool where nothing is said after it', () => {
  const answer = new AnswerText()
  answer.piece('before')
  answer.pause()
  answer.delta('')
  expect(answer.text).toBe('before')
  answer.piece('after')
  expect(answer.text).toBe('after')
})

test('is cut where it is endless', () => {
  const answer = new AnswerText()
  const part = 'x'.repeat(1_000_000)
  for (let count = 0; count < 10; count++) answer.delta(part)
  expect(answer.text).toHaveLength(8_000_000)
})
