import { expect, test } from 'vitest'
import { checkName } from '../../src/landing/check-definitions.ts'
import { environmentMark } from '../../src/landing/environment-mark.ts'

test('equal environments have equal marks, in whatever order and whatever shell', () => {
  const mark = environmentMark({ PATH: '/bin', KEY: 'one' })
  expect(environmentMark({ KEY: 'one', PATH: '/bin', SHLVL: '2', _: '/bin/ws', GONE: undefined })).toBe(mark)
  expect(environmentMark({ PATH: '/bin', KEY: 'two' })).not.toBe(mark)
  expect(environmentMark({ PATH: '/bin' })).not.toBe(mark)
})

test('a mark holds nothing of what it is made of', () => {
  expect(environmentMark({ KEY: 'secret' })).toMatch(/^[0-9a-f]{12}$/)
})

test('a check is another one in another environment, and the same one in an equal one', () => {
  const lint = { run: 'lint' }
  expect(checkName('lint', lint, 'one')).not.toBe(checkName('lint', lint, 'two'))
  expect(checkName('lint', lint, 'one')).not.toBe(checkName('lint', lint))
  expect(checkName('lint', lint, 'one')).toBe(checkName('lint', { ...lint }, 'one'))
})
