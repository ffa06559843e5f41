import { rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { WsError } from '@ws/core'
import type { Repository } from '../repository/repository.ts'
import { type Pinned, pinSlot, type PinOptions } from '../rescue/pin.ts'
import { adoptWorktree } from './adopt-slot.ts'
import { advanceSlot } from './advance-slot.ts'
import { type Attestation, attest, attestAgain, type CompareOptions, type IsolationBreach } from './attest.ts'
import { commitSlot, type CommitSlotOptions, type CommittedSlot } from './commit-slot.ts'
import { createSlot } from './create-slot.ts'
import { type RecycledSlot, recycleSlot } from './recycle-slot.ts'
import { defaultMinFreeBytes, requireDisk } from './require-disk.ts'
import { purgeSlot, type RemovedSlot, removeSlot, strayTrash } from './remove-slot.ts'
import type {
  AdoptOptions,
  AdvanceSlotOptions,
  CreateSlotOptions,
  RecycleSlotOptions,
  RemoveSlotOptions,
  SlotsOptions,
} from './slot-options.ts'
import { listRecords, readRecord, type SlotRecord } from './slot-record.ts'
import { type Snapshot, takeSnapshot } from './snapshot.ts'
import { trashFolder } from './undo-slot.ts'

/**
 * The worktrees of a repository's workstreams. A slot is a stable directory with a branch; it is made once,
 * recycled warm, and never given up before what it holds is pinned under `refs/ws/rescue/`.
 */
export class Slots {
  readonly repository: Repository
  readonly root: string
  readonly #minFreeBytes: number

  constructor(repository: Repository, options: SlotsOptions = {}) {
    this.repository = repository
    this.root = options.root ?? defaultRoot(repository)
    this.#minFreeBytes = options.minFreeBytes ?? defaultMinFreeBytes
  }

  /**
   * Makes a worktree on a new branch from its inputs commit.
   * @throws `WS_GIT_SLOT_EXISTS`, `WS_GIT_PATH_TAKEN`, `WS_GIT_BRANCH_EXISTS`, `WS_GIT_BRANCH_BLOCKED`, `WS_GIT_SLOT_INSIDE`, `WS_GIT_DISK_FLOOR`
   */
  async create(options: CreateSlotOptions): Promise<SlotRecord> {
    await requireDisk(this.root, this.#minFreeBytes)
    return createSlot(this.repository, this.root, options)
  }

  /** Takes a worktree that somebody else made into the book. */
  adopt(path: string, options: AdoptOptions): Promise<SlotRecord> {
    return adoptWorktree(this.repository, path, options)
  }

  /** Pins a slot's state and gives it to other work. */
  async recycle(slot: string, options: RecycleSlotOptions): Promise<RecycledSlot> {
    return recycleSlot(this.repository, await this.get(slot), options)
  }

  /**
   * Gives a slot in which nobody has worked yet to its work, on another base if need be.
   * @throws `WS_GIT_SLOT_USED`
   */
  async advance(slot: string, options: AdvanceSlotOptions): Promise<SlotRecord> {
    return advanceSlot(this.repository, await this.get(slot), options)
  }

  /** Pins a slot's state and removes it. */
  async remove(slot: string, options: RemoveSlotOptions = {}): Promise<RemovedSlot> {
    return removeSlot(this.repository, await this.get(slot), options)
  }

  /** Keeps a slot's present state under `refs/ws/rescue/`. */
  async pin(slot: string, options: PinOptions = {}): Promise<Pinned> {
    return pinSlot(this.repository, await this.get(slot), options)
  }

  /** Puts a commit of ours on a slot's branch. */
  async commit(slot: string, options: CommitSlotOptions): Promise<CommittedSlot> {
    return commitSlot(this.repository, await this.get(slot), options)
  }

  /** A slot's present content as a tree. */
  async snapshot(slot: string, options: { readonly signal?: AbortSignal } = {}): Promise<Snapshot> {
    return takeSnapshot(this.repository, await this.get(slot), options)
  }

  /** What a tool must leave alone, read before it starts. */
  async attest(slot: string): Promise<Attestation> {
    return attest(this.repository, await this.get(slot))
  }

  /** What it did not leave alone. */
  async attestAgain(
    slot: string,
    before: Attestation,
    options: CompareOptions = {},
  ): Promise<IsolationBreach[]> {
    return attestAgain(this.repository, await this.get(slot), before, options)
  }

  /** The slots that there are, by name. */
  async list(): Promise<SlotRecord[]> {
    return (await listRecords(this.repository.facts.wsDir)).filter(({ state }) => state !== 'leaving')
  }

  /** @throws `WS_GIT_NO_SUCH_SLOT` */
  async get(slot: string): Promise<SlotRecord> {
    const record = await readRecord(this.repository.facts.wsDir, slot)
    if (record !== undefined) return record
    throw new WsError('WS_GIT_NO_SUCH_SLOT', `there is no slot ${JSON.stringify(slot)}`, {
      details: { slot, slots: (await this.list()).map((other) => other.slot) },
      hint: 'create it first',
    })
  }

  /** Deletes the directories of removed slots; returns the states that had to be pinned once more. */
  async purgeTrash(): Promise<Pinned[]> {
    const leaving = (await listRecords(this.repository.facts.wsDir)).filter(
      ({ state }) => state === 'leaving',
    )
    const pinned: Pinned[] = []
    for (const record of leaving) {
      const again = await purgeSlot(this.repository, record)
      if (again !== undefined) pinned.push(again)
    }
    for (const path of await strayTrash(this.repository, this.root))
      await rm(path, { recursive: true, force: true })
    // Under the lock: who moves a directory there makes the folder first. It stays while something is in it.
    await this.repository.exclusively(() => rmdir(trashFolder(join(this.root, 'any'))).catch(() => {}))
    return pinned
  }
}

/** Beside the repository, never in it: a tool that walks the checkout would find every other one's files. */
function defaultRoot({ facts }: Repository): string {
  const repository = facts.mainWorktree ?? facts.commonDir
  return join(dirname(repository), `${basename(repository).replace(/\.git$/, '')}.ws`)
}
