import { WsError } from '@ws/core'
import {
  digestContentPrograms,
  type Exclusive,
  fastForwardCheckout,
  findBranchUsers,
  type ObjectId,
  readRemoteBranch,
  type RefChange,
  type Repository,
} from '@ws/git'
import type { TargetSight } from '../queue/queue-input.ts'
import { isAncestor } from './ancestry.ts'
import { findRef } from './find-ref.ts'
import { bringHere, type TargetRemote } from './push-target.ts'
import { type TargetRefs, targetRefs } from './target-refs.ts'
import { waitForRest } from './wait-for-rest.ts'

/** What a look needs to know. */
export interface ObserveOptions {
  readonly epoch: number
  /** What must not have changed for git to be run in somebody's checkout. */
  readonly contentPrograms: string
  /** A rewound head that a person takes for what was landed. */
  readonly adopt?: ObjectId
  /** What was seen there last counts as well; it is asked anew where `isAsked` says so. */
  readonly remote?: TargetRemote & { readonly isAsked: boolean }
}

/** What a look saw, and more about a branch that is held. */
export type Sight = TargetSight & {
  readonly detail?: string
  /** The git directory of the checkout that holds it. */
  readonly gitDir?: string
  /** The commits that it does not have yet, the newest first; no more than are worth counting. */
  readonly missing?: readonly string[]
}

interface Look extends ObserveOptions {
  readonly repository: Repository
  readonly target: string
  readonly refs: TargetRefs
}

/**
 * Looks at a target, and brings the branch to what was landed where that is safe. `undefined` where there is
 * neither a branch nor anything landed.
 *
 *   branch gone ─► deleted                     branch holds more than was landed ─► advanced
 *   branch is what was landed ─► followed      branch lags ─► followed, or held by files of a checkout
 *   branch lost what the queue had left it at ─► rewound
 */
export async function observeTarget(
  repository: Repository,
  target: string,
  options: ObserveOptions,
): Promise<Sight | undefined> {
  const look: Look = { ...options, repository, target, refs: targetRefs(target) }
  // What moved while it was looked at is looked at again: a landing may be made at any moment.
  for (let round = 0; round < mostRounds; round++) {
    const sight = await lookOnce(look)
    if (sight !== 'moved') return sight
  }
  throw new WsError('WS_QUEUE_TARGET_RESTLESS', `the references of ${target} do not come to rest`, {
    details: { target },
    hint: 'look what else moves them, and for lock files that a crash has left',
  })
}

/** A landing takes milliseconds, and after each something is decided anew. */
const mostRounds = 20

async function lookOnce(look: Look): Promise<Sight | 'moved' | undefined> {
  const { repository, refs } = look
  const head = await findRef(repository, refs.branch)
  const landed = await findRef(repository, refs.landed)
  if (landed === undefined) return head === undefined ? undefined : begin(look, head)
  const there = await lookAtRemote(look, landed)
  if (there !== undefined) return there
  const left = await repository.lookUp(refs.followed)
  if (head === landed && left === undefined) return { kind: 'followed', landed }
  return whileSo(look, { landed, head, left }, (change, exclusive) =>
    judge(look, { landed, head, left }, change, exclusive),
  )
}

async function judge(
  look: Look,
  { landed, head, left }: Standing,
  change: Change,
  exclusive: Exclusive,
): Promise<Sight> {
  const { repository, refs, adopt } = look
  if (head === undefined) return { kind: 'deleted', landed }
  if (head === landed) return change([])
  if (adopt === head) return change([{ ref: refs.landed, from: landed, to: head }])
  if (!(await isAncestor(repository, left ?? landed, head))) return { kind: 'rewound', landed, head }
  if (await isAncestor(repository, head, landed)) return follow(look, { landed, head }, change, exclusive)
  return { kind: 'advanced', landed, head }
}

/** The references of a target at one moment. */
interface Standing {
  readonly landed: ObjectId
  readonly head: ObjectId | undefined
  /** Where the queue left the branch, if that lags behind. */
  readonly left: ObjectId | undefined
}

/** Changes these references, and forgets that the branch ever lagged. */
type Change = (changes: readonly RefChange[]) => Promise<Sight>

