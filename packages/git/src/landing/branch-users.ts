import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GitRunOptions } from '../door/git.ts'
import { type RefName, shortBranch } from '../door/names.ts'
import type { Repository } from '../repository/repository.ts'
import { adminOf, listRegistrations } from '../slots/registration.ts'

/** A worktree to which a branch belongs at the moment: moving the branch alone would leave it with staged changes. */
export interface BranchUser {
  readonly path: string
  /** The git directory of that worktree. */
  readonly gitDir: string
  /** `checkout` when its `HEAD` is the branch; else what will come back to the branch when it ends. */
  readonly by: 'checkout' | 'rebase' | 'bisect'
}

/** The worktrees that have a branch checked out, or are in the middle of a rebase or a bisection of it. */
export async function findBranchUsers(
  repository: Repository,
  branch: RefName,
  options: GitRunOptions = {},
): Promise<BranchUser[]> {
  const { commonDir } = repository.facts
  const users: BranchUser[] = []
  for (const { path, isMain, prunable, ...worktree } of await listRegistrations(repository, options)) {
    // Its directory is gone for good: git itself would forget it.
    if (prunable !== undefined && worktree.locked === undefined) continue
    const admin = isMain ? undefined : await adminOf(commonDir, path)
    const gitDir = admin === undefined ? commonDir : join(commonDir, 'worktrees', admin)
    if (worktree.branch === branch) users.push({ path, gitDir, by: 'checkout' })
    else if (worktree.branch === undefined) {
      const by = await comesBackTo(gitDir, branch)
      if (by !== undefined) users.push({ path, gitDir, by })
    }
  }
  return users
}

/** A detached `HEAD` may be a rebase or a bisection that ends by moving, or checking out, the branch. */
async function comesBackTo(gitDir: string, branch: RefName): Promise<'rebase' | 'bisect' | undefined> {
  const read = (file: string) =>
    readFile(join(gitDir, file), 'utf8').then(
      (text) => text.trim(),
      () => '',
    )
  for (const file of ['rebase-merge/head-name', 'rebase-apply/head-name'])
    if ((await read(file)) === branch) return 'rebase'
  return (await read('BISECT_START')) === shortBranch(branch) ? 'bisect' : undefined
}
