import { copyFile, lstat, mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { WsError } from '@ws/core'
import type { Git } from '../door/git.ts'
import { isObjectId, type ObjectId, parseObjectId, type RefName } from '../door/names.ts'
import type { Exclusive } from '../locks/repository-lock.ts'
import { writeCommit } from '../repository/commit.ts'
import type { Repository } from '../repository/repository.ts'
import { isIndexShared } from '../slots/checkout.ts'
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
  const work = options.work ?? record.work
  const run = options.signal === undefined ? {} : { signal: options.signal }
  const ref = rescueRef(work)
  const hasFiles = await isDirectory(record.path)
  const git = hasFiles
    ? await repository.content.forSlot(record.id, record.path)
    : await repository.content.bare()
  const [head, tip, staged] = await Promise.all([
    record.admin === null ? undefined : repository.lookUp(`worktrees/${record.admin}/HEAD`),
    repository.lookUp(record.branch),
    stagedTree(repository, git, record),
  ])
  const snapshot = hasFiles
    ? await takeSnapshot(git, record.base, run)
    : await snapshotOf(git, head ?? tip ?? record.base)
  if (
    options.unlessTree === snapshot.tree &&
    snapshot.nestedRepositories.length + snapshot.refusedPaths.length === 0
  ) {
    const before = await repository.lookUp(ref)
    if (before !== undefined) return { ref, commit: before, snapshot }
  }
  const unstorable = hasFiles
    ? await keepUnstorable(git, record.path, [...snapshot.nestedRepositories, ...snapshot.refusedPaths])
    : undefined

  const draft = (tree: ObjectId, parents: readonly ObjectId[], what: string) =>
    writeCommit(
      git,
      {
        tree,
        parents,
        message: `${what} of ${work.workstream}, attempt ${work.attempt}\n\n${options.reason ?? 'kept by ws'}`,
        trailers: {
          'Ws-Run': oneLine(work.run),
          'Ws-Workstream': oneLine(work.workstream),
          'Ws-Branch': record.branch,
        },
        at: repository.clock.now(),
      },
      run,
    )
  const known = [head, tip].filter((id) => id !== undefined)
  const base = known.length > 0 ? known : [record.base]
  const further: ObjectId[] = []
  if (staged !== undefined && staged !== snapshot.tree) further.push(await draft(staged, base, 'index'))
  if (unstorable !== undefined) further.push(await draft(unstorable, [], 'unstorable files'))

  const write = async (exclusive: Exclusive) => {
    const before = await repository.lookUp(ref)
    // An earlier state under the same name stays reachable: it becomes a parent.
    const commit = await draft(
      snapshot.tree,
      [...base, ...further, ...(before === undefined ? [] : [before])],
      'last state',
    )
    await repository.updateRefs(exclusive, [{ ref, from: before ?? null, to: commit }], 'ws: rescue')
  }
  if (options.exclusive === undefined) await repository.exclusively(write, run)
  else await write(options.exclusive)
  const commit = await repository.lookUp(ref)
  if (commit === undefined)
    throw new WsError('WS_GIT_NOT_PINNED', `the state of ${record.slot} could not be pinned under ${ref}`, {
      details: { ref, slot: record.slot },
      hint: 'nothing was removed; look at the repository with "git fsck"',
    })
  return { ref, commit, snapshot }
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
async function snapshotOf(git: Git, commit: ObjectId): Promise<Snapshot> {
  const tree = parseObjectId(await git.text(['rev-parse', '--verify', `${commit}^{tree}`]))
  return { tree, nestedRepositories: [], refusedPaths: [] }
}

/** The tree of what is staged in the worktree's own index; none if it has conflicts or cannot be read. */
async function stagedTree(
  repository: Repository,
  git: Git,
  { id, admin }: SlotRecord,
): Promise<ObjectId | undefined> {
  if (admin === null || (await isIndexShared(repository, { id, admin }))) return undefined
  const copy = repository.content.slotFile(id, 'staged-index')
  try {
    await mkdir(dirname(copy), { recursive: true })
    await copyFile(join(repository.facts.commonDir, 'worktrees', admin, 'index'), copy)
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
