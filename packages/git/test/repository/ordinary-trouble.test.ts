// Repositories as they are found: each works or is refused by name.
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withTempDir } from '@ws/testing'
import { describe, expect, it } from 'vitest'
import { checkGitVersion } from '../../src/door/git-version.ts'
import { openRepository } from '../../src/repository/repository.ts'
import { Slots } from '../../src/slots/slots.ts'
import {
  makeTempRepository,
  type TempRepositoryOptions,
  testEnvironment,
  withOpened,
  work,
} from '../opened.ts'

const withSlots = async (path: string, body: (slots: Slots) => Promise<void>) => {
  const repository = await openRepository(path, { env: testEnvironment() })
  try {
    await body(new Slots(repository))
  } finally {
    await repository.close()
  }
}

/** A whole life of a slot: made, changed, committed, recycled, removed. */
async function useSlot(slots: Slots): Promise<void> {
  const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
  writeFileSync(join(path, 'new.txt'), 'new\n')
  const pinned = await slots.pin('s')
  const { commit } = await slots.commit('s', { tree: pinned.snapshot.tree, pinned, message: 'work' })
  await slots.recycle('s', { base: commit, work: work('b') })
  expect(readFileSync(join(path, 'new.txt'), 'utf8')).toBe('new\n')
  await slots.remove('s')
  await slots.purgeTrash()
}

