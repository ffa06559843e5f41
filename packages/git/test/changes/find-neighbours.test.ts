import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editTree } from '../../src/changes/edit-tree.ts'
import { findNeighbours } from '../../src/changes/find-neighbours.ts'
import { findCollisions } from '../../src/changes/inspect-changes.ts'
import { type ObjectId, parseObjectId } from '../../src/door/names.ts'
import { withOpened } from '../opened.ts'

/** Names of which some file systems take several for one. */
const name = fc.constantFrom(
  'a',
  'A',
  'b',
  'caf\u00e9',
  'cafe\u0301',
  'CAF\u00c9',
  '\u03c3\u03c2',
  '\u03a3\u03a3',
  'x.ts',
)
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))

/** Without those in whose way another one is as a directory. */
const free = (paths: readonly string[]) =>
  [...new Set(paths)].filter((one) => !paths.some((other) => other.startsWith(`${one}/`)))

describe('the neighbours of added paths', () => {
  it('collide with them as those in a list of the whole tree do', { timeout: 120_000 }, () =>
    withOpened(async ({ temp, repository }) => {
      const blob = parseObjectId(temp.git('hash-object', '-w', '--stdin'))
      const empty = parseObjectId(temp.git('write-tree'))
      await fc.assert(
        fc.asyncProperty(
          fc.array(path, { maxLength: 12 }),
          fc.infiniteStream(fc.boolean()),
          async (drawn, isAdded) => {
            const all = free(drawn)
            const tree: ObjectId = await editTree(
              repository,
              empty,
              all.map((each) => ({ path: each, mode: '100644', id: blob })),
            )
            const added = all.filter(() => isAdded.next().value)
            const found = await findNeighbours(repository, tree, added)
            expect(found).toBeDefined()
            expect(findCollisions(added, found ?? [])).toEqual(findCollisions(added, all))
          },
        ),
        { numRuns: 40 },
      )
    }),
  )

  it('are looked for in the directories on the way, and no others', () =>
    withOpened(
      async ({ temp, repository }) => {
        const tree = parseObjectId(temp.git('rev-parse', 'HEAD^{tree}'))
        const found = await findNeighbours(repository, tree, ['src/deep/new.ts', 'B'])
        expect(found?.toSorted()).toEqual(['SRC', 'b', 'src', 'src/deep'])
      },
      { files: { 'SRC/x': 'x', 'src/deep/old.ts': 'x', 'src/other/new.ts': 'x', b: 'b', 'c/d': 'c' } },
    ))

  it('are left to git where the directories are many, or one is not here', () =>
    withOpened(
      async ({ temp, repository }) => {
        const tree = parseObjectId(temp.git('rev-parse', 'HEAD^{tree}'))
        const many = Array.from({ length: 70 }, (_, index) => `folder-${index}/new`)
        expect(await findNeighbours(repository, tree, many)).toBe(undefined)
        expect(await findNeighbours(repository, parseObjectId('1'.repeat(40)), ['a'])).toBe(undefined)
      },
      { files: Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`folder-${index}/old`, 'x'])) },
    ))
})
