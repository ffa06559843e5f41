import { beforeAll, describe, expect, it } from 'vitest'
import { Tree } from './tree.ts'

describe('the steps "unit" and "coverage"', () => {
  let said = ''
  let complained = ''

  beforeAll(async () => {
    using sound = new Tree()
    using broken = new Tree({
      'packages/core/src/double.ts':
        '/** Twice as much. */\nexport function double(value: number): number {\n  if (value > 99) return 0\n  return value + value\n}\n',
      'packages/git/test/quadruple.test.ts':
        "import { it } from 'vitest'\n\nit.skip('quadruples', () => {})\n",
    })
    said = await sound.gate('unit,coverage')
    complained = await broken.gate('unit,coverage')
  }, 60_000)

  it('count each test, and show what they reached', () => {
    expect(said).toContain('core: lines 100 %, branches 100 %; git: lines 100 %, branches 100 %')
    expect(said).toMatch(/\n3 passed, 0 failed\n$/)
  })

  it('name the branch of core that no test takes, and where', () => {
    expect(complained).toContain('packages/core/src/double.ts:3: if, never true')
  })

  it('want most lines of other packages, and name those that are not reached', () => {
    expect(complained).toContain('git: 0 % of lines, at least 85 % wanted')
    expect(complained).toContain('packages/git/src/quadruple.ts: 1 lines not reached (5)')
  })

  it('name what was skipped in the last line', () => {
    expect(complained).toMatch(/\n1 passed, 1 failed, 1 skipped\n$/)
  })
})

describe('the last line', () => {
  it(
    'counts a file that does not load as a failure, and what waits for it as skipped',
    { timeout: 60_000 },
    async () => {
      using tree = new Tree({ 'packages/core/test/double.test.ts': "import './gone.ts'\n" })
      const output = await tree.gate('unit,coverage')
      expect(output).toMatch(/\nblocked coverage +needs unit\n/)
      expect(output).toMatch(/\n1 passed, 1 failed, 1 skipped\n$/)
    },
  )
})
