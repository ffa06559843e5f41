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
