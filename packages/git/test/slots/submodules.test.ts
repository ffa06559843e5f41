import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { restoreRescue } from '../../src/rescue/rescue.ts'
import { type Opened, withOpened, work } from '../opened.ts'

interface WithSubmodule extends Opened {
  /** Where the submodule is in the slot. */
  readonly lib: string
  readonly path: string
}

/** A slot of a repository with a submodule, which comes up empty. */
function withSubmodule(body: (opened: WithSubmodule) => Promise<void>): Promise<void> {
  return withOpened(
    async (opened) => {
      const { temp, slots } = opened
      temp.gitIn(temp.folder, 'clone', '--quiet', temp.path, 'library')
      temp.git(
        ...['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add'],
        join(temp.folder, 'library'),
        'vendor/lib',
      )
      temp.git('commit', '--quiet', '-m', 'with a submodule')
      const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
      expect(readdirSync(join(path, 'vendor/lib'))).toEqual([])
      await body({ ...opened, path, lib: join(path, 'vendor/lib') })
    },
    { files: { 'a.txt': 'a\n', '.gitignore': '*.log\n' } },
  )
}

const fillIn = ({ temp, path }: WithSubmodule) =>
  temp.gitIn(path, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init')

describe('a submodule in a slot', () => {
  it('that was filled in and left alone goes with the slot, and comes up empty in the next', () =>
    withSubmodule(async (opened) => {
      const { slots, lib } = opened
      fillIn(opened)
      const { snapshot } = await slots.pin('s')
      expect(snapshot.submodules).toEqual([{ path: 'vendor/lib', state: 'clean' }])
      const { pinned } = await slots.recycle('s', { base: 'main', work: work('b') })
      expect(pinned.snapshot.nestedRepositories).toEqual([])
      expect(readdirSync(lib)).toEqual([])
      expect((await slots.snapshot('s')).tree).toBe(opened.temp.git('rev-parse', 'main^{tree}'))
      fillIn(opened)
      await slots.remove('s')
    }))

  it('holds nothing back when files were put where it would be: they are kept', () =>
    withSubmodule(async ({ temp, slots, lib }) => {
      writeFileSync(join(lib, 'mine.txt'), 'mine\n')
      const { pinned } = await slots.recycle('s', { base: 'main', work: work('b') })
      expect(readdirSync(lib)).toEqual([])
      const folder = join(temp.folder, 'restored')
      await restoreRescue(slots.repository, pinned.ref, { folder })
      expect(existsSync(join(folder, 'vendor/lib/mine.txt'))).toBe(true)
      expect(readFileSync(join(folder, 'vendor/lib/mine.txt'), 'utf8')).toBe('mine\n')
    }))

  it('is kept whole when a tool cloned it by itself and changed it', () =>
    withSubmodule(async ({ temp, slots, lib }) => {
      temp.gitIn(lib, 'clone', '--quiet', temp.path, '.')
      writeFileSync(join(lib, 'a.txt'), 'changed\n')
      const { pinned } = await slots.remove('s')
      const folder = join(temp.folder, 'restored')
      await restoreRescue(slots.repository, pinned.ref, { folder })
      expect(readFileSync(join(folder, 'vendor/lib/a.txt'), 'utf8')).toBe('changed\n')
      expect(temp.gitIn(join(folder, 'vendor/lib'), 'status', '--porcelain')).toContain('M a.txt')
    }))

  it('is kept with the files that were changed in it and that are new', () =>
    withSubmodule(async (opened) => {
      const { temp, slots, lib } = opened
      fillIn(opened)
      writeFileSync(join(lib, 'a.txt'), 'changed\n')
      writeFileSync(join(lib, 'new.txt'), 'new\n')
      const { pinned } = await slots.recycle('s', { base: 'main', work: work('b') })
      expect(readdirSync(lib)).toEqual([])
      const folder = join(temp.folder, 'restored')
      await restoreRescue(slots.repository, pinned.ref, { folder })
      expect(readFileSync(join(folder, 'vendor/lib/a.txt'), 'utf8')).toBe('changed\n')
      expect(readFileSync(join(folder, 'vendor/lib/new.txt'), 'utf8')).toBe('new\n')
    }))

  it.each<[string, (opened: WithSubmodule) => void]>([
    [
      'a commit of its own',
      ({ temp, lib }) => temp.gitIn(lib, 'commit', '--quiet', '--allow-empty', '-m', 'own'),
    ],
    [
      'a commit on a branch that was left',
      ({ temp, lib }) => {
        temp.gitIn(lib, 'switch', '--quiet', '-c', 'topic')
        temp.gitIn(lib, 'commit', '--quiet', '--allow-empty', '-m', 'own')
        temp.gitIn(lib, 'pack-refs', '--all')
        temp.gitIn(lib, 'switch', '--quiet', '--detach', 'topic~1')
      },
    ],
    [
      'a commit in another one that it added',
      ({ temp, path }) => {
        const library = join(temp.folder, 'library')
        temp.gitIn(path, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'second')
        temp.gitIn(join(path, 'second'), 'commit', '--quiet', '--allow-empty', '-m', 'own')
      },
    ],
    [
      'a stash',
      ({ temp, lib }) => {
        writeFileSync(join(lib, 'a.txt'), 'changed\n')
        temp.gitIn(lib, 'stash', '--quiet')
      },
    ],
  ])('with %s holds the slot back: its git directory would go with it', (_, change) =>
    withSubmodule(async (opened) => {
      const { slots, path, lib } = opened
      fillIn(opened)
      change(opened)
      const before = readFileSync(join(lib, 'a.txt'), 'utf8')
      for (const leave of [
        () => slots.recycle('s', { base: 'main', work: work('b') }),
        () => slots.remove('s'),
      ])
        await expect(leave()).rejects.toMatchObject({
          code: 'WS_GIT_SUBMODULE_WORK',
          details: { submodules: [expect.stringMatching(/^(?:vendor\/lib|second)$/)] },
        })
      expect(readFileSync(join(lib, 'a.txt'), 'utf8')).toBe(before)
      expect(existsSync(join(path, '.git'))).toBe(true)
    }),
  )

  it('leads nowhere by a link on the way', () =>
    withSubmodule(async ({ temp, slots, path }) => {
      const outside = join(temp.folder, 'outside')
      mkdirSync(join(outside, 'lib'), { recursive: true })
      writeFileSync(join(outside, 'lib/theirs.txt'), 'theirs\n')
      renameSync(join(path, 'vendor'), join(path, 'moved'))
      symlinkSync(outside, join(path, 'vendor'))
      await slots.recycle('s', { base: 'main', work: work('b') })
      expect(readFileSync(join(outside, 'lib/theirs.txt'), 'utf8')).toBe('theirs\n')
      expect(readdirSync(join(path, 'vendor/lib'))).toEqual([])
      rmSync(join(path, 'vendor/lib'), { recursive: true })
      symlinkSync(join(outside, 'lib'), join(path, 'vendor/lib'))
      await slots.recycle('s', { base: 'main', work: work('c') })
      expect(readFileSync(join(outside, 'lib/theirs.txt'), 'utf8')).toBe('theirs\n')
    }))
})
