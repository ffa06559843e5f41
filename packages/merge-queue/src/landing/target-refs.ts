import { branchRef, parseRefName, type RefName } from '@ws/git'

/** The references that belong to one target. */
export interface TargetRefs {
  /** The branch itself, which people have checked out. */
  readonly branch: RefName
  /** What the queue landed: the line that only it moves. */
  readonly landed: RefName
  /** Where the queue left the branch; there only while the branch lags behind what was landed. */
  readonly followed: RefName
  /** What somebody else pushed, as long as it is not part of the line. */
  readonly remote: RefName
}

/** The references of a target, from its short name. @throws `WS_GIT_BRANCH_NAME` */
export function targetRefs(target: string): TargetRefs {
  const branch = branchRef(target)
  return {
    branch,
    landed: parseRefName(`refs/ws/landed/${target}`),
    followed: parseRefName(`refs/ws/followed/${target}`),
    remote: parseRefName(`refs/ws/remote/${target}`),
  }
}
