import { expect, test } from 'vitest'
import { checkKey } from '../../src/words/check-name.ts'

test('spellings of one check are the same', () => {
  expect(new Set(['tests', 'unit_tests', 'unit-tests', 'Tests'].map(checkKey)).size).toBe(1)
  expect(new Set(['security-scan', 'security_scan', 'security'].map(checkKey)).size).toBe(1)
  expect(checkKey('lint')).not.toBe(checkKey('tests'))
})
