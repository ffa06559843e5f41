import fc from 'fast-check'
import { matchesClaim } from '@ws/core'
import { type ObjectId, parseObjectId } from '@ws/git'
import type { TempRepository } from '@ws/testing'
import { describe, expect, it } from 'vitest'
import { RestrictedTrees } from '../../src/checks/restricted-tree.ts'
import { withOpened } from '../opened.ts'

function treeOf(temp: TempRepository, files: Readonly<Record<string, string>>): ObjectId {
  temp.git('rm', '-r', '--quiet', '--force', '--ignore-unmatch', '.')
  temp.commit('files', files)
  return parseObjectId(temp.git('rev-parse', 'HEAD^{tree}'))
}

describe('a restricted tree', () => {
  it('is equal exactly where the matching files are', () =>
    withOpened(async ({ temp, repository }) => {
      const names = ['a.ts', 'a.md', 'src/a.ts', 'src/a.md', 'src/deep/b.ts', 'docs/a.md', 'docs/b/c.ts']
      const patterns = [
        '**',
        '*.ts',
        '**/*.ts',
        'src/**',
        'src/deep/**',
        'docs/*.md',
        'src/{a,b}.ts',
        'none/**',
      ]
      const Files = fc.dictionary(fc.constantFrom(...names), fc.constantFrom('one', 'two'), { minKeys: 1 })
      const trees = new RestrictedTrees(repository)
      await fc.assert(
        fc.asyncProperty(Files, Files, fc.subarray(patterns, { minLength: 1 }), async (one, two, chosen) => {
          const matching = (files: Readonly<Record<string, string>>) =>
            Object.entries(files)
              .filter(([name]) => chosen.some((pattern) => matchesClaim(pattern, name)))
              .map(([name, text]) => `${name} ${text}`)
              .toSorted()
          const [a, b] = [treeOf(temp, one), treeOf(temp, two)]
          const isSame = JSON.stringify(matching(one)) === JSON.stringify(matching(two))
          expect((await trees.digest(a, chosen)) === (await trees.digest(b, chosen))).toBe(isSame)
        }),
        { numRuns: 40 },
      )
    }))

  it('is the same whichever way the patterns are written, and for whoever asks first', () =>
    withOpened(async ({ temp, repository }) => {
      const tree = treeOf(temp, { 'a.txt': 'a', 'src/b.ts': 'b', 'src/c/d.ts': 'd' })
      const digest = await new RestrictedTrees(repository).digest(tree, ['src/**', '*.txt'])
      const again = new RestrictedTrees(repository)
      await again.digest(tree, ['**'])
      expect(await again.digest(tree, ['*.txt', 'src/**', '*.txt'])).toBe(digest)
    }))

  it('tells a file from an executable and from a link', () =>
    withOpened(async ({ temp, repository }) => {
      const trees = new RestrictedTrees(repository)
      const plain = treeOf(temp, { 'src/run': 'x' })
      temp.git('update-index', '--chmod=+x', 'src/run')
      const executable = parseObjectId(temp.git('write-tree'))
      expect(await trees.digest(executable, ['src/*'])).not.toBe(await trees.digest(plain, ['src/*']))
    }))
})
