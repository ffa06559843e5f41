import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ObjectId, parseObjectId } from '../../src/door/names.ts'
import { mergeTrees } from '../../src/merge/merge-trees.ts'
import { previewMerge } from '../../src/merge/preview.ts'
import { type Opened, withOpened } from '../opened.ts'

const lines = Array.from({ length: 20 }, (_, i) => `line ${i}`)
const text = (changes: Record<number, string> = {}) =>
  `${lines.map((line, i) => changes[i] ?? line).join('\n')}\n`

/** Two branches off `main` with these files. */
async function branchOff(
  { temp, repository }: Opened,
  sides: { ours: Record<string, string>; theirs: Record<string, string> },
): Promise<{ ours: ObjectId; theirs: ObjectId }> {
  for (const [name, files] of Object.entries(sides)) {
    temp.git('switch', '--quiet', '-c', name, 'main')
    temp.commit(name, files)
  }
  return {
    ours: await repository.resolveCommit('ours'),
    theirs: await repository.resolveCommit('theirs'),
  }
}

describe('a merge without a worktree', () => {
  it('gives a tree that can be committed, and of a conflict the files and lines', () =>
    withOpened(
      async (opened) => {
        const { temp, repository } = opened
        const pair = await branchOff(opened, {
          ours: { 'a.txt': text({ 2: 'ours' }), 'with space\n.txt': 'ours\n' },
          theirs: { 'a.txt': text({ 2: 'theirs', 17: 'also' }), 'with space\n.txt': 'theirs\n' },
        })
        const conflicted = await mergeTrees(repository, pair)
        expect(conflicted).toMatchObject({
          isClean: false,
          conflicts: [
            { path: 'a.txt', hunks: [{ line: 3, ours: ['ours'], theirs: ['theirs'] }] },
            {
              path: 'with space\n.txt',
              base: null,
              hunks: [{ line: 1, ours: ['ours'], theirs: ['theirs'] }],
            },
          ],
        })
        expect(temp.git('show', `${conflicted.tree}:a.txt`)).toContain('<<<<<<< ')

        const clean = await mergeTrees(repository, { ...pair, ours: await repository.resolveCommit('main') })
        expect(clean).toEqual({ isClean: true, conflicts: [], tree: temp.git('rev-parse', 'theirs^{tree}') })
      },
      { files: { 'a.txt': text() } },
    ))

  it('takes a base of the caller, and the same merge gives the same tree again', () =>
    withOpened(
      async ({ temp, repository }) => {
        temp.git('switch', '--quiet', '-c', 'first')
        const base = await repository.resolveCommit(temp.commit('first', { 'a.txt': text({ 3: 'first' }) }))
        temp.git('switch', '--quiet', '-c', 'second')
        temp.commit('second', { 'a.txt': text({ 3: 'second' }) })
        temp.git('switch', '--quiet', 'main')
        temp.git('merge', '--quiet', '--squash', 'first')
        temp.commit('first, squashed')
        const pair = {
          ours: await repository.resolveCommit('main'),
          theirs: await repository.resolveCommit('second'),
        }
        expect((await mergeTrees(repository, pair)).isClean).toBe(false)
        const merged = await mergeTrees(repository, { ...pair, base })
        expect(merged.isClean).toBe(true)
        expect(merged.tree).toBe(temp.git('rev-parse', 'second^{tree}'))
        expect(await mergeTrees(repository, { ...pair, base })).toEqual(merged)
      },
      { files: { 'a.txt': text() } },
    ))

  it('says that a commit is not there instead of calling it a conflict', () =>
    withOpened(async ({ repository }) => {
      const main = await repository.resolveCommit('main')
      const absent = parseObjectId('0123456789'.repeat(4))
      await expect(mergeTrees(repository, { ours: main, theirs: absent })).rejects.toMatchObject({
        code: /^WS_GIT_/,
      })
      await expect(mergeTrees(repository, { ours: main, theirs: absent, base: main })).rejects.toMatchObject({
        code: 'WS_GIT_OBJECT_MISSING',
      })
      // What failed in a room does not spoil it for the next one.
      await expect(
        previewMerge(repository, { ours: main, theirs: absent, base: main }),
      ).rejects.toMatchObject({
        code: 'WS_GIT_OBJECT_MISSING',
      })
      expect(await previewMerge(repository, { ours: main, theirs: main })).toMatchObject({ isClean: true })
    }))
})

describe('merge attributes in the tree', () => {
  // Each names a driver of git's own or of somebody; one that adds lines at the same place tells them apart.
  const attributes = [
    'merge=foo',
    'merge=union',
    'merge=ours',
    'merge=binary',
    '-merge',
    '-text',
    'binary',
    'merge',
  ]
  it.each(attributes)('(*.x %s) change nothing: the result is that of a merge of text', (attribute) =>
    withOpened(
      async (opened) => {
        const { temp, repository } = opened
        const marker = join(temp.folder, 'driver-has-run')
        for (const driver of ['foo', 'ours'])
          temp.git('config', `merge.${driver}.driver`, `touch ${marker}; exit 0`)
        const pair = await branchOff(opened, {
          ours: { 'both.x': text({ 5: 'ours' }), 'far.x': text({ 1: 'ours' }) },
          theirs: { 'both.x': text({ 5: 'theirs' }), 'far.x': text({ 18: 'theirs' }) },
        })
        const merged = await mergeTrees(repository, pair)

        // Git's own merge, told over the heads of the files in the tree that everything is text.
        writeFileSync(join(temp.path, '.git/info/attributes'), '* merge text !diff\n')
        temp.git('switch', '--quiet', 'ours')
        expect(() => temp.git('merge', '--quiet', '--no-edit', 'theirs')).toThrow(/Command failed/)
        expect(temp.git('diff', '--name-only', '--diff-filter=U')).toBe('both.x')
        expect(merged.conflicts.map(({ path }) => path)).toEqual(['both.x'])
        expect(merged.conflicts[0]?.hunks).toEqual([{ line: 6, ours: ['ours'], theirs: ['theirs'] }])
        expect(temp.git('show', `${merged.tree}:far.x`)).toBe(temp.read('far.x').trimEnd())
        const unlabelled = (content: string) => content.replaceAll(/^([<>]{7}) .*$/gm, '$1').trimEnd()
        expect(unlabelled(temp.git('show', `${merged.tree}:both.x`))).toBe(unlabelled(temp.read('both.x')))
        expect(existsSync(marker)).toBe(false)
      },
      {
        files: { '.gitattributes': `*.x ${attribute}\n`, 'both.x': text(), 'far.x': text() },
      },
    ),
  )
})
