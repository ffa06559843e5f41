import type { ObjectId } from '../door/names.ts'
import type { Person } from '../repository/commit.ts'
import { plainReason } from '../door/ref-writer.ts'
import type { Repository } from '../repository/repository.ts'
import type { Pinned } from '../rescue/pin.ts'
import { checkOut, clean } from './checkout.ts'
import { exclusiveOptions, signalOf } from './create-slot.ts'
import { pointHead } from './registration.ts'
import { shareIndex } from './slot-index.ts'
import { type SlotRecord, writeRecord } from './slot-record.ts'

/** What is put on a slot's branch, and by whom. */
export interface CommitSlotOptions {
  /** What is committed: the snapshot's tree, or what was made of it by `judgeChanges` and `editTree`. */
  readonly tree: ObjectId
  /** The proof that the files as they are, set-aside ones among them, are kept. */
  readonly pinned: Pinned
  /** What the branch is built on from now on: more than before, and in the tree already. */
  readonly base?: ObjectId
  readonly message: string
  readonly trailers?: Readonly<Record<string, string>>
  readonly author?: Person
  readonly committer?: Person
  /** Milliseconds since 1970; a fixed one gives the same id for the same content. @default now */
  readonly at?: number
  readonly epoch?: number
  readonly signal?: AbortSignal
}

/** What a commit did. An empty change makes none. */
export interface CommittedSlot {
  readonly record: SlotRecord
  readonly commit: ObjectId
  readonly isEmpty: boolean
}

/**
 * Puts one commit of ours on a slot's branch, on top of our last one. Commits that the tool made itself stay
 * reachable from the pin; what counts is the tree. The files become those of the commit.
 */
export async function commitSlot(
  repository: Repository,
  record: SlotRecord,
  options: CommitSlotOptions,
): Promise<CommittedSlot> {
  const { base = record.base } = options
  const before = await repository.treeOf(record.tip)
  const isEmpty = before === options.tree && base === record.base
  // Without work of its own the branch is what it is built on.
  const isBare = record.tip === record.base && (await repository.treeOf(base)) === options.tree
  const commit = isEmpty
    ? record.tip
    : isBare
      ? base
      : await repository.writeCommit({
          tree: options.tree,
          parents: base === record.base ? [record.tip] : [record.tip, base],
          message: options.message,
          at: options.at ?? repository.clock.now(),
          ...(options.trailers === undefined ? {} : { trailers: options.trailers }),
          ...(options.author === undefined ? {} : { author: options.author }),
          ...(options.committer === undefined ? {} : { committer: options.committer }),
        })
  const next: SlotRecord = { ...record, base, tip: commit }
  await repository.exclusively(async (exclusive) => {
    // Compared again when it is written.
    const now = (await repository.lookUp(record.branch)) ?? null
    await repository.updateRefs(exclusive, [{ ref: record.branch, from: now, to: commit }], plainReason)
    await pointHead(repository, exclusive, record)
    await writeRecord(repository.facts.wsDir, next)
  }, exclusiveOptions(options))

  const place = { ...next, admin: next.admin ?? '' }
  const { tree, nestedRepositories, refusedPaths } = options.pinned.snapshot
  if (tree === options.tree && nestedRepositories.length + refusedPaths.length === 0)
    await shareIndex(repository, place)
  else {
    await checkOut(repository, place, commit, { ...signalOf(options), isIndexCurrent: true })
    await clean(repository, place, false, signalOf(options))
  }
  return { record: next, commit, isEmpty }
}
