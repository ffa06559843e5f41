import { expect, test } from 'vitest'
import { SessionBook } from '../../src/pool/session-book.ts'

test('a book of conversations knows where each was last, and forgets the longest unused', () => {
  const book = new SessionBook()
  book.note('a', { index: 0, known: undefined, hasBegun: true })
  book.note('b', { index: 0, known: { id: 'x' }, hasBegun: true })
  book.note('a', { index: 1, known: undefined, hasBegun: true })
  expect([book.size, book.countOf(0), book.countOf(1), book.countOf(2)]).toEqual([2, 1, 1, 0])
  expect(book.find('b')).toEqual({ index: 0, known: { id: 'x' }, hasBegun: true })
  book.forget('b')
  book.forget('b')
  expect([book.find('b'), book.countOf(0)]).toEqual([undefined, 0])
  for (let name = 0; name < 10_000; name++)
    book.note(`s${name}`, { index: 2, known: undefined, hasBegun: true })
  expect([book.size, book.find('a'), book.countOf(1)]).toEqual([10_000, undefined, 0])
})
