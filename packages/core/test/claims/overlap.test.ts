import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClaimPattern } from '../../src/claims/claim.ts'
import { matchesClaim } from '../../src/claims/match-claim.ts'
import { compileClaim, CompiledClaim } from '../../src/claims/compiled-claim.ts'
import { claimsOverlap, compiledOverlap, overlapWitness } from '../../src/claims/overlap.ts'
import { arbitraryClaimPattern, arbitraryPattern } from './arbitrary-claim.ts'
import { allPaths, claimOracle } from './glob-oracle.ts'

// Two patterns and the shortest path of both; '-' where there is none.
const PAIRS: Record<string, readonly (readonly [a: string, b: string, witness: string])[]> = {
  'plain paths meet where one contains the other': [
    ['src', 'src', 'src'],
    ['src', 'src/auth', 'src/auth'],
    ['src/', 'src/**', 'src'],
    ['src', 'srcs', '-'],
    ['src/a', 'src/b', '-'],
    ['a/b/c', 'a', 'a/b/c'],
    ['a', 'A', '-'],
  ],
  'stars meet text and each other': [
    ['*.ts', 'a*', 'a.ts'],
    ['*.ts', '*.js', '-'],
    ['a*b', 'b*', '-'],
    ['a*', '*b', 'ab'],
    ['*a*', '*b*', 'ba'],
    ['a*c', 'ab*', 'abc'],
    ['*', 'a/b', '-'],
    ['*', 'a', 'a'],
    ['*/b', 'a/*', 'a/b'],
    ['*/*', '*', '-'],
    ['*.test.ts', '*.ts', '.test.ts'],
    ['aa*aa', 'aaa', '-'],
    ['aa*aa', 'a*a', 'aaaa'],
  ],
  'any depth meets any depth': [
    ['**', '**', 'a'],
    ['**/a', 'b/**', 'b/a'],
    ['src/**/*.ts', 'src/auth/**', 'src/auth/.ts'],
    ['src/**/*.ts', '**/*.md', '-'],
    ['src/**/a', 'src/a', 'src/a'],
    ['a/**/b', 'a/b', 'a/b'],
    ['a/**/b/**/c', 'a/c/*', '-'],
    ['a/**/b/**/c', 'a/*/*/*', 'a/a/b/c'],
    ['**/x', '*/*/*', 'a/x/a'],
    ['src/*.ts', 'src/*/*.ts', '-'],
    ['**/*.md', 'docs/*/x.??', 'docs/a/x.md'],
    ['**/node_modules/**', 'packages/*/node_modules', 'packages/a/node_modules'],
    ['**/b', '**/a/*', 'a/b'],
  ],
  'single characters and classes meet': [
    ['?', 'a', 'a'],
    ['?', 'ab', '-'],
    ['??', '[a-c][x-z]', 'ax'],
    ['[a-c]', '[c-e]', 'c'],
    ['[a-c]', '[d-f]', '-'],
    ['[!a]', 'a', '-'],
    ['[!a]', '[a-b]', 'b'],
    ['[!a]', '[!b]', 'c'],
    ['[!a-y]', '[a-z]', 'z'],
    ['[!a-z]', '[a-z]', '-'],
    ['a[!b]c', 'a?c', 'aac'],
    ['a?b', 'a/b', '-'],
    ['a[+-0]b', 'a/b', '-'],
    ['?', '🙂', '🙂'],
  ],
  'braces meet alternative by alternative': [
    ['{a,b}', '{b,c}', 'b'],
    ['{a,b}', '{c,d}', '-'],
    ['{a,b}/**', 'b/c', 'b/c'],
    ['src/{a,b/c}/x', 'src/*/c/*', 'src/b/c/x'],
    ['x{a,{b,c}y}', '*cy', 'xcy'],
    ['{**,a}/b', 'c/*', 'c/b'],
    ['x{**,a}/b', 'x/c/b', '-'],
    ['*{*,a}/b', 'q/r/b', 'q/r/b'],
    ['{*,a}***', 'q/r', '-'],
    ['***{*,a}', 'q/r', '-'],
    ['{a,b}{c,d}', '?d', 'ad'],
    ['src/*.{ts,tsx}', 'src/*.t?x', 'src/.tsx'],
    ['{src,lib}/**', '{lib,bin}', 'lib'],
    ['{a,*b}', 'a/x', 'a/x'],
    ['{a,*b}', 'bb/x', '-'],
  ],
  'a path is never made of "." and ".."': [
    ['?', '[.]', '-'],
    ['??', '.[.]', '-'],
    ['?', '[.a]', 'a'],
    ['.*', '??', '.a'],
    ['.*', '...', '...'],
    ['[.][.]*', '???', '..a'],
    ['[.]/a', '*/a', '-'],
    ['a/[.]/b', '**', '-'],
    ['a/[.][.]/b', '**', '-'],
  ],
  'escaped characters are text': [
    ['\\*', '*', '*'],
    ['\\*', 'a', '-'],
    ['\\[a\\]', '[[]a?', '[a]'],
    ['a\\{b', 'a?b', 'a{b'],
  ],
}

