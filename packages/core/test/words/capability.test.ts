import { expect, test } from 'vitest'
import { canonicalCapability } from '../../src/words/capability.ts'

test('tests is testing and docs is documentation, in any case', () => {
  expect(['tests', 'Testing', 'DOCS', 'documentation', 'Python'].map(canonicalCapability)).toEqual([
    'testing',
    'testing',
    'documentation',
    'documentation',
    'python',
  ])
})
