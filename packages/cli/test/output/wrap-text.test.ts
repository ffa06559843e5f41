import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wrapText } from '../../src/output/wrap-text.ts'

test('lines are broken at spaces, and those that follow are indented', () => {
  expect(wrapText('waited  guide, for a file that somebody else held', 34, '        ')).toEqual([
    'waited  guide, for a file that',
    '        somebody else held',
  ])
})

test('a word that is longer than a line stays whole', () => {
  const path = `/a/${'b'.repeat(50)}`
  expect(wrapText(`see ${path} there`, 40)).toEqual(['see', path, 'there'])
})

test('no word is lost, and no line with more than one word is too long', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 30 }),
      fc.integer({ min: 30, max: 90 }),
      (words, width) => {
        const lines = wrapText(words.join(' '), width, '  ')
        expect(
          lines
            .join(' ')
            .split(/\s+/)
            .filter((word) => word !== ''),
        ).toEqual(words)
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
      },
    ),
  )
})
