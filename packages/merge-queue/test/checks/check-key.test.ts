import { describe, expect, it } from 'vitest'
import { type ObjectId, parseObjectId } from '@ws/git'
import type { CheckDefinition } from '../../src/checks/check-definition.ts'
import { type CheckEnvironment, checkKey } from '../../src/checks/check-key.ts'
import { RestrictedTrees } from '../../src/checks/restricted-tree.ts'
import { withOpened } from '../opened.ts'

const check: CheckDefinition = {
  name: 'unit',
  run: 'npm test',
  timeoutMs: 1_000,
  env: {},
  config: [],
  inherits: [],
  checkout: true,
}

const environment: CheckEnvironment = {
  platform: 'linux',
  arch: 'x64',
  variables: { LEVEL: 'one' },
  versionOf: () => Promise.resolve('v1\n'),
  session: 'leader 1',
}

function withTrees(
  body: (
    keyOf: (
      tree: ObjectId,
      change?: Partial<CheckDefinition>,
      env?: Partial<CheckEnvironment>,
    ) => Promise<string>,
    trees: Record<'first' | 'config' | 'other', ObjectId>,
  ) => Promise<void>,
): Promise<void> {
  return withOpened(
    async ({ temp, repository }) => {
      const treeNow = () => parseObjectId(temp.git('rev-parse', 'HEAD^{tree}'))
      const first = treeNow()
      temp.commit('config', { 'unit.config.js': 'two' })
      const config = treeNow()
      temp.commit('other', { 'unit.config.js': 'one', 'docs/a.md': 'two' })
      const known = new RestrictedTrees(repository)
      await body(
        (tree, change = {}, env = {}) =>
          checkKey({ ...check, ...change }, tree, known, { ...environment, ...env }),
        { first, config, other: treeNow() },
      )
    },
    { files: { 'src/a.ts': 'a', 'unit.config.js': 'one', 'docs/a.md': 'one' } },
  )
}

const pass = () => true

describe('the key of a check’s result', () => {
  it('is another one where anything is that the result depends on', () =>
    withTrees(async (keyOf, { first, other }) => {
      const keys = [
        await keyOf(first),
        await keyOf(other),
        await keyOf(first, { name: 'lint' }),
        await keyOf(first, { run: 'npm run test' }),
        await keyOf(first, { run: ['npm', 'test'] }),
        await keyOf(first, { env: { A: '1' } }),
        await keyOf(first, { env: { A: '2' } }),
        await keyOf(first, { timeoutMs: 2_000 }),
        await keyOf(first, { version: '2' }),
        await keyOf(first, { inputs: ['src/**'] }),
        await keyOf(first, { inherits: ['LEVEL'] }),
        await keyOf(first, { inherits: ['LEVEL'] }, { variables: { LEVEL: 'two' } }),
        await keyOf(first, { inherits: ['LEVEL'] }, { variables: {} }),
        await keyOf(first, { versionCommand: 'node --version' }),
        await keyOf(
          first,
          { versionCommand: 'node --version' },
          { versionOf: () => Promise.resolve('v2\n') },
        ),
        await keyOf(first, {}, { platform: 'darwin' }),
        await keyOf(first, {}, { arch: 'arm64' }),
        await keyOf(first, { run: pass }),
        await keyOf(first, { run: () => true }),
        await keyOf(first, { run: pass }, { session: 'leader 2' }),
      ]
      expect(new Set(keys).size).toBe(keys.length)
      expect(await keyOf(first, {}, { variables: { LEVEL: 'two' }, session: 'leader 2' })).toBe(keys[0])
      const versioned = await keyOf(first, { run: () => true, version: '1' })
      expect(await keyOf(first, { run: () => true, version: '1' }, { session: 'leader 2' })).toBe(versioned)
    }))

  it('of a check with inputs follows these and its configuration files, and nothing else', () =>
    withTrees(async (keyOf, { first, config, other }) => {
      const change = { inputs: ['src/**'], config: ['unit.config.js'] }
      const key = await keyOf(first, change)
      expect(await keyOf(other, change)).toBe(key)
      expect(await keyOf(config, change)).not.toBe(key)
      expect(await keyOf(config, { inputs: ['src/**'] })).toBe(await keyOf(first, { inputs: ['src/**'] }))
    }))

  it('holds no value of a variable', () =>
    withTrees(async (keyOf, { first }) => {
      const key = await keyOf(first, { inherits: ['LEVEL'] }, { variables: { LEVEL: 'a secret' } })
      expect(key).toMatch(/^[0-9a-f]{40}$/)
    }))
})
