import { isWsError } from '@ws/core'
import { fetchRemoteBranch, type ObjectId, push, type Repository, readRemoteBranch } from '@ws/git'
import type { LandOutcome } from '../queue/queue-input.ts'
import { isAncestor } from './ancestry.ts'
import type { Landing } from './land-target.ts'
import { targetRefs } from './target-refs.ts'

/** The remote that has the target as well. */
export interface TargetRemote {
  readonly name: string
  readonly timeoutMs: number
}

/**
 * Moves the target on its remote, from exactly what it holds there now, and only forward. `undefined` when it is
 * there; then it may move here, too.
 */
export async function pushTarget(
  repository: Repository,
  { target, from, to }: Landing,
  { epoch, remote }: { readonly epoch: number; readonly remote: TargetRemote },
): Promise<LandOutcome | undefined> {
  const { branch } = targetRefs(target)
  const { name, timeoutMs } = remote
  try {
    const there = await readRemoteBranch(repository, { remote: name, ref: branch, timeoutMs })
    if (there === to) return undefined
    if (there !== undefined && there !== from) {
      await bringHere(repository, { ...remote, target, there, known: from })
      if (await isAncestor(repository, to, there)) return undefined
      if (!(await isAncestor(repository, there, to))) return movedThere(name)
    }
    // Whoever is no longer the leader pushes nothing.
    await repository.exclusively(() => Promise.resolve(), { epoch })
    const refs = [{ id: to, to: branch, expected: there ?? null }]
    const [result] = await push(repository, { remote: name, refs, timeoutMs })
    if (result === undefined || result.isPushed) return undefined
    return judge(result.summary, name)
  } catch (error) {
    if (isWsError(error) && error.code === 'WS_GIT_STALE_EPOCH') throw error
    return { kind: 'infrastructure', detail: error instanceof Error ? error.message : String(error) }
  }
}

/** Whether the remote is where a landing wanted it. One that cannot be asked does not say so. */
export async function isPushed(
  repository: Repository,
  { target, to }: Landing,
  { name, timeoutMs }: TargetRemote,
): Promise<boolean> {
  const { branch } = targetRefs(target)
  const there = readRemoteBranch(repository, { remote: name, ref: branch, timeoutMs })
  return (await there.catch(() => undefined)) === to
}

/** Brings what somebody else pushed into this repository, so that it can be compared. */
export async function bringHere(
  repository: Repository,
  options: TargetRemote & { readonly target: string; readonly there: ObjectId; readonly known: ObjectId },
): Promise<void> {
  const { name, timeoutMs, target, there, known } = options
  if ((await repository.readObject(there)) !== undefined) return
  await fetchRemoteBranch(repository, { remote: name, ref: targetRefs(target).branch, timeoutMs, known })
}

/** Told apart by what git prints: a lease that does not hold any more, or a remote that does not want it. */
function judge(summary: string, remote: string): LandOutcome {
  if (/stale info|non-fast-forward|fetch first|failed to update ref|cannot lock ref/i.test(summary))
    return movedThere(remote)
  return { kind: 'refused', detail: summary }
}

/** Our own line was not moved: what somebody pushed is taken in at the next look, and then this is tried again. */
function movedThere(remote: string): LandOutcome {
  return { kind: 'infrastructure', detail: `somebody else pushed to ${remote} meanwhile` }
}
