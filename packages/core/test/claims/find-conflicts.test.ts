import { describe, expect, it } from 'vitest'
import type { Claim, ClaimMode } from '../../src/claims/claim.ts'
import { findConflicts } from '../../src/claims/find-conflicts.ts'

const claim = (path: string, mode: ClaimMode = 'exclusive'): Claim => ({ path, mode })

describe('findConflicts', () => {
  const auth = { id: 'auth', claims: [claim('src/auth/**'), claim('docs/auth.md')] }
  const tests = { id: 'tests', claims: [claim('tests/**'), claim('**/*.test.ts')] }
  const docs = { id: 'docs', claims: [claim('docs/**', 'shared')] }
  const prose = { id: 'prose', claims: [claim('**/*.md', 'shared')] }

  it('names every pair once, with the claims and a path of both', () => {
    expect(findConflicts([auth, tests, docs, prose])).toEqual([
      {
        a: 'auth',
        b: 'tests',
        claimA: auth.claims[0],
        claimB: tests.claims[1],
        witness: 'src/auth/.test.ts',
      },
      { a: 'auth', b: 'docs', claimA: auth.claims[1], claimB: docs.claims[0], witness: 'docs/auth.md' },
      { a: 'tests', b: 'docs', claimA: tests.claims[1], claimB: docs.claims[0], witness: 'docs/.test.ts' },
      { a: 'auth', b: 'prose', claimA: auth.claims[0], claimB: prose.claims[0], witness: 'src/auth/.md' },
      { a: 'tests', b: 'prose', claimA: tests.claims[0], claimB: prose.claims[0], witness: 'tests/.md' },
    ])
  })

  it('leaves out pairs that are ordered', () => {
    const conflicts = findConflicts([auth, tests, docs], { ordered: (a, b) => a === 'auth' && b === 'tests' })
    expect(conflicts.map(({ a, b }) => [a, b])).toEqual([
      ['auth', 'docs'],
      ['tests', 'docs'],
    ])
  })

  it('follows the case of the repository', () => {
    const holders = [
      { id: 'a', claims: [claim('SRC')] },
      { id: 'b', claims: [claim('src/x')] },
    ]
    expect(findConflicts(holders)).toEqual([])
    expect(findConflicts(holders, { ignoreCase: true })).toMatchObject([{ witness: 'src/x' }])
  })
})