describe('overlapWitness', () => {
  for (const [rule, rows] of Object.entries(PAIRS)) {
    it.each(rows)(`${rule}: %s and %s`, (a, b, witness) => {
      const expected = witness === '-' ? undefined : witness
      expect(overlapWitness(a, b)).toBe(expected)
      expect(overlapWitness(b, a)).toBe(expected)
      expect(claimsOverlap(a, b)).toBe(expected !== undefined)
    })
  }

  const cut = (path: string, ...exclude: string[]): ClaimPattern => ({ path, exclude })
  it.each([
    [cut('src/**', 'src/gen'), 'src/gen/**', undefined],
    [cut('src/**', 'src/gen'), 'src/gen', undefined],
    [cut('src/**', 'src/gen/*'), 'src/gen/**', 'src/gen'],
    [cut('src/**', 'src/gen'), 'src/**', 'src'],
    [cut('src/**', 'src/gen'), 'src/g*', 'src/g'],
    [cut('src/**', 'src/gen'), 'src/*/**/a', 'src/a/a'],
    [cut('src/**', '**/*.md'), '**/*.md', undefined],
    [cut('src/**', '**/*.md'), 'src/*.m?', 'src/.ma'],
    [cut('**', '*'), '?', undefined],
    [cut('**', '*/**'), '**', undefined],
    [cut('**', 'a', 'b'), '{a,b}/**', undefined],
    [cut('**', 'a', 'b'), '{a,b,c}', 'c'],
    [cut('[a-c]', 'a'), cut('[a-c]', 'b'), 'c'],
    [cut('[a-c]', 'a', 'c'), cut('[a-c]', 'b'), undefined],
    [cut('a*', '*b'), '*b', undefined],
    [cut('a*', '*b'), '*bc', 'abc'],
    [cut('src/**', '**/[!a]*'), 'src/*', 'src/a'],
    [cut('src/**', '**/[!a]*'), 'src/b*/**', 'src/b/a'],
    [cut('**', '**/[!s]*'), 's*/*', 's/s'],
    [cut('*', '??*'), '**', 'a'],
    [cut('*', '?'), '**', 'aa'],
    [cut('src/**', 'lib/**'), 'src/a', 'src/a'],
    [cut('src', 'src/**'), 'src', undefined],
    [cut('src/{a,b}', 'src/a'), 'src/[a-z]', 'src/b'],
    [cut('src/**', '{src/a,docs}'), 'src/a/b', undefined],
    [cut('src/**', 'src/\\*'), 'src/\\*', undefined],
    [cut('**', '**/.*'), '**/.*', undefined],
    [cut('a/**', 'a/**/b'), 'a/*/b', undefined],
    [cut('a/**', 'a/**/b'), 'a/b*/*', 'a/ba/a'],
  ])('takes the exclusions of %j out before it meets %j', (a, b, witness) => {
    expect(overlapWitness(a, b)).toBe(witness)
    expect(overlapWitness(b, a)).toBe(witness)
    expect(claimsOverlap(a, b)).toBe(witness !== undefined)
  })

  it.each([
    ['SRC/*.ts', 'src/A*', 'src/a.ts'],
    ['[A-C]', '[c-e]', 'c'],
    ['[!a]', 'A', undefined],
    ['É', 'é', 'é'],
    ['[!a-z]', 'K', undefined],
    ['k', '\u212a', 'k'],
    [{ path: '[A-B]', exclude: ['a'] }, '?', 'b'],
    [{ path: '*', exclude: ['a*'] }, 'A*', undefined],
    [{ path: '[.à]', exclude: ['À'] }, '?', undefined],
  ])('ignores case when told so: %j and %j', (a, b, witness) => {
    expect(overlapWitness(a, b, { ignoreCase: true })).toBe(witness)
    expect(claimsOverlap(b, a, { ignoreCase: true })).toBe(witness !== undefined)
  })

  it('prefers characters that can be read, and takes others where there is no choice', () => {
    expect(overlapWitness('{\u0001,bb}', '**')).toBe('bb')
    expect(overlapWitness('[\u0001-\u0005]', '**')).toBe('\u0001')
    expect(overlapWitness('[\u0001-~]', '[!a-y]')).toBe('z')
    expect(overlapWitness('[\u0080-ü]', '?')).toBe('¡')
  })

  it('refuses an invalid pattern on either side, and a NUL that imitates an exclusion', () => {
    expect(() => claimsOverlap('a', '../b')).toThrow(/leaves its directory/)
    expect(() => claimsOverlap({ path: 'a', exclude: ['/b'] }, 'a')).toThrow(/begins with "\/"/)
    expect(claimsOverlap({ path: 'a', exclude: ['b'] }, 'a')).toBe(true)
    expect(() => claimsOverlap('1\0a\0b', 'a')).toThrow(/NUL/)
  })

  it('refuses a claim whose exclusions are too much together', () => {
    const claim = { path: '**', exclude: [`**/*a${'?'.repeat(20)}`] }
    expect(() => claimsOverlap(claim, '*.ts')).toThrow(expect.objectContaining({ code: 'WS_CLAIM_INVALID' }))
  })

  it('decides about claims that are too many to be remembered', () => {
    const late = Object.assign(new CompiledClaim('late/*a', { path: 'late/*a' }, false), { id: 2 ** 26 })
    expect(compiledOverlap(late, compileClaim('late/b*', false))).toBe(true)
    expect(compiledOverlap(compileClaim('late/*b', false), late)).toBe(false)
  })
})

