import { expect, test } from 'vitest'
import { nearestName } from '../../src/words/nearest-name.ts'

const tools = ['claude', 'codex', 'cursor-agent', 'aider']

test('a slip of the fingers finds the name that was meant', () => {
  expect(
    ['cluade', 'claud', 'CODEX', 'aidr', 'coudex', 'cursoragent'].map((name) => nearestName(name, tools)),
  ).toEqual(['claude', 'claude', 'codex', 'aider', 'codex', 'cursor-agent'])
})

test('what is too far from every name suggests none', () => {
  expect(nearestName('gemini', tools)).toBeUndefined()
  expect(nearestName('x', [])).toBeUndefined()
})

test('of equally near names it is the first', () => {
  expect(nearestName('n0', ['n1', 'n2'])).toBe('n1')
})
