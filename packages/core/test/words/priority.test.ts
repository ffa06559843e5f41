import { expect, test } from 'vitest'
import { formatPriority, Priority } from '../../src/words/priority.ts'

test('words are numbers of which the lowest is the most urgent, and normal is medium', () => {
  expect(['high', 'medium', 'normal', 'low'].map((word) => Priority.parse(word))).toEqual([1, 2, 2, 3])
})

test('whole numbers stand for themselves', () => {
  expect(Priority.parse(0)).toBe(0)
  expect(Priority.parse(17)).toBe(17)
  for (const wrong of [-1, 1.5, '1', 'urgent', 'High', null])
    expect(Priority.safeParse(wrong).success, String(wrong)).toBe(false)
})

test('a priority is written as its word where it has one', () => {
  expect([0, 1, 2, 3, 4].map(formatPriority)).toEqual([0, 'high', 'medium', 'low', 4])
})
