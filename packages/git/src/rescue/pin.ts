import { copyFile, lstat, mkdir, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { WsError } from '@ws/core'
import { isObjectId, type ObjectId, type RefName } from '../door/names.ts'
import type { Exclusive } from '../locks/repository-lock.ts'
import type { CommitDraft } from '../repository/commit.ts'
import type { RefChange } from '../repository/refs.ts'
import type { Repository } from '../repository/repository.ts'
import { isIndexShared, slotGit, worktreeIndex } from '../slots/slot-index.ts'
import type { SlotRecord, SlotWork } from '../slots/slot-record.ts'
import { type Snapshot, takeSnapshot } from '../slots/snapshot.ts'
import { exists } from '../slots/undo-slot.ts'
import { keepUnstorable } from './keep-unstorable.ts'
import { rescueRef } from './rescue-ref.ts'

/** The last state of a slot, held by a reference. */
export interface Pinned {
  readonly ref: RefName
  readonly commit: ObjectId
  readonly snapshot: Snapshot
}

/** Under whose name a state is kept, and why. */
export interface PinOptions {
  /** Whose state it is. @default the slot's own work */
  readonly work?: SlotWork
  readonly signal?: AbortSignal
  /** Why, for the commit's message. */
  readonly reason?: string
  /** Given by who holds the repository lock already. */
  readonly exclusive?: Exclusive
  /** Nothing is written if the files are just this tree. */
  readonly unlessTree?: ObjectId | null
}

/** What a slot holds, looked at and written as objects; nothing points to them yet. */
export interface HeldState {
  readonly snapshot: Snapshot
  /** The commits that its `HEAD` and its branch are at; the base if there is neither. */
  readonly parents: readonly ObjectId[]
  /** Commits of what is only staged, and of what git cannot store. */
  readonly further: readonly ObjectId[]
}

/**
 * Keeps everything that a slot holds and git would forget: its files (untracked ones too), what is staged, the
 * commits that its `HEAD` and its branch are at, and what git cannot store (nested repositories, `.GIT/…`).
 * Resolves once the reference is written and read back; whoever removes something has this as its proof.
 */
export async function pinSlot(
  repository: Repository,
  record: SlotRecord,
  options: PinOptions = {},
): Promise<Pinned> {
  const ref = rescueRef(options.work ?? record.work)
  const state = await lookAtSlot(repository, record, options)
  const { tree, nestedRepositories, refusedPaths } = state.snapshot
  if (options.unlessTree === tree && nestedRepositories.length + refusedPaths.length === 0) {
    const before = await repository.lookUp(ref)
    if (before !== undefined) return { ref, commit: before, snapshot: state.snapshot }
  }
  const write = (exclusive: Exclusive) => pinState(repository, exclusive, record, state, options)
  if (options.exclusive !== undefined) return write(options.exclusive)
  return repository.exclusively(write, options.signal === undefined ? {} : { signal: options.signal })
}

/** The first half of a pin: it takes as long as a look at every file, and needs no lock. */
export async function lookAtSlot(
  repository: Repository,
  record: SlotRecord,
  options: PinOptions = {},
): Promise<HeldState> {
  const run = options.signal === undefined ? {} : { signal: options.signal }
  const hasFiles = await isDirectory(record.path)
  const [head, tip, staged] = await Promise.all([
    record.admin === null ? undefined : repository.lookUp(`worktrees/${record.admin}/HEAD`),
    repository.lookUp(record.branch),
    stagedTree(repository, record),
  ])
  const snapshot = hasFiles
    ? await takeSnapshot(repository, record, run)
    : await snapshotOf(repository, head ?? tip ?? record.base)
  const unstorable = [...snapshot.nestedRepositories, ...snapshot.refusedPaths]
  const kept =
    unstorable.length > 0
      ? await keepUnstorable(await slotGit(repository, record), record.path, unstorable)
      : undefined
  const known = [head, tip].filter((id) => id !== undefined)
  const parents = known.length > 0 ? known : [record.base]
  const draft = (tree: ObjectId, before: readonly ObjectId[], what: string) =>
    repository.writeCommit(draftOf(repository, record, options, { tree, parents: before, what }))
  const further: ObjectId[] = []
  if (staged !== undefined && staged !== snapshot.tree) further.push(await draft(staged, parents, 'index'))
  if (kept !== undefined) further.push(await draft(kept, [], 'unstorable files'))
  return { snapshot, parents, further }
}

/**
 * The second half: one commit over all of it, the reference, and the look whether it is there.
 * @param along what changes with it, in one transaction
 */
export async function pinState(
  repository: Repository,
  exclusive: Exclusive,
  record: SlotRecord,
  { snapshot, parents, further }: HeldState,
  { along, ...options }: PinOptions & { along?: { changes: readonly RefChange[]; reason: string } } = {},
): Promise<Pinned> {
  const ref = rescueRef(options.work ?? record.work)
  const before = await repository.lookUp(ref)
  // An earlier state under the same name stays reachable: it becomes a parent.
  const all = [...parents, ...further, ...(before === undefined ? [] : [before])]
  const commit = await repository.writeCommit(
    draftOf(repository, record, options, { tree: snapshot.tree, parents: all, what: 'last state' }),
  )
  await repository.updateRefs(
    exclusive,
    [{ ref, from: before ?? null, to: commit }, ...(along?.changes ?? [])],
    along?.reason ?? 'ws: rescue',
  )
  if ((await repository.lookUp(ref)) === commit) return { ref, commit, snapshot }
  throw new WsError('WS_GIT_NOT_PINNED', `the state of ${record.slot} could not be pinned under ${ref}`, {
    details: { ref, slot: record.slot },
    hint: 'nothing was removed; look at the repository with "git fsck"',
  })
}

function draftOf(
  repository: Repository,
  record: SlotRecord,
  options: PinOptions,
  { tree, parents, what }: { tree: ObjectId; parents: readonly ObjectId[]; what: string },
): CommitDraft {
  const work = options.work ?? record.work
  return {
    tree,
    parents,
    message: `${what} of ${work.workstream}, attempt ${work.attempt}\n\n${options.reason ?? 'kept by ws'}`,
    trailers: {
      'Ws-Run': oneLine(work.run),
      'Ws-Workstream': oneLine(work.workstream),
      'Ws-Branch': record.branch,
    },
    at: repository.clock.now(),
  }
}

/**
 * Whoever gives a slot up asks first whether all of it can be kept.
 * @throws `WS_GIT_SUBMODULE_WORK` for work in a submodule whose git directory is not among the files
 */
export function requireKept({ slot }: SlotRecord, { submodules }: Snapshot): void {
  const paths = submodules.filter(({ state }) => state === 'elsewhere').map(({ path }) => path)
  if (paths.length === 0) return
  throw new WsError('WS_GIT_SUBMODULE_WORK', `${slot} holds work in a submodule: ${paths.join(', ')}`, {
    details: { slot, submodules: paths },
    hint: 'push it from there or copy it, and empty the submodule (git submodule deinit); nothing was removed',
  })
}

/** False if somebody deleted the directory. A symbolic link in its place leads to files that are not ours to keep. */
async function isDirectory(path: string): Promise<boolean> {
  if (!(await exists(path))) return false
  if ((await lstat(path)).isDirectory()) return true
  throw new WsError('WS_GIT_ISOLATION', `${path} is no directory any more`, {
    details: { path },
    hint: 'somebody replaced the worktree: put it back, or delete what is there, and try again',
  })
}

/** The files were gone before we came: what is left of the slot is its commits. */
async function snapshotOf(repository: Repository, commit: ObjectId): Promise<Snapshot> {
  return {
    tree: await repository.treeOf(commit),
    nestedRepositories: [],
    refusedPaths: [],
    submodules: [],
  }
}

/** The tree of what is staged in the worktree's own index; none if it has conflicts or cannot be read. */
async function stagedTree(repository: Repository, { id, admin }: SlotRecord): Promise<ObjectId | undefined> {
  if (admin === null || (await isIndexShared(repository, { id, admin }))) return undefined
  const git = await repository.content.bare()
  const copy = repository.content.slotFile(id, 'staged-index')
  try {
    await mkdir(dirname(copy), { recursive: true })
    await copyFile(worktreeIndex(repository, admin), copy)
    if ((await readFile(copy)).length === 0) return undefined
    const { exitCode, stdout } = await git
      .at({ indexFile: copy })
      .run(['write-tree'], { okExitCodes: [0, 128] })
    const tree = stdout.toString('utf8').trim()
    return exitCode === 0 && isObjectId(tree) ? tree : undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  } finally {
    await rm(copy, { force: true })
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
