import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changedPaths } from '../../src/changes/changed-paths.ts'
import { editTree } from '../../src/changes/edit-tree.ts'
import { type ObjectId, parseObjectId } from '../../src/door/names.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { type Opened, withOpened } from '../opened.ts'

const contents = [
  '',
  'one\n',
  'one\ntwo\n',
  'no line end',
  'é\r\n\u2028x\n',
  'binary\0\n',
  'end-\n',
  `${'long '.repeat(40_000)}\n`,
]
const path = fc
  .array(fc.constantFrom('a', 'b', 'with space', 'é', '"q"', '-D', 'line\nend', 'tab\t', ':(top)x'), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.join('/'))
const files = fc.dictionary(
  path,
  fc.record({ content: fc.nat(contents.length - 1), isExecutable: fc.boolean() }),
  { maxKeys: 6 },
)

type Files = Readonly<Record<string, { readonly content: number; readonly isExecutable: boolean }>>

/** Makes trees of what was drawn. */
function treeMaker({ temp, repository }: Opened): (drawn: Files) => Promise<ObjectId> {
  const empty = parseObjectId(temp.git('write-tree'))
  const blobs = new Map<number, Promise<ObjectId>>()
  const blob = async (at: number) => {
    const git = await repository.content.bare()
    return parseObjectId(await git.text(['hash-object', '-w', '--stdin'], { stdin: contents[at] ?? '' }))
  }
  return async (drawn) => {
    const all = Object.entries(drawn).filter(
      ([one]) => !Object.keys(drawn).some((other) => one.startsWith(`${other}/`)),
    )
    const edits = all.map(async ([each, { content, isExecutable }]) => {
      const id = blobs.get(content) ?? blob(content)
      blobs.set(content, id)
      return { path: each, mode: isExecutable ? '100755' : '100644', id: await id }
    })
    return editTree(repository, empty, await Promise.all(edits))
  }
}

/** What a git of its own says. */
async function ask(repository: Repository, before: ObjectId, after: ObjectId) {
  const git = await repository.content.bare()
  const flags = ['--unified=0', '--no-prefix', '--no-renames', '--no-color', '--no-ext-diff', '--no-textconv']
  const { stdout } = await git.run(['diff', ...flags, before, after, '--'])
  return { paths: await changedPaths(git, before, after), patch: stdout.toString('utf8') }
}

const differencesOf = async (repository: Repository, before: ObjectId, after: ObjectId) => {
  const [paths, patch] = await Promise.all([
    repository.diffPaths(before, after),
    repository.diffPatch(before, after),
  ])
  return { paths, patch }
}

describe('what differs between two trees', () => {
  it('is what a git of its own says, whatever they hold', { timeout: 120_000 }, () =>
    withOpened(
      async (opened) => {
        const { repository } = opened
        const make = treeMaker(opened)
        await fc.assert(
          fc.asyncProperty(files, files, async (one, two) => {
            const [before, after] = [await make(one), await make(two)]
            expect(await differencesOf(repository, before, after)).toEqual(
              await ask(repository, before, after),
            )
          }),
          { numRuns: 25 },
        )
      },
      { files: null },
    ),
  )

  it('is told in the order of the questions, however many', () =>
    withOpened(async ({ temp, repository }) => {
      const first = parseObjectId(temp.git('rev-parse', 'HEAD'))
      const commits = Array.from({ length: 5 }, (_, index) =>
        parseObjectId(temp.commit(`${index}`, { [`${index}.txt`]: 'x\n'.repeat(50_000) })),
      )
      const all = await Promise.all(commits.map((commit) => differencesOf(repository, first, commit)))
      for (const [index, { paths, patch }] of all.entries()) {
        expect(paths).toHaveLength(index + 1)
        expect(patch.split('\n+x')).toHaveLength((index + 1) * 50_000 + 1)
      }
      // More than one process is to hold.
      for (let round = 0; round < 510; round++)
        expect(await repository.diffPaths(first, commits[round % 5]!)).toHaveLength((round % 5) + 1)
    }))

  it('is asked of another git where the one that is kept open ends or is given up', () =>
    withOpened(async ({ temp, repository }) => {
      const first = parseObjectId(temp.git('rev-parse', 'HEAD'))
      const second = parseObjectId(temp.commit('second', { 'b.txt': 'b\n'.repeat(100_000) }))
      expect(await repository.diffPaths(first, second)).toHaveLength(1)
      // It is asked while it stands still, and ends without an answer.
      const kept = keptDiffs()
      for (const pid of kept) process.kill(pid, 'SIGSTOP')
      const asked = repository.diffPaths(first, second)
      // Whoever reads objects answers in order: by then the trees are known, and the question is put.
      for (let look = 0; look < 4; look++) await repository.treeOf(first)
      for (const pid of kept) process.kill(pid, 'SIGKILL')
      expect(await asked).toHaveLength(1)
      const abort = new AbortController()
      const given = repository.diffPatch(first, second, { signal: abort.signal })
      const refused = expect(given).rejects.toThrow('given up')
      const other = repository.diffPatch(first, second)
      abort.abort(new Error('given up'))
      await refused
      expect(await other).toContain('\n+b\n')
      await expect(repository.diffPaths(parseObjectId('1'.repeat(40)), second)).rejects.toMatchObject({
        code: 'WS_GIT_OBJECT_MISSING',
      })
    }))
})

/** Children of this process that compare trees. */
function keptDiffs(): readonly number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const parent = / (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) ./, ''))?.[1]
      const isOurs = Number(parent) === process.pid
      return isOurs && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('diff-tree\0--stdin')
        ? [Number(pid)]
        : []
    } catch {
      return []
    }
  })
}
