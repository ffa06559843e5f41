import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTempRepository, withTempDir } from '@ws/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ObjectId, parseObjectId } from '../../src/door/names.ts'
import { openRepository, type Repository } from '../../src/repository/repository.ts'
import { testEnvironment } from '../opened.ts'

/** A repository, with the times that git was asked. */
function withHistory(
  body: (repository: Repository, asked: () => number, folder: string) => Promise<void>,
): Promise<void> {
  return withTempDir(async (folder) => {
    const temp = makeTempRepository(folder)
    const calls = join(folder, 'calls')
    const program = join(folder, 'noting-git')
    writeFileSync(calls, '')
    writeFileSync(program, `#!/bin/sh\necho "$1" >> '${calls}'\nexec git "$@"\n`)
    chmodSync(program, 0o755)
    const repository = await openRepository(temp.path, { env: testEnvironment(), program })
    try {
      const asked = () =>
        readFileSync(calls, 'utf8')
          .split('\n')
          .filter((line) => line === 'merge-base').length
      await body(repository, asked, folder)
    } finally {
      await repository.close()
    }
  })
}

interface Drawn {
  /** Of earlier commits, by number. */
  readonly parents: readonly number[]
  readonly date: number
}

async function write(repository: Repository, drawn: readonly Drawn[]): Promise<readonly ObjectId[]> {
  const tree = await repository.treeOf(await repository.resolveCommit('main'))
  const ids: ObjectId[] = []
  for (const [index, { parents, date }] of drawn.entries()) {
    const message = `commit ${index}`
    ids.push(
      await repository.writeCommit({
        tree,
        parents: parents.map((at) => ids[at]!),
        message,
        at: date * 1_000,
      }),
    )
  }
  return ids
}

const line = (count: number): Drawn[] =>
  Array.from({ length: count }, (_, index) => ({ parents: index === 0 ? [] : [index - 1], date: index }))

/** Commits with up to three parents, whose dates say nothing. */
const history = fc
  .array(fc.record({ picks: fc.array(fc.nat(), { maxLength: 3 }), date: fc.nat(20) }), {
    minLength: 2,
    maxLength: 14,
  })
  .map((drawn) =>
    drawn.map(({ picks, date }, index) => ({
      parents: index === 0 ? [] : [...new Set(picks.map((pick) => pick % index))],
      date,
    })),
  )

describe('the history of a commit', () => {
  it('holds what git says it holds, in any order of dates', { timeout: 120_000 }, () =>
    withHistory(async (repository, asked) => {
      await fc.assert(
        fc.asyncProperty(history, async (drawn) => {
          const ids = await write(repository, drawn)
          const behind = drawn.reduce<Set<number>[]>(
            (all, { parents }, index) => [
              ...all,
              new Set([index, ...parents.flatMap((at) => [...all[at]!])]),
            ],
            [],
          )
          for (const [of, id] of ids.entries())
            for (const [at, ancestor] of ids.entries())
              expect(await repository.isAncestor(ancestor, id), `${at} in ${of}`).toBe(behind[of]!.has(at))
        }),
        { numRuns: 40 },
      )
      expect(asked()).toBe(0)
    }),
  )

  it('is asked of git where it is long, and known from then on', () =>
    withHistory(async (repository, asked) => {
      const ids = await write(repository, line(120))
      const [first, near, last] = [ids[0]!, ids[100]!, ids[119]!]
      expect(await repository.isAncestor(near, last)).toBe(true)
      expect(await repository.isAncestor(last, near)).toBe(false)
      expect(asked()).toBe(0)
      expect(await repository.isAncestor(first, last)).toBe(true)
      expect(asked()).toBe(1)
      // Some of it was read meanwhile.
      expect(await repository.isAncestor(first, last)).toBe(true)
      expect(await repository.isAncestor(first, last)).toBe(true)
      expect(asked()).toBe(2)
    }))

  it('is asked of git where a commit is not here', () =>
    withHistory(async (repository, asked) => {
      const missing = parseObjectId('1'.repeat(40))
      const head = await repository.resolveCommit('main')
      await expect(repository.isAncestor(missing, head)).rejects.toMatchObject({ code: /^WS_GIT_/ })
      expect(asked()).toBe(1)
    }))

  it('ends where that of a shallow clone does', () =>
    withHistory(async (_, asked, folder) => {
      const path = join(folder, 'shallow')
      const temp = makeTempRepository(folder, { name: 'deep' })
      const first = parseObjectId(temp.git('rev-parse', 'HEAD'))
      const second = parseObjectId(temp.commit('second', { b: 'b' }))
      temp.git('clone', '--quiet', '--depth=1', `file://${temp.path}`, path)
      // The commit is here, but not as a part of this one's history.
      temp.gitIn(path, 'fetch', '--quiet', '--depth=1', 'origin', first)
      const program = join(folder, 'noting-git')
      const repository = await openRepository(path, { env: testEnvironment(), program })
      try {
        expect(await repository.isAncestor(first, second)).toBe(false)
        expect(asked()).toBe(1)
      } finally {
        await repository.close()
      }
    }))

  it('is no longer looked for once that was given up', () =>
    withHistory(async (repository) => {
      const head = await repository.resolveCommit('main')
      const signal = AbortSignal.abort(new Error('given up'))
      await expect(repository.isAncestor(head, head, { signal })).rejects.toThrow('given up')
    }))
})
