import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Config, Plan } from '@ws/core'
import { withTempDir } from '@ws/testing'
import { expect, test } from 'vitest'
import { withNamedChecks } from '../../src/project/named-checks.ts'

const planWith = (...checks: readonly string[]) => ({
  file: 'plan.yaml',
  plan: Plan.parse({
    merge: { checks: [...checks] },
    workstreams: [{ id: 'a', claims: ['a'], tasks: [{ id: 't', run: 'true' }] }],
  }),
})

test('a check takes its command from the settings, under any spelling', () =>
  withTempDir((root) => {
    const config = Config.parse({ checks: { tests: { run: 'run the tests' } } })
    const named = withNamedChecks(planWith('unit_tests'), config, root)
    expect(named.config.checks['unit_tests']).toMatchObject({ run: 'run the tests' })
    expect(named.found).toEqual([])
  }))

test('else from what the repository shows, and says so', () =>
  withTempDir((root) => {
    writeFileSync(join(root, 'package.json'), '{ "scripts": { "lint": "eslint ." } }')
    mkdirSync(join(root, 'tests'))
    writeFileSync(join(root, 'tests', 'conftest.py'), '')
    const named = withNamedChecks(planWith('lint', 'tests'), Config.parse({}), root)
    expect(named.config.checks).toMatchObject({ lint: { run: 'npm run lint' }, tests: { run: 'pytest -q' } })
    expect(named.found).toEqual([
      'check "lint": npm run lint, a script of package.json',
      'check "tests": pytest -q, since there is tests/conftest.py',
    ])
  }))

test('a check that nothing defines refuses the plan with the line to add', () =>
  withTempDir((root) => {
    expect(() => withNamedChecks(planWith('lint', 'security-scan'), Config.parse({}), root)).toThrow(
      expect.objectContaining({
        code: 'WS_CLI_INVALID',
        hint: 'add to ws.yaml: checks: { lint: { run: … }, security-scan: { run: … } }',
      }),
    )
  }))
