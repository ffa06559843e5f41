import { beforeAll, describe, expect, it } from 'vitest'
import { Tree, type Files } from './tree.ts'

interface Wrong {
  readonly is: string
  readonly file: string
  readonly patch: string
  readonly says: string
}

const head = (test = 'packages/core/test/double.test.ts', name = 'doubles') =>
  `# test: ${test}\n# name: ${name}\n# why: twice is not once\n`

/** A change of the one line of `double`. */
const change = (to: string, from = '  return value + value') =>
  [
    '--- a/packages/core/src/double.ts',
    '+++ b/packages/core/src/double.ts',
    '@@ -1,4 +1,4 @@',
    ' /** Twice as much. */',
    ' export function double(value: number): number {',
    `-${from}`,
    `+${to}`,
    ' }\n',
  ].join('\n')

const NOTICED: Files = {
  'test/mutants/core-once.patch': head() + change('  return value'),
  // Through the package that stands on it: the copy's packages have to find each other.
  'test/mutants/core-seen-from-git.patch':
    head('packages/git/test/quadruple.test.ts', 'quadruples') + change('  return value * 3'),
}

const WRONG: readonly Wrong[] = [
  {
    is: 'one that the test lets pass',
    file: 'survives.patch',
    patch: head() + change('  return 2 * value'),
    says: 'survives: packages/core/test/double.test.ts /doubles/ passes with it',
  },
  {
    is: 'one that no longer applies',
    file: 'stale.patch',
    patch: head() + change('  return value', '  return value * 2'),
    says: 'does not apply:\nerror: patch failed: packages/core/src/double.ts',
  },
  {
    is: 'one that does not compile',
    file: 'no-program.patch',
    patch: head() + change("  return 'value'"),
    says: 'does not compile:\npackages/core/src/double.ts(3,3): error TS2322',
  },
  {
    is: 'one that fails by a crash and not by an assertion',
    file: 'crashes.patch',
    patch: head() + change('  return value.constructor.name.at(99)!.length'),
    says: 'no assertion, but TypeError: Cannot read properties of undefined',
  },
  {
    is: 'one whose test is not there',
    file: 'no-test.patch',
    patch: head('packages/core/test/gone.test.ts') + change('  return value'),
    says: 'there is no packages/core/test/gone.test.ts',
  },
  {
    is: 'one whose test has another name',
    file: 'no-name.patch',
    patch: head('packages/core/test/double.test.ts', 'triples') + change('  return value'),
    says: 'no test of packages/core/test/double.test.ts is called /triples/',
  },
  {
    is: 'one without a reason',
    file: 'no-reason.patch',
    patch: head().replace(/# why.*\n/, '') + change('  return value'),
    says: 'no line "# why: …"',
  },
  {
    is: 'one that changes the test instead of the source',
    file: 'cheats.patch',
    patch: head() + change('  return value').replaceAll('src/double.ts', 'test/double.test.ts'),
    says: 'changes packages/core/test/double.test.ts, which is no source of a package',
  },
]

describe('the step "mutants"', () => {
  let said = ''
  let complained = ''

  beforeAll(async () => {
    using sound = new Tree(NOTICED)
    using broken = new Tree(
      Object.fromEntries(WRONG.map(({ file, patch }) => [`test/mutants/${file}`, patch])),
    )
    said = await sound.gate('mutants')
    complained = await broken.gate('mutants')
  }, 120_000)

  it('passes when each mutant is noticed, in its own package or in one above', () => {
    expect(said).toMatch(/^passed .* 2 noticed\n1 passed, 0 failed\n$/)
  })

  it.each(WRONG)('refuses $is', ({ file, says }) => {
    expect(complained).toContain(`test/mutants/${file}: ${says}`)
  })
})
