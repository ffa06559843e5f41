import { describe, expect, it } from 'vitest'
import { matchesClaim, violations } from '../../src/claims/match-claim.ts'

// pattern, paths that belong to it, paths that do not; a path holds no blank here.
const RULES: Record<string, readonly (readonly [pattern: string, yes: string, no: string])[]> = {
  'a literal path is the file and everything below it': [
    ['src', 'src src/a src/a/b.ts src/.a', 'srcs asrc a/src Src'],
    ['src/auth', 'src/auth src/auth/a src/auth/a/b', 'src src/author src/au x/src/auth'],
    ['README.md', 'README.md', 'README.mdx README README_md docs/README.md'],
    ['app/(group)/page.tsx', 'app/(group)/page.tsx', 'app/group/page.tsx'],
    ['a,b', 'a,b', 'a b'],
    ['...', '... .../a', '.. . ....'],
    ['..a/b..', '..a/b..', 'a/b'],
  ],
  '"/" at the end and "/**" say the same of any path': [
    ['src/', 'src src/a src/a/b', 'srcs'],
    ['src/**', 'src src/a src/a/b src/.a/.b', 'srcs asrc'],
    ['src/**/', 'src src/a src/a/b', 'srcs'],
    ['src/*/', 'src/a src/a/b src/a/b/c', 'src'],
    ['*/', 'a a/b a/b/c', ''],
  ],
  'a wildcard in the last segment ends the path there': [
    ['src/*', 'src/a src/.a', 'src src/a/b'],
    ['src/[ab]', 'src/a src/b', 'src/a/b src/c'],
    ['src/?', 'src/a', 'src/a/b src/ab src'],
    ['*', 'a .a ab', 'a/b'],
  ],
  'the last segment of each alternative decides alone': [
    ['{src,*.md}', 'src src/a a.md', 'a.md/b'],
    ['src/{a,b*}', 'src/a src/a/x src/b src/bb', 'src/b/x src/c'],
    ['src/{,a/}', 'src src/a src/b src/a/b', 'srca'],
    ['{a,b}/c', 'a/c b/c/d', 'a b a/d'],
  ],
  '"*" is any text without "/", also none': [
    ['*.ts', 'a.ts .ts a.b.ts', 'a.tsx a/b.ts ts'],
    ['a*', 'a ab a.b', 'ba b a/b'],
    ['a*c', 'ac abc abbc', 'abcd a/c ab'],
    ['a/*/c', 'a/b/c a/.b/c a/b/c/d', 'a/c a/b/b/c'],
    ['*/*', 'a/b', 'a a/b/c'],
    ['*a*b*', 'ab xaxbx', 'ba a b'],
    ['*/a', 'b/a b/a/c', 'a b/b/a'],
  ],
  'two stars beside anything else, and three or more, are one': [
    ['a**', 'a ab', 'a/b'],
    ['**a', 'a ba', 'b/a'],
    ['a**b', 'ab acb', 'a/b'],
    ['***', 'a', 'a/b'],
    ['a/***/b', 'a/x/b', 'a/b a/x/y/b'],
  ],
  '"**" as a segment is any number of segments, also none': [
    ['**', 'a a/b .a/.b/.c', ''],
    ['**/a', 'a b/a b/c/a a/d', 'ba b/ba'],
    ['a/**/b', 'a/b a/x/b a/x/y/b a/b/c', 'a ab b a/xb'],
    ['**/a/**', 'a b/a a/b b/a/b/c', 'b ba'],
    ['**/*', 'a a/b a/b/c', ''],
    ['**/**', 'a a/b', ''],
    ['a/**/**/b', 'a/b a/x/b', 'ab'],
    ['a/**/*.ts', 'a/x.ts a/.ts a/b/c/x.ts', 'a a/x.tsx x.ts b/a/x.ts'],
    ['**/a/*/b', 'a/x/b y/a/x/b', 'a/b a/x/y/b'],
    ['*/**', 'a a/b a/b/c', ''],
    ['**/.*', '.a a/.b a/b/.c', 'a a/b'],
    ['**/a/**/b', 'a/b x/a/y/b', 'b a b/a'],
  ],
  '"?" is one character, however many units it has': [
    ['?', 'a 🙂', 'ab a/b'],
    ['a?c', 'abc a.c aéc', 'ac a/c abbc'],
    ['??', 'ab .a 🙂🙂', 'a abc'],
    ['?/?', 'a/b', 'a a/b/c ab/c'],
    ['**/?', 'a b/a', 'ab b/ab'],
  ],
  'a class is one of its characters': [
    ['[ab]', 'a b', 'c ab A'],
    ['[a-c]x', 'ax bx cx', 'dx x'],
    ['x[0-9]', 'x0 x9', 'x xa x10'],
    ['a[.]b', 'a.b', 'a/b ab'],
    ['[a-cx-z]', 'a c x z', 'd w'],
    ['[a-cba]', 'a b c', 'd'],
    ['[-a]', '- a', 'b'],
    ['[a-]', '- a', 'b'],
    ['[\\]]', ']', '['],
    ['\\[[[]', '[[', '['],
    ['[a\\-c]', 'a - c', 'b'],
    ['[*]', '*', 'a'],
    ['[{,}]', '{ , }', 'a'],
    ['[🙂-🙄]', '🙂 🙃', 'a'],
    ['**/[ab]/c', 'a/c x/b/c', 'c/c'],
    ['[+-0]', '+ - 0', 'a'],
  ],
  'a negated class is any other character, but never "/"': [
    ['[!a]', 'b A', 'a bb'],
    ['src/[!a]b', 'src/xb', 'src/ab src/b'],
    ['[^a]', 'b ^ !', 'a'],
    ['[!a-c]x', 'dx', 'ax bx'],
    ['a[!b]c', 'axc', 'abc a/c'],
    ['x[!.]', 'xa', 'x. x'],
    ['[a!]', 'a !', 'b'],
    ['[a^]', 'a ^', 'b'],
  ],
  'braces are alternatives': [
    ['{a,b}', 'a b a/c', 'c ab'],
    ['x{a,b}y', 'xay xby', 'xy xaby'],
    ['{a,b}{c,d}', 'ac ad bc bd', 'a ab cd'],
    ['{a,{b,c}}', 'a b c', 'd'],
    ['{a,b{c,d{e,f}}}', 'a bc bde bdf', 'b bd bcd'],
    ['{a,b}/{c,d}', 'a/c b/d', 'a c'],
    ['{a/b,c}', 'a/b c a/b/d', 'a b'],
    ['{a,b/**}/c', 'a/c b/c b/x/c', 'c a/x/c'],
    ['x{,y}', 'x xy', 'xyy'],
    ['{,x/}y', 'y x/y', 'xy'],
    ['{*.ts,*.js}', 'a.ts b.js', 'a.tsx'],
    ['{[ab],?c}', 'a b cc', 'c'],
    ['{**,a}/b', 'b a/b x/y/b', 'a'],
    ['x{**,a}/b', 'x/b xy/b xa/b', 'b y/x/b'],
    ['a{/**,}/b', 'a/b a/x/b', 'b'],
    ['*{*,a}/b', 'b x/b x/y/b xa/b', 'a'],
    ['{,*}*/b', 'x/b x/y/b b', 'a'],
    ['src/*.{ts,tsx}', 'src/a.ts src/a.tsx', 'src/a.js'],
    ['{a,a}', 'a', 'b'],
  ],
  'a backslash takes a meaning away': [
    ['\\*', '* */a', 'a'],
    ['a\\?', 'a?', 'ab'],
    ['\\[a\\]', '[a] [a]/b', 'a'],
    ['\\{a,b\\}', '{a,b}', 'a b'],
    ['{a\\,b,c}', 'a,b c', 'a b'],
    ['a\\\\b', 'a\\b', 'a/b ab'],
    ['\\!a', '!a', 'a'],
    ['a\\(b)', 'a(b)', 'ab'],
    ['@\\(a)', '@(a)', 'a'],
    ['src/routes/\\[id\\]/*', 'src/routes/[id]/page.ts', 'src/routes/i/page.ts'],
    ['\\.a', '.a', 'a'],
  ],
  '"./" and "//" change nothing': [
    ['./a', 'a a/b', 'b'],
    ['a/./b', 'a/b', 'a b'],
    ['a//b', 'a/b', 'a b'],
    ['a/.', 'a a/b', 'b'],
    ['.//a', 'a', 'b'],
    ['{.,a}/b', 'b a/b', 'a'],
    ['./**', 'a a/b', ''],
    ['**/./a', 'a b/a', 'b'],
  ],
  'files that begin with a dot are files': [
    ['*', '.env', ''],
    ['**/*.yml', '.github/a.yml .a.yml .yml', ''],
    ['?env', '.env', ''],
    ['[.]env', '.env', 'env'],
    ['[!a]env', '.env', ''],
    ['.*', '.a .a.b ..a', 'a'],
    ['.github/**', '.github .github/a', 'github'],
  ],
}

