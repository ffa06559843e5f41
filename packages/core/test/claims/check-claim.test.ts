import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkClaim, checkPattern, validateClaim } from '../../src/claims/check-claim.ts'
import { isWsError } from '../../src/errors/ws-error.ts'
import { arbitraryPattern } from './arbitrary-claim.ts'
import { expandBraces } from './glob-oracle.ts'

describe('checkPattern', () => {
  it.each([
    ['', 0, 'empty'],
    ['  ', 0, 'empty'],
    ['.', 1, 'empty'],
    ['./', 2, 'empty'],
    ['././.', 5, 'empty'],
    ['{a,}', 4, 'empty'],
    ['{,a}{,b}', 8, 'empty'],
    ['/a', 0, 'absolute'],
    ['//server/share', 0, 'absolute'],
    ['{/a,b}', 1, 'absolute'],
    ['{a,}/b', 4, 'absolute'],
    ['C:/a', 0, 'drive-letter'],
    ['c:a', 0, 'drive-letter'],
    ['..', 0, 'parent-directory'],
    ['../a', 0, 'parent-directory'],
    ['a/../b', 2, 'parent-directory'],
    ['a/..', 2, 'parent-directory'],
    ['./../a', 2, 'parent-directory'],
    ['a/{b,..}/c', 6, 'parent-directory'],
    ['{.,a}./b', 4, 'parent-directory'],
    ['a/\\.\\./b', 4, 'parent-directory'],
    ['!a', 0, 'negation'],
    ['!', 0, 'negation'],
    ['!(a)', 0, 'extglob'],
    ['x@(a|b)', 1, 'extglob'],
    ['x/+(a)', 2, 'extglob'],
    ['a?(b)', 1, 'extglob'],
    ['*(a)', 0, 'extglob'],
    ['**(a)', 1, 'extglob'],
    ['{a,!(b)}', 3, 'extglob'],
    ['{1..3}', 0, 'brace-range'],
    ['a{a..c}', 1, 'brace-range'],
    ['{a}', 0, 'brace-single'],
    ['{}', 0, 'brace-single'],
    ['{a,{b}}', 3, 'brace-single'],
    ['{a,b', 0, 'unbalanced-brace'],
    ['a/{b,{c,d}', 2, 'unbalanced-brace'],
    ['a}', 1, 'unbalanced-brace'],
    ['{a,b}}', 5, 'unbalanced-brace'],
    ['a[b', 1, 'unbalanced-bracket'],
    ['[!', 0, 'unbalanced-bracket'],
    ['[a-', 0, 'unbalanced-bracket'],
    ['a]', 1, 'unbalanced-bracket'],
    ['[]', 0, 'class-empty'],
    ['[!]', 0, 'class-empty'],
    ['[]a]', 0, 'class-empty'],
    ['[z-a]', 2, 'class-range'],
    ['[a/b]', 2, 'class-slash'],
    ['[!/]', 2, 'class-slash'],
    ['[[:alpha:]]', 1, 'class-posix'],
    ['src\\auth\\**', 3, 'escape'],
    ['a\\', 1, 'escape'],
    ['a\\/b', 1, 'escape'],
    ['[\\w]', 1, 'escape'],
    ['a\0b', 1, 'nul'],
    ['a\ud800', 1, 'unicode'],
    ['\u3000', 0, 'empty'],
    ['a'.repeat(1025), 1024, 'too-long'],
    ['a'.repeat(10_000), 1024, 'too-long'],
    [`x${'{a,}'.repeat(200)}`, 0, 'too-complex'],
    [`${'**/'.repeat(300)}a`, 0, 'too-complex'],
  ])('refuses %.40j at %i: %s', (pattern, at, reason) => {
    expect(checkPattern(pattern)).toMatchObject({ pattern, at, reason })
  })

  it.each([
    'a',
    '...',
    '..a',
    'a..',
    '{a,b}',
    'a!',
    'a/!b',
    '(a)',
    'a+b',
    'a(b)',
    '[!a]',
    'a\\:b/c',
    'ab:/c',
  ])('accepts %j', (pattern) => {
    expect(checkPattern(pattern)).toBeUndefined()
  })

  it('says what would be right', () => {
    const { message, hint } = checkPattern('src\\auth') ?? {}
    expect(message).toMatchInlineSnapshot(`""src\\auth" has a "\\" that escapes nothing (at 3)"`)
    expect(hint).toMatchInlineSnapshot(
      `"separate directories with "/"; write \\ only before a special character (\\* \\[ \\{ \\\\)"`,
    )
  })

  it('reads a pattern from Windows when told so', () => {
    expect(checkPattern('src\\auth\\**', { windowsPaths: true })).toBeUndefined()
    expect(checkPattern('C:\\a', { windowsPaths: true })?.reason).toBe('drive-letter')
    expect(checkPattern('\\\\server\\a', { windowsPaths: true })?.reason).toBe('absolute')
  })

  it('accepts braces exactly where it accepts each of their expansions', () => {
    const alternatives = fc.array(fc.oneof(arbitraryPattern, fc.constantFrom('', '..', '/a', './', '.')), {
      minLength: 2,
      maxLength: 3,
    })
    fc.assert(
      fc.property(
        fc.constantFrom('', 'a', 'a/', '.'),
        alternatives,
        fc.constantFrom('', '/b', '.'),
        (before, list, after) => {
          const pattern = `${before}{${list.join()}}${after}`
          const expansions = expandBraces(pattern)
          expect(checkPattern(pattern) === undefined).toBe(
            expansions.every((one) => checkPattern(one) === undefined),
          )
        },
      ),
      { numRuns: 500 },
    )
  })

  it('answers for any text, without throwing', () => {
    const chars = fc.constantFrom(...'ab./*?[]{},!^-\\(@+\0🙂')
    fc.assert(
      fc.property(fc.array(chars, { maxLength: 40 }), (text) => {
        const problem = checkPattern(text.join(''))
        if (problem) expect(problem.at).toBeLessThanOrEqual(text.join('').length)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('checkClaim', () => {
  it('lists every problem of the path and the exclusions', () => {
    const problems = checkClaim({ path: '/a', exclude: ['b', '../c', '{d}'] })
    expect(problems.map(({ pattern, reason }) => [pattern, reason])).toEqual([
      ['/a', 'absolute'],
      ['../c', 'parent-directory'],
      ['{d}', 'brace-single'],
    ])
  })

  it('refuses exclusions that are valid alone and too much together', () => {
    const letters = [...'abcdefghijklmnop']
    const claim = { path: '**', exclude: letters.map((letter) => `**/*${letter}*${letter}*z`) }
    expect(checkClaim(claim)).toMatchObject([{ pattern: '**', reason: 'too-complex' }])
    expect(checkClaim({ path: '**', exclude: [`**/*a${'?'.repeat(20)}`] })).toMatchObject([
      { reason: 'too-complex' },
    ])
  })

  it('accepts what the commonest claims look like', () => {
    expect(
      checkClaim({ path: 'src/**', exclude: ['src/gen', '**/*.{md,txt}', '**/__snapshots__/**'] }),
    ).toEqual([])
  })
})

describe('validateClaim', () => {
  it('throws the first problem, and names all of them', () => {
    let thrown: unknown
    try {
      validateClaim({ path: 'a/../b', exclude: ['/c'] })
    } catch (error) {
      thrown = error
    }
    expect(isWsError(thrown, 'WS_CLAIM_INVALID') && thrown.toJSON()).toMatchInlineSnapshot(`
      {
        "code": "WS_CLAIM_INVALID",
        "details": {
          "at": 2,
          "pattern": "a/../b",
          "problems": [
            {
              "at": 2,
              "hint": "write the path from the root of the repository, without ".."",
              "message": ""a/../b" leaves its directory with ".." (at 2)",
              "pattern": "a/../b",
              "reason": "parent-directory",
            },
            {
              "at": 0,
              "hint": "write the path from the root of the repository, without a leading "/"",
              "message": ""/c" begins with "/" (at 0)",
              "pattern": "/c",
              "reason": "absolute",
            },
          ],
          "reason": "parent-directory",
        },
        "hint": "write the path from the root of the repository, without ".."",
        "message": "a claim's pattern is refused: "a/../b" leaves its directory with ".." (at 2)",
        "name": "WsError",
      }
    `)
  })

  it('is silent about a valid claim', () => {
    expect(validateClaim({ path: 'src/**', exclude: ['src/gen'] })).toBeUndefined()
  })
})
