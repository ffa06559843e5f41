// What the files of worktrees say, beside what git says of them.
import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TempRepository } from '@ws/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRegistrations } from '../../src/slots/read-registrations.ts'
import { askForRegistrations, headBranch, listRegistrations } from '../../src/slots/registration.ts'
import { type Opened, withOpened } from '../opened.ts'

const names = ['a', 'b', 'c', 'with space\nand line end'] as const

interface Place {
  readonly temp: TempRepository
  readonly name: string
  /** Of the worktree, which may be gone. */
  readonly path: string
  /** Its part of the repository. */
  readonly admin: string
}

type Changes = Readonly<Record<string, (place: Place) => void>>

/** What becomes of worktrees, in ways that git writes itself. */
const ordinary: Changes = {
  locked: ({ temp, path }) => tolerant(temp, 'worktree', 'lock', path),
  'locked with a reason': ({ temp, path }) =>
    tolerant(temp, 'worktree', 'lock', '--reason', 'why\n  not', path),
  unlocked: ({ temp, path }) => tolerant(temp, 'worktree', 'unlock', path),
  gone: ({ path }) => rmSync(path, { recursive: true, force: true }),
  moved: ({ temp, path, name }) =>
    tolerant(temp, 'worktree', 'move', '--force', '--force', path, `${path} moved ${name.length}`),
  detached: ({ temp, admin }) =>
    tolerant(temp, `--git-dir=${admin}`, 'update-ref', '--no-deref', 'HEAD', 'main'),
  unborn: ({ temp, admin }) =>
    tolerant(temp, `--git-dir=${admin}`, 'symbolic-ref', 'HEAD', 'refs/heads/not/yet'),
  'on a branch with a commit': ({ temp, admin }) =>
    tolerant(temp, `--git-dir=${admin}`, 'symbolic-ref', 'HEAD', 'refs/heads/other'),
  packed: ({ temp }) => void temp.git('pack-refs', '--all'),
  pruned: ({ temp }) => void temp.git('worktree', 'prune', '--expire=now'),
  'without .git': ({ path }) => rmSync(join(path, '.git'), { force: true }),
  'beside a bare one': ({ temp }) => void temp.git('config', 'core.bare', 'true'),
  'beside one that is not bare': ({ temp }) => void temp.git('config', 'core.bare', 'false'),
  'beside a detached one': ({ temp }) => void temp.git('update-ref', '--no-deref', 'HEAD', 'main'),
}

/** What only git can make sense of. */
const odd: Changes = {
  'a HEAD that is none': ({ admin }) => writeFileSync(join(admin, 'HEAD'), 'nothing\n'),
  'a branch named like an option': ({ admin }) => writeFileSync(join(admin, 'HEAD'), 'ref: refs/heads/-D\n'),
  'a HEAD without its line end': ({ admin }) => writeFileSync(join(admin, 'HEAD'), 'ref: refs/heads/other'),
  'a branch that is another one': ({ temp, admin }) => {
    temp.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/other')
    writeFileSync(join(admin, 'HEAD'), 'ref: refs/heads/alias\n')
  },
  'a broken branch': ({ temp, admin }) => {
    writeFileSync(join(temp.path, '.git/refs/heads/broken'), 'nothing\n')
    writeFileSync(join(admin, 'HEAD'), 'ref: refs/heads/broken\n')
  },
  'no gitdir': ({ admin }) => rmSync(join(admin, 'gitdir')),
  'an empty gitdir': ({ admin }) => writeFileSync(join(admin, 'gitdir'), ''),
  'a gitdir with more lines': ({ admin }) => appendFileSync(join(admin, 'gitdir'), ' \n\n'),
  'a relative gitdir': ({ admin }) => writeFileSync(join(admin, 'gitdir'), '../../../a/.git\n'),
  'a HEAD outside of the branches': ({ admin }) => writeFileSync(join(admin, 'HEAD'), 'ref: refs/other/x\n'),
  'a file beside them': ({ admin }) => writeFileSync(join(admin, '../stray'), ''),
  'an empty folder beside them': ({ admin }) => mkdirSync(join(admin, '../stray')),
  'a gitdir that is elsewhere': ({ admin }) => renameSync(join(admin, 'gitdir'), join(admin, 'other')),
}

function tolerant(temp: TempRepository, ...args: readonly string[]): void {
  try {
    temp.git(...args)
  } catch {
    // After what was done before it is not possible.
  }
}

async function withWorktrees(
  body: (opened: Opened, places: readonly Place[]) => Promise<void>,
): Promise<void> {
  await withOpened(async (opened) => {
    const { temp } = opened
    temp.git('branch', 'other')
    const places = names.map((name, index) => {
      const path = join(temp.folder, 'trees', name)
      temp.git('worktree', 'add', '--quiet', '-b', `lane/${index}`, path, 'main')
      const admin = temp.gitIn(path, 'rev-parse', '--path-format=absolute', '--git-dir')
      return { temp, name, path, admin }
    })
    await body(opened, places)
  })
}

const sorted = <T extends { readonly path: string }>(all: readonly T[]) =>
  all.toSorted((a, b) => (a.path < b.path ? -1 : 1))

describe('the worktrees of a repository', () => {
  it('are read from their files as git names them, whatever became of them', { timeout: 300_000 }, () => {
    const change = fc.record({
      what: fc.constantFrom(...Object.keys(ordinary)),
      at: fc.nat(names.length - 1),
    })
    return fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 8 }), (changes) =>
        withWorktrees(async ({ repository }, places) => {
          for (const { what, at } of changes) ordinary[what]?.(places[at]!)
          const read = await readRegistrations(repository)
          expect(read).toBeDefined()
          expect(read?.[0]?.isMain).toBe(true)
          expect(sorted(read ?? [])).toEqual(sorted(await askForRegistrations(repository.git)))
        }),
      ),
      { numRuns: 12, endOnFailure: true },
    )
  })

  it.each(Object.keys(odd))('with %s are what git says they are', (what) =>
    withWorktrees(async ({ repository }, [place]) => {
      odd[what]?.(place!)
      const ask = () => askForRegistrations(repository.git)
      const said = await ask().catch((error: unknown) => error)
      const found = await listRegistrations(repository).catch((error: unknown) => error)
      expect(JSON.stringify(found)).toBe(JSON.stringify(said))
    }),
  )

  it('name the branch that each is on, from the file or from git', () =>
    withWorktrees(async ({ repository, temp }, [first, second]) => {
      expect(await headBranch(repository.git, 'a')).toBe('refs/heads/lane/0')
      ordinary['detached']?.(second!)
      expect(await headBranch(repository.git, 'b')).toBe(undefined)
      temp.git(`--git-dir=${first!.admin}`, 'symbolic-ref', 'HEAD', 'refs/other/x')
      expect(await headBranch(repository.git, 'a')).toBe('refs/other/x')
    }))
})