describe('matchesClaim', () => {
  for (const [rule, rows] of Object.entries(RULES)) {
    describe(rule, () => {
      it.each(rows)('%s', (pattern, yes, no) => {
        const split = (paths: string) => paths.split(' ').filter((path) => path !== '')
        const matched = (paths: string) => split(paths).filter((path) => matchesClaim(pattern, path))
        expect({ yes: matched(yes), no: matched(no) }).toEqual({ yes: split(yes), no: [] })
      })
    })
  }

  it.each([
    [['src/gen'], ['src/gen', 'src/gen/a', 'src/gen/a/b']],
    [['src/gen/'], ['src/gen', 'src/gen/a']],
    [['src/gen/**'], ['src/gen', 'src/gen/a']],
    [['src/gen/*'], ['src/gen/a']],
    [['**/*.md'], ['src/a.md', 'src/b/c.md']],
    [['**/gen'], ['src/gen', 'src/x/gen/a']],
    [['src/{a,b}'], ['src/a', 'src/b/c']],
    [['src/[ab]'], ['src/a', 'src/b']],
    [['src/?'], ['src/x']],
    [['src/[!x]'], ['src/a']],
    [['./src//gen'], ['src/gen/a']],
    [['src/\\*'], ['src/*']],
    [['src/.*'], ['src/.env']],
    [
      ['src/a', 'src/b'],
      ['src/a', 'src/b/c'],
    ],
    [['**'], ['src', 'src/a']],
  ])('cuts the exclusions %j out, with what is below them', (exclude, cut) => {
    const claim = { path: 'src/**', exclude }
    expect(cut.filter((path) => matchesClaim(claim, path))).toEqual([])
    expect(cut.every((path) => matchesClaim('src/**', path))).toBe(true)
  })

  it.each(['', '/a', 'a/', 'a//b', './a', 'a/../b', '..', 'a/.', 'a\0'])('gives %j to nobody', (path) => {
    expect(matchesClaim('**', path)).toBe(false)
  })

  it('compares letters of any alphabet without case when told so', () => {
    const ignoreCase = true
    expect(matchesClaim('SRC/Ärger/*.TS', 'src/ärGER/a.ts', { ignoreCase })).toBe(true)
    expect(matchesClaim('src/[a-c]', 'src/B', { ignoreCase })).toBe(true)
    expect(matchesClaim('src/[!a-c]', 'src/B', { ignoreCase })).toBe(false)
    expect(matchesClaim('[α-γ]', 'Β', { ignoreCase })).toBe(true)
    expect(matchesClaim({ path: '**', exclude: ['DOCS'] }, 'docs/a', { ignoreCase })).toBe(false)
    expect(matchesClaim('straße', 'STRASSE', { ignoreCase })).toBe(false)
    expect(matchesClaim('a', 'A')).toBe(false)
  })

  it('answers at once for a pattern that a backtracking matcher would never finish', () => {
    expect(matchesClaim('*a'.repeat(200), 'a'.repeat(1000) + 'b')).toBe(false)
  })
})

describe('violations', () => {
  it('lists what no claim covers, in the order of the changes', () => {
    const claims = [{ path: 'src/**', exclude: ['src/gen'], mode: 'exclusive' as const }, 'docs/*.md']
    const changed = ['src/a.ts', 'x', 'src/gen/b.ts', 'docs/a.md', 'docs/a/b.md']
    expect(violations(claims, changed)).toEqual(['x', 'src/gen/b.ts', 'docs/a/b.md'])
  })

  it('calls everything a violation where there are no claims', () => {
    expect(violations([], ['a', 'b'])).toEqual(['a', 'b'])
  })

  it('calls a text that is no path a violation', () => {
    expect(violations(['**'], ['../a', 'a'])).toEqual(['../a'])
  })

  it('follows the case of the repository', () => {
    expect(violations(['src'], ['SRC/a'])).toEqual(['SRC/a'])
    expect(violations(['src'], ['SRC/a'], { ignoreCase: true })).toEqual([])
  })
})
