import { expect, test } from 'vitest'
import { isBranchName } from '../../src/words/branch-name.ts'

test('branch names are those that git accepts', () => {
  for (const name of ['main', 'lane/oauth2-n1', 'feature/a.b', 'ä'])
    expect(isBranchName(name), name).toBe(true)
  const refused = [
    '',
    '-x',
    '/a',
    'a/',
    'a//b',
    'a..b',
    'a b',
    'a~',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[',
    'a\\b',
    'a.',
    '.a',
    'a/.b',
    'a.lock',
    'a.lock/b',
    'a@{b',
    '@',
    'HEAD',
    'a\u007f',
  ]
  for (const name of refused) expect(isBranchName(name), name).toBe(false)
})
