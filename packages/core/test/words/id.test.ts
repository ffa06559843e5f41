import { expect, test } from 'vitest'
import { Id } from '../../src/words/id.ts'

test('an id is safe in refs, file names and keys', () => {
  for (const id of ['n1', 'WS-1-T1', 'a.b', 'a_b', '01K6ZC3T9V0Q1W2E3R4T5Y6S7J'])
    expect(Id.safeParse(id).success, id).toBe(true)
  const refused = [
    '',
    ' ',
    'a b',
    'a/b',
    '-a',
    '.a',
    'a..b',
    'a.',
    'a.lock',
    'ä',
    'a\n',
    'x'.repeat(101),
    '../a',
    'a:b',
    '@',
  ]
  for (const id of refused) expect(Id.safeParse(id).success, id).toBe(false)
})

test('an id that is absent is not said to be spelled wrong', () => {
  expect(Id.safeParse(undefined).error?.issues[0]?.message).not.toContain('letters')
  expect(Id.safeParse(7).error?.issues[0]?.message).toContain('in quotes if it is a number')
})
