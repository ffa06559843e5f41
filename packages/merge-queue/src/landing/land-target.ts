import { findBranchUsers, type ObjectId, type RefChange, type RefName, type Repository } from '@ws/git'
import type { LandOutcome } from '../queue/queue-input.ts'
import { isAncestor } from './ancestry.ts'
import { findRef } from './find-ref.ts'
import { pushTarget, type TargetRemote } from './push-target.ts'
import { type TargetRefs, targetRefs } from './target-refs.ts'
import { waitForRest } from './wait-for-rest.ts'

/** One move of a target, whose intent stands in the log. */
export interface Landing {
  readonly target: string
  readonly from: ObjectId
  readonly to: ObjectId
}

/** Under which leadership it is done, and where else the target lies. */
export interface LandOptions {
  readonly epoch: number
  /** Pushed to first where it is given: what the remote refuses is not landed here either. */
  readonly remote?: TargetRemote
}

/**
 * Moves a target by compare-and-swap. The queue's own line and the branch go together in one transaction where
 * nobody has the branch checked out; otherwise the branch follows later, files and all. Done twice it is done once.
 */
export async function landTarget(
  repository: Repository,
  landing: Landing,
  options: LandOptions,
): Promise<LandOutcome> {
  const refs = targetRefs(landing.target)
  if (options.remote !== undefined) {
    const early = await lookBefore(repository, landing, refs)
    if (early !== undefined) return early
    const pushed = await pushTarget(repository, landing, { ...options, remote: options.remote })
    if (pushed !== undefined) return pushed
  }
  return repository.exclusively(
    async (exclusive) => {
      const early = await lookBefore(repository, landing, refs)
      if (early !== undefined) return early
      const changes = await changesFor(repository, landing, refs)
      await repository.updateRefs(exclusive, changes, `ws: landed on ${landing.target}`)
      const landed = await findRef(repository, refs.landed)
      return landed === landing.to ? { kind: 'landed' } : { kind: 'moved', to: landed }
    },
    { epoch: options.epoch },
  )
}

/** What became of a landing whose end nobody saw: the reference tells. `undefined` where it did not happen. */
export async function findLanding(
  repository: Repository,
  { target, to }: Landing,
): Promise<LandOutcome | undefined> {
  const ref = targetRefs(target).landed
  // The leader is gone, but a git that it started may still be at work.
  await waitForRest(repository, [ref])
  const landed = await findRef(repository, ref)
  return landed !== undefined && (await isAncestor(repository, to, landed)) ? { kind: 'landed' } : undefined
}

/** The outcome where it is certain without any change. */
async function lookBefore(
  repository: Repository,
  { from, to }: Landing,
  refs: TargetRefs,
): Promise<LandOutcome | undefined> {
  const landed = await findRef(repository, refs.landed)
  if (landed === from) {
    const isGone = (await findRef(repository, refs.branch)) === undefined
    return isGone ? { kind: 'moved', to: undefined } : undefined
  }
  if (landed !== undefined && (await isAncestor(repository, to, landed))) return { kind: 'landed' }
  return { kind: 'moved', to: landed }
}

/**
 * What moves together. What a person did to the branch meanwhile does not keep the line from moving: it is seen
 * at the next look, and taken in from where the branch is then.
 *
 * Git moves the references of a transaction one after another, in this order, and may be killed in between. The line
 * comes after whatever tells that the branch was not set back; then what is left looks like less done, and goes on.
 */
async function changesFor(
  repository: Repository,
  { from, to }: Landing,
  { branch, landed, followed }: TargetRefs,
): Promise<RefChange[]> {
  const line: RefChange = { ref: landed, from, to }
  const [head, left] = await Promise.all([repository.lookUp(branch), repository.lookUp(followed)])
  const forget: RefChange[] = left === undefined ? [] : [{ ref: followed, from: left, to: null }]
  if (head === undefined) return [line]
  // A person's own commits: the branch is there already, or further.
  if (head === to || (head !== from && (await isAncestor(repository, to, head)))) return [line, ...forget]
  const isBehind = head === from || (await isAncestor(repository, head, to))
  if (isBehind && (await isLeft(repository, left ?? from, head)) && (await isFree(repository, branch)))
    return [{ ref: branch, from: head, to }, line, ...forget]
  // Where the branch was left is what tells a branch that lags from one that a person set back.
  return left === undefined ? [{ ref: followed, from: null, to: from }, line] : [line]
}

/** Whether the branch holds what the queue left it at: one that was set back is not moved on. */
function isLeft(repository: Repository, left: ObjectId, head: ObjectId): Promise<boolean> {
  return isAncestor(repository, left, head)
}

async function isFree(repository: Repository, branch: RefName): Promise<boolean> {
  return (await findBranchUsers(repository, branch)).length === 0
}
