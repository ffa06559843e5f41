import { describe, expect, it } from 'vitest'
import { meetingPairs, previewMerge, previewPairs } from '../../src/merge/preview.ts'
import { withOpened } from '../opened.ts'

const lines = Array.from({ length: 20 }, (_, i) => `line ${i}`)
const text = (changes: Record<number, string> = {}) =>
  `${lines.map((line, i) => changes[i] ?? line).join('\n')}\n`

describe('a merge preview', () => {
  it('says that it is clean, or names file and lines, and leaves nothing behind', () =>
    withOpened(
      async ({ temp, repository }) => {
        temp.git('switch', '--quiet', '-c', 'one')
        temp.commit('one', { 'a.txt': text({ 3: 'one' }) })
        temp.git('switch', '--quiet', '-c', 'two', 'main')
        temp.commit('two', { 'a.txt': text({ 3: 'two', 15: 'also' }) })
        temp.git('switch', '--quiet', '-c', 'three', 'main')
        temp.commit('three', { 'a.txt': text({ 18: 'three' }) })
        const [one, two, three] = await Promise.all(
          ['one', 'two', 'three'].map((name) => repository.resolveCommit(name)),
        )
        const before = temp.git('count-objects', '-v')
        expect(await previewMerge(repository, { ours: one!, theirs: three! })).toEqual({
          isClean: true,
          conflicts: [],
        })
        expect(await previewMerge(repository, { ours: one!, theirs: two! })).toMatchObject({
          isClean: false,
          conflicts: [{ path: 'a.txt', hunks: [{ line: 4, ours: ['one'], theirs: ['two'] }] }],
        })
        expect(temp.git('count-objects', '-v')).toBe(before)
      },
      { files: { 'a.txt': text() } },
    ))

  it('judges a stacked branch by its inputs commit, however its predecessor landed', () =>
    withOpened(
      async ({ temp, repository }) => {
        temp.git('switch', '--quiet', '-c', 'first')
        temp.commit('first', { 'a.txt': text({ 3: 'first' }) })
        const inputs = await repository.resolveCommit('first')
        temp.git('switch', '--quiet', '-c', 'second')
        temp.commit('second', { 'a.txt': text({ 3: 'second' }) })
        temp.git('switch', '--quiet', 'main')
        temp.git('merge', '--quiet', '--squash', 'first')
        temp.commit('first, squashed')
        const pair = {
          ours: await repository.resolveCommit('main'),
          theirs: await repository.resolveCommit('second'),
        }
        expect((await previewMerge(repository, pair)).isClean).toBe(false)
        expect((await previewMerge(repository, { ...pair, base: inputs })).isClean).toBe(true)
      },
      { files: { 'a.txt': text() } },
    ))

  it('of all pairs names those that clash', () =>
    withOpened(
      async ({ temp, repository }) => {
        const base = await repository.resolveCommit('main')
        const make = async (name: string, files: Record<string, string>) => {
          temp.git('switch', '--quiet', '-c', name, 'main')
          temp.commit(name, files)
          return { name, base, tip: await repository.resolveCommit(name) }
        }
        const branches = [
          await make('one', { 'a.txt': text({ 3: 'one' }) }),
          await make('two', { 'a.txt': text({ 3: 'two' }) }),
          await make('three', { 'a.txt': text({ 18: 'three' }) }),
          await make('four', { 'b.txt': 'b' }),
          await make('file', { docs: 'a file' }),
          await make('folder', { 'docs/a.md': 'a folder' }),
        ]
        const pairs = await previewPairs(repository, branches)
        expect(pairs.map((pair) => pair.branches.join(' and '))).toEqual(['one and two', 'file and folder'])
        expect(pairs[0]?.conflicts.map(({ path }) => path)).toEqual(['a.txt'])
      },
      { files: { 'a.txt': text() } },
    ))

  it('merges only pairs that meet', () => {
    const lists = [['a', 'b/c'], ['b'], ['d'], ['D', 'a']]
    expect(meetingPairs(lists)).toEqual([
      [0, 1],
      [0, 3],
    ])
    expect(meetingPairs(lists, true)).toEqual([
      [0, 1],
      [0, 3],
      [2, 3],
    ])
  })
})