describe('the overlap of any two claims', () => {
  const maxLength = 5
  // Besides the letters of the patterns, one character in the range A-a and one that no class names.
  const paths = allPaths('abA._0', maxLength)
  const options = fc.record({ ignoreCase: fc.boolean() })

  it('agrees with trying every short path', { timeout: 60_000 }, () => {
    const check = (a: ClaimPattern, b: ClaimPattern, { ignoreCase }: { ignoreCase: boolean }) => {
      const [inA, inB] = [claimOracle(a, ignoreCase), claimOracle(b, ignoreCase)]
      const first = paths.find((path) => inA(path) && inB(path))
      const witness = overlapWitness(a, b, { ignoreCase })
      expect(claimsOverlap(a, b, { ignoreCase })).toBe(witness !== undefined)
      if (witness === undefined) expect(first).toBeUndefined()
      else {
        expect(inA(witness) && inB(witness)).toBe(true)
        expect(witness.length).toBe(first?.length ?? Math.max(witness.length, maxLength + 1))
      }
    }
    fc.assert(fc.property(arbitraryClaimPattern, arbitraryClaimPattern, options, check), { numRuns: 1500 })
  })

  it('is the same from both sides, witness included', () => {
    const check = (a: ClaimPattern, b: ClaimPattern, { ignoreCase }: { ignoreCase: boolean }) => {
      expect(claimsOverlap(a, b, { ignoreCase })).toBe(claimsOverlap(b, a, { ignoreCase }))
      expect(overlapWitness(a, b, { ignoreCase })).toBe(overlapWitness(b, a, { ignoreCase }))
    }
    fc.assert(fc.property(arbitraryClaimPattern, arbitraryClaimPattern, options, check))
  })

  it('shows a path that both match', () => {
    const check = (a: ClaimPattern, b: ClaimPattern, { ignoreCase }: { ignoreCase: boolean }) => {
      const witness = overlapWitness(a, b, { ignoreCase })
      if (witness === undefined) return
      expect(matchesClaim(a, witness, { ignoreCase }) && matchesClaim(b, witness, { ignoreCase })).toBe(true)
    }
    fc.assert(fc.property(arbitraryClaimPattern, arbitraryClaimPattern, options, check))
  })

  it('holds between a claim and each path that belongs to it', () => {
    const check = (claim: ClaimPattern, path: string, { ignoreCase }: { ignoreCase: boolean }) => {
      if (matchesClaim(claim, path, { ignoreCase }))
        expect(claimsOverlap(claim, path, { ignoreCase })).toBe(true)
      else expect(claimsOverlap(claim, { path, exclude: [`${path}/*/**`] }, { ignoreCase })).toBe(false)
    }
    fc.assert(fc.property(arbitraryClaimPattern, fc.constantFrom(...paths), options, check), { numRuns: 500 })
  })

  it('holds between a part of a claim and the whole, unless the part is empty', () => {
    const check = (part: string, rest: string) => {
      const isEmpty = overlapWitness(part, '**') === undefined
      expect(claimsOverlap(part, `{${part},${rest}}`)).toBe(!isEmpty)
    }
    fc.assert(fc.property(arbitraryPattern, arbitraryPattern, check))
  })

  it('does not hold between a claim and one that cuts it out', () => {
    fc.assert(
      fc.property(arbitraryPattern, (path) => {
        expect(claimsOverlap(path, { path: '**', exclude: [path] })).toBe(false)
      }),
    )
  })
})

describe('a hostile pattern', () => {
  it.each([
    ['{a,b}'.repeat(30), `${'{a,b}'.repeat(29)}c`, false],
    ['*a'.repeat(500), '*b'.repeat(500), false],
    [`*${'a'.repeat(1000)}`, `*${'a'.repeat(999)}b`, false],
    [`${'**/a/'.repeat(200)}x*`, `${'**/b/a/'.repeat(140)}y*`, false],
    ['*[!a]*'.repeat(150), '*[!b]*'.repeat(150), true],
    [`${'{a,'.repeat(250)}a${'}'.repeat(250)}`, '*b', false],
  ])('is decided: %.20s', (a, b, expected) => {
    expect(claimsOverlap(a, b)).toBe(expected)
  })
})
