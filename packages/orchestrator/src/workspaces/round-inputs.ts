import {
  branchRef,
  type ConflictWithHunks,
  mergeTrees,
  type ObjectId,
  parseRefName,
  type Repository,
} from '@ws/git'

/** The commit that a round begins at, or why there is none. */
export type RoundInputs =
  | { readonly isClean: true; readonly commit: ObjectId }
  | { readonly isClean: false; readonly input: ObjectId; readonly conflicts: readonly ConflictWithHunks[] }

/**
 * Merges what a round is built on into one commit that nobody edits: the target, then each commit that it needs and
 * the target does not hold yet, in the order given. Dates are fixed, so the same inputs give the same commit.
 */
export async function mergeInputs(
  repository: Repository,
  target: ObjectId,
  inputs: readonly string[],
  signal: AbortSignal,
): Promise<RoundInputs> {
  let commit = target
  for (const input of await Promise.all(inputs.map((id) => repository.resolveCommit(id)))) {
    if (await repository.isAncestor(input, commit, { signal })) continue
    if (await repository.isAncestor(commit, input, { signal })) {
      commit = input
      continue
    }
    const { isClean, tree, conflicts } = await mergeTrees(
      repository,
      { ours: commit, theirs: input },
      { signal },
    )
    if (!isClean) return { isClean, input, conflicts }
    commit = await repository.writeCommit({ tree, parents: [commit, input], message: 'inputs', at: 0 })
  }
  return { isClean: true, commit }
}

/** Where a target stands: at what was landed on it, or further where a person went on from there. */
export async function targetCommit(repository: Repository, target: string): Promise<ObjectId> {
  const landed = await repository.lookUp(parseRefName(`refs/ws/landed/${target}`))
  if (landed === undefined) return repository.resolveCommit(target)
  const head = await repository.lookUp(branchRef(target))
  const isAhead = head !== undefined && (await repository.isAncestor(landed, head))
  return isAhead ? head : landed
}
