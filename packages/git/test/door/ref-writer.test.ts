import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ManualClock } from '@ws/core/testing'
import { makeTempRepository, type TempRepository, withTempDir } from '@ws/testing'
import { describe, expect, it } from 'vitest'
import { type ObjectId, parseObjectId, parseRefName } from '../../src/door/names.ts'
import type { RefChange } from '../../src/repository/refs.ts'
import { openRepository, type Repository } from '../../src/repository/repository.ts'
import { testEnvironment } from '../opened.ts'

interface Written {
  readonly temp: TempRepository
  readonly repository: Repository
  /** The first commit, and one on top of it. */
  readonly ids: readonly [ObjectId, ObjectId]
  readonly update: (...changes: readonly RefChange[]) => Promise<void>
  /** The arguments of every `update-ref` so far. */
  readonly started: () => readonly string[]
}

/** A repository whose git notes its calls and does what is said here before it does what it is told. */
function withWriter(
  body: (written: Written) => Promise<void>,
  { script = '', clock }: { readonly script?: string; readonly clock?: ManualClock } = {},
): Promise<void> {
  return withTempDir(async (folder) => {
    const temp = makeTempRepository(folder)
    const first = parseObjectId(temp.git('rev-parse', 'HEAD'))
    const second = parseObjectId(temp.commit('second', { 'b.txt': 'b' }))
    const calls = join(folder, 'calls')
    const program = join(folder, 'noting-git')
    writeFileSync(calls, '')
    writeFileSync(program, `#!/bin/sh\necho "$*" >> '${calls}'\n${script}\nexec git "$@"\n`)
    chmodSync(program, 0o755)
    const options = { env: testEnvironment(), program, ...(clock === undefined ? {} : { clock }) }
    const repository = await openRepository(temp.path, options)
    try {
      await body({
        temp,
        repository,
        ids: [first, second],
        update: (...changes) =>
          repository.exclusively((exclusive) => repository.updateRefs(exclusive, changes, 'ws: why')),
        started: () =>
          readFileSync(calls, 'utf8')
            .split('\n')
            .filter((line) => line.startsWith('update-ref ')),
      })
    } finally {
      await repository.close()
    }
  })
}

const keptCall = 'update-ref --no-deref --create-reflog -m ws --stdin'
const ownCall = 'update-ref --no-deref --create-reflog -m ws: why --stdin'
const ours = (name: string) => parseRefName(`refs/ws/${name}`)

/** Only for the kept one: that one alone has this message. */
const whereKept = (script: string) => `case "$*" in *' -m ws --stdin') ${script} ;; esac`

describe('references of ours', () => {
  it('are written by one process that is kept open', () =>
    withWriter(async ({ temp, ids: [first, second], update, started }) => {
      await update({ ref: ours('a'), from: null, to: first }, { ref: ours('b'), from: null, to: first })
      await update(
        { ref: ours('a'), from: first, to: second },
        { ref: ours('b'), from: first, to: null },
        { ref: parseRefName('refs/heads/main'), from: second, to: second },
      )
      expect(temp.git('for-each-ref', '--format=%(objectname) %(refname)', 'refs/ws/')).toBe(
        `${second} refs/ws/a`,
      )
      expect(temp.git('log', '--walk-reflogs', '--format=%H %gs', 'refs/ws/a')).toBe(
        `${second} ws\n${first} ws`,
      )
      expect(started()).toEqual([keptCall])
    }))

  it('are changed together or not at all, and one that was moved is said', () =>
    withWriter(async ({ temp, ids: [first, second], update, started }) => {
      await update({ ref: ours('a'), from: null, to: first })
      const change = update(
        { ref: ours('b'), from: null, to: first },
        { ref: ours('a'), from: second, to: first },
      )
      await expect(change).rejects.toMatchObject({ code: 'WS_GIT_REF_MOVED' })
      expect(temp.git('for-each-ref', '--format=%(refname)', 'refs/ws/')).toBe('refs/ws/a')
      // A git of its own says what is in the way.
      expect(started()).toEqual([keptCall, ownCall])
      await update({ ref: ours('a'), from: first, to: second })
      expect(temp.git('rev-parse', 'refs/ws/a')).toBe(second)
      expect(started()).toEqual([keptCall, ownCall, keptCall])
    }))

  it('cannot be written without the lock', () =>
    withWriter(async ({ repository, ids: [first], started }) => {
      const proof = await repository.exclusively((exclusive) => Promise.resolve(exclusive))
      const late = repository.updateRefs(proof, [{ ref: ours('a'), from: null, to: first }], 'ws: late')
      await expect(late).rejects.toMatchObject({ code: 'WS_GIT_LOCK_NOT_HELD' })
      expect(started()).toEqual([])
    }))

  it('are not half written where git ends between the two halves of a transaction', () =>
    withWriter(
      async ({ temp, ids: [first, second], update }) => {
        const failed = update({ ref: ours('a'), from: null, to: first })
        await expect(failed).rejects.toMatchObject({ code: 'WS_GIT_FAILED', details: { exitCode: 3 } })
        expect(temp.git('for-each-ref', '--format=%(refname)', 'refs/ws/')).toBe('')
        await update({ ref: ours('a'), from: null, to: second })
        expect(temp.git('rev-parse', 'refs/ws/a')).toBe(second)
      },
      {
        // The first one is cut off before `commit`.
        script: whereKept(
          `mkdir "$0.met" 2> /dev/null && { { while read -r line && [ "$line" != commit ]; do echo "$line"; done; } | git "$@"; exit 3; }`,
        ),
      },
    ))

  it('that nobody says are written within two minutes are not waited for any longer', () => {
    const clock = new ManualClock()
    return withWriter(
      async ({ temp, ids: [first], update }) => {
        const failed = update({ ref: ours('a'), from: null, to: first })
        const refused = expect(failed).rejects.toMatchObject({ code: 'WS_GIT_TIMEOUT' })
        while (!existsSync(join(temp.folder, 'noting-git.met'))) await new Promise(setImmediate)
        clock.advanceBy(120_000)
        await refused
        await update({ ref: ours('a'), from: null, to: first })
        expect(temp.git('rev-parse', 'refs/ws/a')).toBe(first)
      },
      { clock, script: whereKept('mkdir "$0.met" 2> /dev/null && exec cat > /dev/null') },
    )
  })

  it('get a new process once the dates of its reflogs are a minute old', () => {
    const clock = new ManualClock()
    return withWriter(
      async ({ ids: [first, second], update, started }) => {
        await update({ ref: ours('a'), from: null, to: first })
        clock.advanceBy(60_000)
        await update({ ref: ours('a'), from: first, to: second })
        expect(started()).toEqual([keptCall])
        clock.advanceBy(1)
        await update({ ref: ours('a'), from: second, to: first })
        expect(started()).toEqual([keptCall, keptCall])
      },
      { clock },
    )
  })
})

describe('a branch', () => {
  it('is written by a git of its own, for its reflog says why', () =>
    withWriter(async ({ temp, ids: [first], update, started }) => {
      const branch = parseRefName('refs/heads/lane')
      await update({ ref: branch, from: null, to: first }, { ref: ours('a'), from: null, to: first })
      expect(temp.git('reflog', '-1', '--format=%gs', 'lane')).toBe('ws: why')
      // What is deleted takes its reflog along.
      await update({ ref: branch, from: first, to: null })
      expect(started()).toEqual([ownCall, keptCall])
    }))
})
