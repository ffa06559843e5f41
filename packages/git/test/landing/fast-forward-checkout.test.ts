import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { branchRef, parseObjectId } from '../../src/door/names.ts'
import { findBranchUsers } from '../../src/landing/branch-users.ts'
import { digestContentPrograms } from '../../src/landing/content-programs.ts'
import { fastForwardCheckout } from '../../src/landing/fast-forward-checkout.ts'
import { type Opened, withOpened } from '../opened.ts'

const branch = branchRef('main')

/** A commit ahead of the checkout, and the try to go there. */
async function goAhead({ temp, repository }: Opened, files: Readonly<Record<string, string>>) {
  const before = temp.git('rev-parse', 'HEAD')
  const to = parseObjectId(temp.commit('ahead', files))
  temp.git('reset', '--quiet', '--hard', before)
  const [user] = await findBranchUsers(repository, branch)
  return {
    to,
    go: () =>
      repository.exclusively((exclusive) =>
        fastForwardCheckout(repository, exclusive, user!, { branch, to }),
      ),
  }
}

describe('the fast-forward of a checkout', () => {
  it('moves files and branch, and nothing beside them', () =>
    withOpened(
      async (opened) => {
        const { temp } = opened
        const { to, go } = await goAhead(opened, { 'a.txt': 'ahead\n' })
        temp.write({ 'b.txt': 'edited\n' })
        expect(await go()).toEqual({ isDone: true })
        expect([temp.git('rev-parse', 'main'), temp.read('a.txt'), temp.read('b.txt')]).toEqual([
          to,
          'ahead\n',
          'edited\n',
        ])
        expect(temp.git('status', '--short')).toBe(' M b.txt')
      },
      { files: { 'a.txt': 'a\n', 'b.txt': 'b\n' } },
    ))

  it('names what is in the way, and changes nothing', () =>
    withOpened(
      async (opened) => {
        const { temp } = opened
        const { go } = await goAhead(opened, { 'a.txt': 'ahead\n', 'ä new.txt': 'ahead\n' })
        temp.write({ 'a.txt': 'edited\n', 'ä new.txt': 'mine\n' })
        const before = temp.git('status', '--short')
        expect(await go()).toMatchObject({ isDone: false, paths: ['a.txt', 'ä new.txt'] })
        expect(temp.git('status', '--short')).toBe(before)
        temp.git('commit', '--quiet', '--all', '--message', 'beside')
        expect(await go()).toMatchObject({
          isDone: false,
          paths: [],
          detail: expect.stringMatching(/fast-forward/),
        })
      },
      { files: { 'a.txt': 'a\n' } },
    ))

  it('that fails half-way leaves every file as it was', () =>
    withOpened(
      async (opened) => {
        const { temp } = opened
        const before = temp.git('rev-parse', 'HEAD')
        // A link to nothing can be committed, and no file system takes it.
        const empty = temp.git('hash-object', '-w', '-t', 'blob', '/dev/null')
        temp.write({ 'a.txt': 'ahead\n', 'made/for it/b.txt': 'ahead\n', 'z.txt': 'ahead\n' })
        temp.git('rm', '--quiet', 'd.txt', 'x')
        temp.write({ 'x/inside.txt': 'ahead\n' })
        temp.git('add', '--all')
        temp.git('update-index', '--add', '--cacheinfo', `120000,${empty},m.txt`)
        temp.git('commit', '--quiet', '--message', 'ahead')
        const to = parseObjectId(temp.git('rev-parse', 'HEAD'))
        temp.git('reset', '--quiet', '--hard', before)
        temp.write({ 'mine.txt': 'mine\n', 'other.txt': 'edited\n' })
        const [user] = await findBranchUsers(opened.repository, branch)
        const status = temp.git('status', '--short', '--untracked-files=all')
        const moved = await opened.repository.exclusively((exclusive) =>
          fastForwardCheckout(opened.repository, exclusive, user!, { branch, to }),
        )
        expect(moved).toMatchObject({ isDone: false, paths: [], detail: expect.stringContaining('m.txt') })
        expect(temp.git('status', '--short', '--untracked-files=all')).toBe(status)
        expect(temp.git('rev-parse', 'main')).toBe(before)
        expect(existsSync(join(temp.path, 'made'))).toBe(false)
        expect(['a.txt', 'd.txt', 'm.txt', 'x', 'other.txt'].map((path) => temp.read(path))).toEqual([
          'a\n',
          'd\n',
          'm\n',
          'x\n',
          'edited\n',
        ])
      },
      {
        files: {
          'a.txt': 'a\n',
          'd.txt': 'd\n',
          'm.txt': 'm\n',
          x: 'x\n',
          'z.txt': 'z\n',
          'other.txt': 'o\n',
        },
      },
    ))

  it('notices that the checkout is on another branch by now', () =>
    withOpened(async (opened) => {
      const { temp } = opened
      const { go } = await goAhead(opened, { 'a.txt': 'ahead\n' })
      temp.git('switch', '--quiet', '--create', 'other')
      expect(await go()).toMatchObject({
        isDone: false,
        detail: 'the checkout changed to another branch meanwhile',
      })
    }))
})

it('the programs that git may run are told by a digest, which other settings leave alone', () =>
  withOpened(async ({ temp, repository }) => {
    const before = await digestContentPrograms(repository)
    temp.git('config', 'user.name', 'Somebody')
    expect(await digestContentPrograms(repository)).toBe(before)
    temp.git('config', 'filter.x.smudge', 'cat')
    expect(await digestContentPrograms(repository)).not.toBe(before)
  }))