/** Decides alone, if the references are still what they were, and no git is at work on them. */
function whileSo(
  { repository, refs, epoch }: Look,
  { landed, head, left }: Standing,
  act: (change: Change, exclusive: Exclusive) => Promise<Sight>,
): Promise<Sight | 'moved'> {
  const isSo = async () => {
    const now = await Promise.all(
      [refs.landed, refs.branch, refs.followed].map((ref) => repository.lookUp(ref)),
    )
    return now[0] === landed && now[1] === head && now[2] === left
  }
  return repository.exclusively(
    async (exclusive) => {
      // Twice, and in between the lock files: git moves the references of one transaction one after another.
      if (!(await isSo())) return 'moved'
      await waitForRest(repository, [refs.landed, refs.branch, refs.followed])
      if (!(await isSo())) return 'moved'
      const forget: RefChange[] = left === undefined ? [] : [{ ref: refs.followed, from: left, to: null }]
      return act(async (changes) => {
        await repository.updateRefs(exclusive, [...changes, ...forget], 'ws: the branch follows')
        return { kind: 'followed', landed: changes.find(({ ref }) => ref === refs.landed)?.to ?? landed }
      }, exclusive)
    },
    { epoch },
  )
}

/** The first look at a target: its line begins where the branch is. */
async function begin({ repository, refs, epoch }: Look, head: ObjectId): Promise<Sight> {
  const changes: RefChange[] = [{ ref: refs.landed, from: null, to: head }]
  await repository.exclusively(
    (exclusive) => repository.updateRefs(exclusive, changes, 'ws: the line begins'),
    { epoch },
  )
  return { kind: 'followed', landed: head }
}

/** Brings the branch forward: alone where nobody has it checked out, else with the files of that checkout. */
async function follow(
  { repository, refs, contentPrograms }: Look,
  { landed, head }: { readonly landed: ObjectId; readonly head: ObjectId },
  change: Change,
  exclusive: Exclusive,
): Promise<Sight> {
  const { branch } = refs
  const [[user, ...more], programs] = await Promise.all([
    findBranchUsers(repository, branch),
    digestContentPrograms(repository),
  ])
  if (user === undefined) return change([{ ref: branch, from: head, to: landed }])
  const { path: where, gitDir } = user
  const held = async (paths: readonly string[], detail: string): Promise<Sight> => ({
    kind: 'held',
    landed,
    where,
    paths,
    detail,
    gitDir,
    missing: await listMissing(repository, head, landed),
  })
  if (more.length > 0) return held([], 'it is checked out more than once')
  if (user.by !== 'checkout') return held([], `a ${user.by} of it goes on`)
  if (programs !== contentPrograms)
    return held(['.git/config'], 'the configuration names other programs than before')
  const moved = await fastForwardCheckout(repository, exclusive, user, { branch, to: landed })
  return moved.isDone ? change([]) : held(moved.paths, moved.detail)
}

async function listMissing(
  repository: Repository,
  head: ObjectId,
  landed: ObjectId,
): Promise<readonly string[]> {
  const git = await repository.content.bare()
  return (await git.text(['rev-list', '--max-count=1000', landed, `^${head}`])).split('\n')
}

/** What somebody else pushed, if anything: brought here, kept, and to be taken in like a person's commits. */
async function lookAtRemote(look: Look, landed: ObjectId): Promise<Sight | undefined> {
  const { repository, target, refs, remote } = look
  if (remote === undefined) return undefined
  const { name, timeoutMs, isAsked } = remote
  const there = isAsked
    ? await readRemoteBranch(repository, { remote: name, ref: refs.branch, timeoutMs })
    : await repository.lookUp(refs.remote)
  if (there !== undefined && there !== landed)
    await bringHere(repository, { ...remote, target, there, known: landed })
  const isNew = there !== undefined && !(await isAncestor(repository, there, landed))
  await keepRemote(look, isNew ? there : null)
  return isNew ? { kind: 'advanced', landed, head: there } : undefined
}

async function keepRemote({ repository, refs, epoch }: Look, to: ObjectId | null): Promise<void> {
  const from = (await repository.lookUp(refs.remote)) ?? null
  if (from === to) return
  await repository.exclusively(
    (exclusive) =>
      repository.updateRefs(exclusive, [{ ref: refs.remote, from, to }], 'ws: pushed by somebody else'),
    { epoch },
  )
}
