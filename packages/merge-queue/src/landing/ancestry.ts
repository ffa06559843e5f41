import type { ObjectId, Repository } from '@ws/git'

/** Whether the first commit is the second one, or part of its history. */
export async function isAncestor(repository: Repository, ancestor: ObjectId, of: ObjectId): Promise<boolean> {
  if (ancestor === of) return true
  const git = await repository.content.bare()
  const { exitCode } = await git.run(['merge-base', '--is-ancestor', ancestor, of], { okExitCodes: [0, 1] })
  return exitCode === 0
}
