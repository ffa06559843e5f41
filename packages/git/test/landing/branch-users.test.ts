import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { branchRef } from '../../src/door/names.ts'
import { findBranchUsers } from '../../src/landing/branch-users.ts'
import { withOpened } from '../opened.ts'

const main = branchRef('main')

describe('the users of a branch', () => {
  it('are the worktrees that have it checked out and are still there', () =>
    withOpened(async ({ temp, repository }) => {
      expect(await findBranchUsers(repository, main)).toEqual([
        { path: temp.path, gitDir: join(temp.path, '.git'), by: 'checkout' },
      ])
      temp.git('switch', '--quiet', '--detach')
      expect(await findBranchUsers(repository, main)).toEqual([])
      const linked = join(temp.folder, 'linked')
      temp.git('worktree', 'add', '--quiet', linked, 'main')
      expect(await findBranchUsers(repository, main)).toEqual([
        { path: linked, gitDir: join(temp.path, '.git/worktrees/linked'), by: 'checkout' },
      ])
      rmSync(linked, { recursive: true })
      expect(await findBranchUsers(repository, main)).toEqual([])
    }))

  it('are those that will come back to it when a rebase or a bisection ends', () =>
    withOpened(async ({ temp, repository }) => {
      temp.commit('second')
      temp.commit('third')
      expect(() => temp.git('rebase', '--quiet', '--force-rebase', '--exec', 'false', 'HEAD~1')).toThrow(
        'rebase',
      )
      expect(await findBranchUsers(repository, main)).toMatchObject([{ path: temp.path, by: 'rebase' }])
      temp.git('rebase', '--abort')
      temp.git('bisect', 'start', 'HEAD', 'HEAD~2')
      expect(await findBranchUsers(repository, main)).toMatchObject([{ path: temp.path, by: 'bisect' }])
      expect(await findBranchUsers(repository, branchRef('other'))).toEqual([])
    }))
})
