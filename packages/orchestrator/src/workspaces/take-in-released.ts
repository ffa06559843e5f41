import type { ReleasedWork } from '@ws/core'
import {
  type ConflictWithHunks,
  mergeTrees,
  type ObjectId,
  parseObjectId,
  type Repository,
  type SlotRecord,
  type Slots,
} from '@ws/git'
import { judgeWork, type WorkRules } from './judge-work.ts'

/** Everything that taking in released work needs. */
export interface TakeInOptions {
  readonly repository: Repository
  readonly slots: Slots
  readonly rules: Omit<WorkRules, 'task'>
  readonly epoch?: number
}

/** The round with all of it, or what of it does not merge. */
export type TakenIn =
  | { readonly isClean: true; readonly slot: SlotRecord }
  | { readonly isClean: false; readonly conflicts: readonly ConflictWithHunks[] }

/** Names the kept state in the commit that took it in: asked again, it is there already. */
const trailer = 'Ws-Released'

/**
 * Puts what was quarantined, and a person has released since, on its round's branch: as far as it may be committed, which
 * is all but new files outside the claims. Where the branch went on meanwhile the difference is merged.
 */
export async function takeInReleased(
  slot: SlotRecord,
  released: readonly ReleasedWork[],
  { repository, slots, rules, epoch }: TakeInOptions,
): Promise<TakenIn> {
  if (released.length === 0) return { isClean: true, slot }
  const { signal } = rules
  const known = await takenIn(repository, slot)
  let record = slot
  for (const { task, commit } of released) {
    if (known.has(commit)) continue
    const kept = await repository.resolveCommit(commit)
    const from = await parentOf(repository, kept)
    const work = { from, tree: await repository.treeOf(kept) }
    const judged = await judgeWork(repository, work, { ...rules, task })
    const theirs = await repository.writeCommit({
      tree: judged.tree,
      parents: [from],
      message: 'released',
      at: 0,
    })
    const pair = { base: from, ours: record.tip, theirs }
    const merged = await mergeTrees(repository, pair, { signal })
    if (!merged.isClean) return { isClean: false, conflicts: merged.conflicts }
    const pinned = await slots.pin(record.slot, { reason: 'released by a person', signal })
    const committed = await slots.commit(record.slot, {
      tree: merged.tree,
      pinned,
      message: `${task.label ?? 'work'}, released by a person`,
      trailers: { [trailer]: commit },
      signal,
      ...(epoch === undefined ? {} : { epoch }),
    })
    record = committed.record
  }
  return { isClean: true, slot: record }
}

async function takenIn(repository: Repository, { base, tip }: SlotRecord): Promise<ReadonlySet<string>> {
  const git = await repository.content.bare()
  const format = `--format=%(trailers:key=${trailer},valueonly)`
  return new Set((await git.text(['log', format, `${base}..${tip}`, '--'])).split('\n'))
}

/** What the kept state was made from. */
async function parentOf(repository: Repository, commit: ObjectId): Promise<ObjectId> {
  const git = await repository.content.bare()
  return parseObjectId(await git.text(['rev-parse', '--verify', `${commit}^1`]))
}
