import { expect, test } from 'vitest'
import { formatProblems } from '../../../src/plan/problem/format-problems.ts'
import { formatPath, type PlanProblem } from '../../../src/plan/problem/plan-problem.ts'

const problem: PlanProblem = {
  code: 'WS_PLAN_VALUE',
  severity: 'error',
  message: 'expected a list',
  path: 'a.b',
}

test('a problem without a text is its sentence, its path and the hint', () => {
  expect(
    formatProblems([
      { ...problem, hint: 'write [x]' },
      { ...problem, severity: 'warning', path: '' },
    ]),
  ).toBe('expected a list\n  a.b: write [x]\n\nwarning: expected a list')
})

test('a long line is cut around what is meant', () => {
  const text = `first\n${'x'.repeat(200)}HERE${'y'.repeat(200)}\n`
  const shown = formatProblems(
    [{ ...problem, file: 'p.yaml', line: 2, column: 201, span: { start: 206, end: 210 } }],
    { text, width: 60 },
  )
  const [, line = '', mark = ''] = shown.split('\n')
  expect(line.length).toBeLessThanOrEqual(60)
  expect(line.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('HERE')
})

test('a mark never leaves its line', () => {
  const text = 'a:\n  b: 1\n  c: 2\n'
  const shown = formatProblems([{ ...problem, line: 2, column: 3, span: { start: 5, end: 16 } }], { text })
  expect(shown.split('\n').slice(1, 3)).toEqual(['    2 |   b: 1', '      |   ^^^^'])
})

test('a document does not speak to the terminal', () => {
  const text = 'a: \u001b[31mred\u202e\n'
  const shown = formatProblems(
    [{ ...problem, message: 'found "\u001b[31m"', line: 1, column: 4, span: { start: 3, end: 8 } }],
    { text },
  )
  expect(['\u001b', '\u202e'].filter((mark) => shown.includes(mark))).toEqual([])
})

test('paths are written as in code', () => {
  expect(formatPath(['workstreams', 0, 'tasks', 12, 'needs'])).toBe('workstreams[0].tasks[12].needs')
  expect(formatPath(['checks', 'a b', 'unit-1'])).toBe('checks["a b"].unit-1')
  expect(formatPath([])).toBe('')
})
