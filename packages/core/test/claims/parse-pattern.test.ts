import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesClaim } from '../../src/claims/match-claim.ts'
import { normalizePattern, parsePattern } from '../../src/claims/parse-pattern.ts'
import { arbitraryPattern } from './arbitrary-claim.ts'
import { allPaths } from './glob-oracle.ts'

describe('normalizePattern', () => {
  it.each([
    ['src', 'src'],
    ['src/', 'src/**'],
    ['src/**/', 'src/**'],
    ['./src//auth/./x', 'src/auth/x'],
    ['src/.', 'src/**'],
    ['src/*/', 'src/*/**'],
    ['{a,b/c}//d', '{a,b/c}/d'],
    ['{a,./b}/c', '{a,./b}/c'],
    ['[{]//\\{/a', '[{]/\\{/a'],
    ['./{a,/b}/', './{a,/b}/**'],
  ])('writes %j as %j', (pattern, normal) => {
    expect(normalizePattern(pattern)).toBe(normal)
  })

  it('turns Windows separators round only when told so', () => {
    expect(normalizePattern('src\\auth\\', { windowsPaths: true })).toBe('src/auth/**')
    expect(() => normalizePattern('src\\auth\\')).toThrow(/escapes nothing/)
  })

  it('keeps the meaning of any pattern, and changes nothing the second time', () => {
    const paths = allPaths('abA.', 4)
    fc.assert(
      fc.property(arbitraryPattern, (pattern) => {
        const normal = normalizePattern(pattern)
        expect(normalizePattern(normal)).toBe(normal)
        expect(paths.filter((path) => matchesClaim(normal, path))).toEqual(
          paths.filter((path) => matchesClaim(pattern, path)),
        )
      }),
    )
  })
})

describe('parsePattern', () => {
  it.each([
    ['src/auth', ['src', 'auth'], true],
    ['src/auth/', ['src', 'auth'], true],
    ['src/**', ['src'], true],
    ['**', [], true],
    ['src/*.ts', ['src'], false],
    ['src/**/a', ['src'], false],
    ['*/a', [], false],
    ['src/a{b,c}', ['src'], false],
    ['a\\*/b', ['a*', 'b'], true],
  ])('takes %j apart', (pattern, head, isTree) => {
    expect(parsePattern(pattern)).toMatchObject({ head, isTree })
  })
})
