import type { ObjectId, Repository } from '@ws/git'

/** Whether the first commit is the second one, or part of its history. */
export function isAncestor(repository: Repository, ancestor: ObjectId, of: ObjectId): Promise<boolean> {
  return repository.isAncestor(ancestor, of)
}