describe('ordinary trouble', () => {
  it('an unborn branch is refused by name', () =>
    withOpened(
      async ({ slots }) => {
        await expect(slots.create({ slot: 's', base: 'HEAD', work: work('a') })).rejects.toMatchObject({
          code: 'WS_GIT_NO_SUCH_COMMIT',
          message: 'the repository has no commit yet',
        })
      },
      { files: null },
    ))

  const shapes: Readonly<Record<string, TempRepositoryOptions>> = {
    'SHA-256': { objectFormat: 'sha256' },
    'spaces and a line end in its path': { name: 'with space\nand "line" end: é' },
    'a branch named lane-like and files with odd names': {
      files: { '-D': 'x', ':(top)x': 'x', 'a\nb': 'x', é: 'x', '"q"': 'x' },
    },
  }
  it.each(Object.keys(shapes))('a repository with %s works', (shape) =>
    withOpened(({ slots }) => useSlot(slots), shapes[shape]),
  )

  it('a bare repository works', () =>
    withTempDir(async (folder) => {
      const temp = makeTempRepository(folder)
      temp.git('clone', '--quiet', '--bare', '.', join(folder, 'bare.git'))
      await withSlots(join(folder, 'bare.git'), async (slots) => {
        expect(slots.root).toBe(join(folder, 'bare.ws'))
        await useSlot(slots)
      })
    }))

  it('a shallow clone works', () =>
    withTempDir(async (folder) => {
      const temp = makeTempRepository(folder)
      temp.commit('second', { 'a.txt': 'a' })
      temp.git('clone', '--quiet', '--depth=1', `file://${temp.path}`, join(folder, 'shallow'))
      await withSlots(join(folder, 'shallow'), async (slots) => {
        expect(slots.repository.facts.isShallow).toBe(true)
        await useSlot(slots)
      })
    }))

  it('a partial clone that lacks a file is refused by name and left as it was', () =>
    withTempDir(async (folder) => {
      const temp = makeTempRepository(folder, { files: { 'a.txt': 'a', 'b.txt': 'b' } })
      temp.git('config', 'uploadpack.allowFilter', 'true')
      temp.git(
        'clone',
        '--quiet',
        '--filter=blob:none',
        '--no-checkout',
        `file://${temp.path}`,
        join(folder, 'partial'),
      )
      await withSlots(join(folder, 'partial'), async (slots) => {
        expect(slots.repository.facts.isPartial).toBe(true)
        await expect(slots.create({ slot: 's', base: 'main', work: work('a') })).rejects.toMatchObject({
          code: 'WS_GIT_OBJECT_MISSING',
        })
        expect(await slots.list()).toEqual([])
        temp.gitIn(join(folder, 'partial'), 'checkout', '--quiet', 'main')
        await useSlot(slots)
      })
    }))

  it('a format that this git does not know is refused by name', () =>
    withTempDir(async (folder) => {
      const temp = makeTempRepository(folder)
      temp.git('config', 'core.repositoryformatversion', '1')
      temp.git('config', 'extensions.refStorage', 'reftable-of-tomorrow')
      await expect(openRepository(temp.path, { env: testEnvironment() })).rejects.toMatchObject({
        code: 'WS_GIT_FORMAT',
      })
    }))

  it('references in tables are refused by name where git does not know them, and work where it does', (context) =>
    withTempDir(async (folder) => {
      const temp = makeTempRepository(folder)
      const knows = checkGitVersion(temp.git('version')).minor >= 45
      if (!knows) {
        temp.git('config', 'core.repositoryformatversion', '1')
        temp.git('config', 'extensions.refStorage', 'reftable')
        await expect(openRepository(temp.path, { env: testEnvironment() })).rejects.toMatchObject({
          code: 'WS_GIT_FORMAT',
        })
        return context.skip('this git has no reftable: refused, and not run')
      }
      temp.gitIn(folder, 'clone', '--quiet', '--ref-format=reftable', temp.path, 'tables')
      await withSlots(join(folder, 'tables'), async (slots) => {
        expect(slots.repository.facts.refFormat).toBe('reftable')
        await useSlot(slots)
      })
    }))

  it('no identity, signing and a missing signer do not matter', () =>
    withOpened(async ({ temp, slots }) => {
      temp.git('config', 'user.useConfigOnly', 'true')
      temp.git('config', 'commit.gpgSign', 'true')
      temp.git('config', 'gpg.program', '/nonexistent')
      await useSlot(slots)
    }))

  it('a branch named lane blocks the default names, and says so', () =>
    withOpened(async ({ temp, slots }) => {
      temp.git('branch', 'lane')
      await expect(slots.create({ slot: 's', base: 'main', work: work('a') })).rejects.toMatchObject({
        code: 'WS_GIT_BRANCH_BLOCKED',
      })
      await slots.create({ slot: 's', base: 'main', branch: 'other/a', work: work('a') })
    }))

  it('line ends are made as the project wants them', () =>
    withOpened(
      async ({ temp, slots }) => {
        const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
        expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('one\r\ntwo\r\n')
        const { tree } = await slots.snapshot('s')
        expect(tree).toBe(temp.git('rev-parse', 'main^{tree}'))
      },
      { files: { '.gitattributes': '*.txt text eol=crlf\n', 'a.txt': 'one\ntwo\n' } },
    ))

  it.runIf(process.getuid?.() === 0)(
    "somebody else's repository is refused unless it was declared safe",
    () =>
      withTempDir(async (folder) => {
        const temp = makeTempRepository(folder)
        chownSync(temp.path, 12_345, 12_345)
        chownSync(join(temp.path, '.git'), 12_345, 12_345)
        await expect(openRepository(temp.path, { env: testEnvironment() })).rejects.toMatchObject({
          code: 'WS_GIT_OWNERSHIP',
        })
        const home = join(folder, 'home')
        mkdirSync(home)
        writeFileSync(join(home, '.gitconfig'), `[safe]\n\tdirectory = ${temp.path}\n`)
        const repository = await openRepository(temp.path, { env: { ...testEnvironment(), HOME: home } })
        await repository.close()
      }),
  )

  it('what is no repository, or no directory, is refused by name', () =>
    withTempDir(async (folder) => {
      await expect(openRepository(folder, { env: testEnvironment() })).rejects.toMatchObject({
        code: 'WS_GIT_NOT_A_REPOSITORY',
      })
      await expect(openRepository(join(folder, 'none'), { env: testEnvironment() })).rejects.toMatchObject({
        code: 'WS_GIT_NOT_STARTED',
      })
    }))

  it('a linked worktree and a subdirectory lead to the same repository', () =>
    withOpened(async ({ temp, slots }) => {
      const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
      mkdirSync(join(temp.path, 'sub'))
      for (const place of [path, join(temp.path, 'sub'), join(temp.path, '.git')]) {
        const same = await openRepository(place, { env: testEnvironment() })
        expect(same.facts.commonDir).toBe(join(temp.path, '.git'))
        expect(same.facts.mainWorktree).toBe(temp.path)
        await same.close()
      }
    }))

  it('names that are options, absolute or climbing are refused or harmless', () =>
    withOpened(async ({ temp, slots }) => {
      for (const slot of ['-D', '--upload-pack=x', '../x', '/x', 'a/b', '.git', '', 'con', 'x.lock'])
        await expect(slots.create({ slot, base: 'main', work: work('a') })).rejects.toMatchObject({
          code: 'WS_GIT_SLOT_NAME',
        })
      for (const branch of ['-D', '--upload-pack=x'])
        await expect(
          slots.create({ slot: 's', branch, base: 'main', work: work('a') }),
        ).rejects.toMatchObject({ code: 'WS_GIT_BRANCH_NAME' })
      for (const base of ['-D', '--output=x', 'main~1', '@{u}'])
        await expect(slots.create({ slot: 's', base, work: work('a') })).rejects.toMatchObject({
          code: 'WS_GIT_BRANCH_NAME',
        })
      await slots.create({
        slot: 's',
        base: 'main',
        work: { run: '--upload-pack=x', workstream: '../..', attempt: 1 },
      })
      expect(existsSync(join(temp.folder, 'x'))).toBe(false)
    }))

  it.skipIf(process.getuid?.() === 0)(
    'a file that cannot be read stops the removal, and nothing is lost',
    () =>
      withOpened(async ({ slots }) => {
        const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
        writeFileSync(join(path, 'secret.txt'), 'secret\n')
        chmodSync(join(path, 'secret.txt'), 0)
        await expect(slots.remove('s')).rejects.toMatchObject({ code: 'WS_GIT_FAILED' })
        expect(existsSync(join(path, 'secret.txt'))).toBe(true)
      }),
  )
})
