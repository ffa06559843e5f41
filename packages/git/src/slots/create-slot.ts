import { freshName } from '../platform/surroundings.ts'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { WsError } from '@ws/core'
import { refuseContent } from '../changes/inspect-content.ts'
import { branchRef, type ObjectId, refComponent, shortBranch } from '../door/names.ts'
import type { Exclusive, ExclusiveOptions } from '../locks/repository-lock.ts'
import { canonicalPath, isInside } from '../platform/paths.ts'
import { ownIdentity } from '../platform/processes.ts'
import type { Repository } from '../repository/repository.ts'
import { checkOut } from './checkout.ts'
import { adminOf, listRegistrations, pointHead } from './registration.ts'
import type { CreateSlotOptions } from './slot-options.ts'
import { checkSlotName, readRecord, type SlotRecord, type SlotWork, writeRecord } from './slot-record.ts'
import { branchReason, exists, lockReason, undoSlot } from './undo-slot.ts'

/**
 * Makes a worktree with a branch. The record comes first, then the registration without files, then the branch,
 * all under the repository lock; the files come after it, because they are nobody else's. Whatever fails takes
 * along what was made.
 */
export async function createSlot(
  repository: Repository,
  root: string,
  options: CreateSlotOptions,
): Promise<SlotRecord> {
  const slot = checkSlotName(options.slot)
  const branch = branchRef(options.branch ?? defaultBranch(options.work))
  const base = await repository.resolveCommit(options.base, signalOf(options))
  await refuseContent(repository, base, options.refuse ?? [])
  await mkdir(root, { recursive: true })
  const path = join(await canonicalPath(root), slot)
  const { mainWorktree } = repository.facts
  if (mainWorktree !== undefined && isInside(await canonicalPath(mainWorktree), path))
    throw new WsError('WS_GIT_SLOT_INSIDE', `the worktree ${path} would lie inside the repository's own`, {
      details: { path, mainWorktree },
      hint: 'choose a root outside the repository, such as "../<repository>.ws"',
    })
  const made = await repository.exclusively(
    (exclusive) =>
      register(repository, exclusive, {
        version: 1,
        slot,
        id: newId(slot),
        state: 'making',
        path,
        admin: null,
        branch,
        ownsBranch: options.isExistingBranch !== true,
        base,
        tip: base,
        work: options.work,
        isAdopted: false,
        sparse: options.sparse ?? null,
        madeAt: repository.clock.now(),
        maker: ownIdentity(),
        pinnedTree: null,
      }),
    exclusiveOptions(options),
  )
  try {
    await checkOut(repository, { ...made, admin: made.admin ?? '' }, made.tip, signalOf(options))
    const ready: SlotRecord = { ...made, state: 'ready' }
    await writeRecord(repository.facts.wsDir, ready)
    return ready
  } catch (error) {
    await repository.exclusively((exclusive) => undoSlot(repository, exclusive, made))
    throw error
  }
}

async function register(
  repository: Repository,
  exclusive: Exclusive,
  record: SlotRecord,
): Promise<SlotRecord> {
  const { wsDir, commonDir } = repository.facts
  if ((await readRecord(wsDir, record.slot)) !== undefined)
    throw new WsError('WS_GIT_SLOT_EXISTS', `there is a slot ${JSON.stringify(record.slot)} already`, {
      details: { slot: record.slot },
      hint: 'recycle or remove it, or choose another name',
    })
  if (await exists(record.path))
    throw new WsError('WS_GIT_PATH_TAKEN', `there is something at ${record.path} already`, {
      details: { path: record.path },
      hint: 'choose another name, move it away, or adopt it if it is a worktree',
    })
  const tip = await checkBranch(repository, record)
  await writeRecord(wsDir, record)
  try {
    await repository.git.run(
      [
        'worktree',
        'add',
        '--no-checkout',
        '--detach',
        '--lock',
        '--reason',
        lockReason,
        '--',
        record.path,
        tip,
      ],
      { timeoutMs: 60_000 },
    )
    const admin = await adminOf(commonDir, record.path)
    if (admin === undefined)
      throw new WsError(
        'WS_GIT_ISOLATION',
        `the new worktree ${record.path} does not point to its repository`,
        {
          details: { path: record.path },
        },
      )
    const made: SlotRecord = { ...record, admin, tip }
    await writeRecord(wsDir, made)
    if (record.ownsBranch)
      await repository.updateRefs(
        exclusive,
        [{ ref: record.branch, from: null, to: tip }],
        branchReason(record),
      )
    await pointHead(repository, exclusive, made)
    return made
  } catch (error) {
    await undoSlot(repository, exclusive, record)
    throw error
  }
}

/** Where the branch begins; refuses one that is in use or, if it is to be made, that exists. */
export async function checkBranch(
  repository: Repository,
  { branch, ownsBranch, base }: SlotRecord,
): Promise<ObjectId> {
  // Absent or broken: making it compares again.
  const tip = ownsBranch ? await repository.lookUp(branch) : await repository.readRef(branch)
  if (ownsBranch) {
    if (tip === undefined) return base
    throw new WsError(
      'WS_GIT_BRANCH_EXISTS',
      `the branch ${JSON.stringify(shortBranch(branch))} exists already`,
      {
        details: { branch, at: tip },
        hint: 'choose another name, or adopt the branch',
      },
    )
  }
  if (tip === undefined)
    throw new WsError('WS_GIT_NO_SUCH_BRANCH', `there is no branch ${JSON.stringify(shortBranch(branch))}`, {
      details: { branch },
      hint: 'give a branch that exists, or let it be made',
    })
  const user = (await listRegistrations(repository)).find((worktree) => worktree.branch === branch)
  if (user === undefined) return tip
  throw new WsError(
    'WS_GIT_BRANCH_IN_USE',
    `the branch ${JSON.stringify(shortBranch(branch))} is checked out at ${user.path}`,
    {
      details: { branch, path: user.path },
      hint: 'check out something else there, or adopt that worktree',
    },
  )
}

export function defaultBranch({ run, workstream }: SlotWork): string {
  return `lane/${refComponent(run)}/${refComponent(workstream)}`
}

export function exclusiveOptions(options: {
  readonly epoch?: number
  readonly signal?: AbortSignal
}): ExclusiveOptions {
  return {
    ...(options.epoch === undefined ? {} : { epoch: options.epoch }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }
}

export function signalOf({ signal }: { readonly signal?: AbortSignal }): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}

/** Never used twice, so that what waits to be deleted and what took its name do not meet. */
export function newId(slot: string): string {
  return `${slot}.${freshName().slice(0, 8)}`
}
