import type { GitRunOptions } from '../door/git.ts'
import type { ObjectId, RefName } from '../door/names.ts'
import { shortBranch } from '../door/names.ts'
import type { Exclusive } from '../locks/repository-lock.ts'
import type { Repository } from '../repository/repository.ts'
import type { BranchUser } from './branch-users.ts'
import { takeBack } from './take-back.ts'

/** A checked-out branch that is to move along. */
export interface FastForward {
  readonly branch: RefName
  readonly to: ObjectId
}

/** Done, or what is in the way; then nothing was changed. */
export type FastForwarded =
  | { readonly isDone: true }
  | { readonly isDone: false; readonly paths: readonly string[]; readonly detail: string }

/**
 * Moves a branch where somebody has it checked out, files and all, as `git merge --ff-only` does: only forward,
 * only if the files that change are clean, without hooks, stashes or options that the repository configures.
 * Changes in other files, staged or not, stay what they are.
 *
 * Git looks at `HEAD` by itself and cannot be told which branch to expect, so a person who switches branches in
 * the very millisecond is not noticed before the reference is read back.
 */
export async function fastForwardCheckout(
  repository: Repository,
  exclusive: Exclusive,
  { path, gitDir }: BranchUser,
  { branch, to }: FastForward,
  options: GitRunOptions = {},
): Promise<FastForwarded> {
  exclusive.require()
  const git = repository.git.at({
    cwd: path,
    gitDir,
    workTree: path,
    config: { [`branch.${shortBranch(branch)}.mergeOptions`]: '', 'core.quotePath': 'false' },
  })
  const { exitCode, stderr } = await git.run(
    [
      'merge',
      '--ff-only',
      '--quiet',
      '--no-stat',
      '--no-autostash',
      '--no-verify-signatures',
      // An ignored file that the landing brings as a tracked one is the user's all the same.
      '--no-overwrite-ignore',
      '--end-of-options',
      to,
    ],
    { timeoutMs: 900_000, ...options, okExitCodes: [0, 1, 2, 128] },
  )
  if (exitCode !== 0) {
    const paths = pathsIn(stderr)
    // Git looks for what is in the way before it touches anything; whatever else it failed by, it may have begun.
    if (paths.length === 0 && !stderr.includes('.lock')) await takeBack(repository, git, to, options)
    return { isDone: false, paths, detail: lastLine(stderr) }
  }
  if ((await repository.lookUp(branch)) === to) return { isDone: true }
  return { isDone: false, paths: [], detail: 'the checkout changed to another branch meanwhile' }
}

/** What git lists below "would be overwritten": one path a line, behind a tab. */
function pathsIn(stderr: string): readonly string[] {
  const paths = stderr.split('\n').flatMap((line) => (line.startsWith('\t') ? [line.slice(1)] : []))
  return [...new Set(paths)].toSorted()
}

function lastLine(stderr: string): string {
  const lines = stderr.trim().split('\n')
  return (lines.find((line) => /^(?:fatal|error):/.test(line)) ?? lines.at(-1) ?? '').slice(0, 300)
}
