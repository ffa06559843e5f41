import { expect, test } from 'vitest'
import { parseDiff } from '../../src/guardrails/parse-diff.ts'

test('added lines have their file and their number in it', () => {
  const diff = [
    'diff --git src/a.ts src/a.ts',
    'index 1..2 100644',
    '--- src/a.ts',
    '+++ src/a.ts',
    '@@ -3 +3,2 @@ function x() {',
    '-old',
    '+new',
    '+newer',
    '@@ -10,0 +12 @@',
    '+last',
    'diff --git b.txt b.txt',
    'new file mode 100644',
    '--- /dev/null',
    '+++ b.txt',
    '@@ -0,0 +1 @@',
    '+only',
    String.raw`\ No newline at end of file`,
  ].join('\n')
  expect(parseDiff(diff)).toEqual({
    added: [
      { path: 'src/a.ts', line: 3, text: 'new' },
      { path: 'src/a.ts', line: 4, text: 'newer' },
      { path: 'src/a.ts', line: 12, text: 'last' },
      { path: 'b.txt', line: 1, text: 'only' },
    ],
    linesAdded: 4,
    linesRemoved: 1,
  })
})

test('lines that look like headers are lines where a hunk says so', () => {
  const diff = ['--- a.sql', '+++ a.sql', '@@ -1 +1,2 @@', '--- a comment', '+++ b', '+@@ -1 +1 @@'].join(
    '\n',
  )
  expect(parseDiff(diff)).toEqual({
    added: [
      { path: 'a.sql', line: 1, text: '++ b' },
      { path: 'a.sql', line: 2, text: '@@ -1 +1 @@' },
    ],
    linesAdded: 2,
    linesRemoved: 1,
  })
})

test('a name with a blank ends where git says', () => {
  const diff = ['--- /dev/null', '+++ a b.txt\t', '@@ -0,0 +1 @@', '+x'].join('\n')
  expect(parseDiff(diff).added[0]?.path).toBe('a b.txt')
})

test('no difference is no lines', () => {
  expect(parseDiff('')).toEqual({ added: [], linesAdded: 0, linesRemoved: 0 })
})
