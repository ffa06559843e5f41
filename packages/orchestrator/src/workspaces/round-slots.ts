import type { OfRound, WorkspaceRequest } from '@ws/core'
import { isWsError } from '@ws/core'
import type { ConflictWithHunks, ObjectId, Repository, SlotRecord, Slots } from '@ws/git'
import { findSlot } from './find-slot.ts'
import { mergeInputs, type RoundInputs, targetCommit } from './round-inputs.ts'
import { slotName } from './slot-name.ts'

/** The number of no attempt, under which a worktree is made before its first one. */
const aheadOfAll = 0

/** Whether a slot was made ahead, and nobody has begun in it. */
export function isAhead({ work }: SlotRecord): boolean {
  return work.attempt === aheadOfAll
}

/** What is asked of a slot: whose it is, and what it is built on. */
export type SlotRequest = Pick<
  WorkspaceRequest,
  'runId' | 'workstreamId' | 'round' | 'attempt' | 'target' | 'inputs' | 'signal'
> & { readonly workstream: Pick<WorkspaceRequest['workstream'], 'branch'> }

/** The slot of a round, and whether its first attempt begins there; or why there is none. */
export type BegunRound =
  | { readonly slot: SlotRecord; readonly isFirst: boolean }
  | { readonly conflicts: readonly ConflictWithHunks[] }

/** The slots of rounds: made when their first attempt opens them, or ahead of it. */
export class RoundSlots {
  readonly #repository: Repository
  readonly #slots: Slots
  readonly #epoch: (() => number | undefined) | undefined
  /** What is being made ahead, by its name. */
  readonly #preparing = new Map<string, Promise<void>>()

  constructor(repository: Repository, slots: Slots, epoch?: () => number | undefined) {
    this.#repository = repository
    this.#slots = slots
    this.#epoch = epoch
  }

  /** A round's slot, where it is ready. */
  async find(of: OfRound): Promise<SlotRecord | undefined> {
    const name = slotName(of)
    // Who prepares it says what went wrong, or nobody does.
    await this.#preparing.get(name)?.catch(() => {})
    return findSlot(this.#slots, name)
  }

  /** The round's slot: the one that it has, one that was made ahead, on what it is built on by now, or a new one. */
  async begin(request: SlotRequest): Promise<BegunRound> {
    const found = await this.find(request)
    if (found !== undefined && !isAhead(found)) return { slot: found, isFirst: false }
    const base = await this.#base(request)
    if (!base.isClean) return { conflicts: base.conflicts }
    const isTaken = found !== undefined && !(await this.#advance(found, request, base.commit))
    // Somebody has been there: what they did is kept, and a new one is made.
    if (isTaken) await this.#slots.remove(found.slot, { branch: 'delete', ...this.#fence() })
    if (found === undefined || isTaken) await this.#create(request, base.commit)
    return { slot: await this.#slots.get(slotName(request)), isFirst: true }
  }

  /** Gives a slot that was made ahead to its first attempt; false if somebody has been at work in it. */
  async #advance(slot: SlotRecord, request: SlotRequest, base: ObjectId): Promise<boolean> {
    const { runId: run, workstreamId: workstream, attempt, signal } = request
    try {
      const work = { run, workstream, attempt }
      await this.#slots.advance(slot.slot, { base, work, signal, ...this.#fence() })
      return true
    } catch (error) {
      if (isWsError(error) && error.code === 'WS_GIT_SLOT_USED') return false
      throw error
    }
  }

  /** Makes a round's slot before there is room for its attempt. */
  async prepare(request: SlotRequest): Promise<void> {
    const name = slotName(request)
    const made = this.#prepare(request).finally(() => this.#preparing.delete(name))
    this.#preparing.set(name, made)
    await made
  }

  async #prepare(request: SlotRequest): Promise<void> {
    if ((await findSlot(this.#slots, slotName(request))) !== undefined) return
    const base = await this.#base(request)
    if (base.isClean) await this.#create({ ...request, attempt: aheadOfAll }, base.commit)
  }

  /** What a round is built on if it begins now. */
  async #base({ target, inputs, signal }: SlotRequest): Promise<RoundInputs> {
    const head = await targetCommit(this.#repository, target)
    return mergeInputs(this.#repository, head, inputs, signal)
  }

  async #create(request: SlotRequest, base: ObjectId): Promise<void> {
    const { signal, runId, workstreamId, round, attempt } = request
    const branch = request.workstream.branch
    await this.#slots.create({
      slot: slotName(request),
      base,
      work: { run: runId, workstream: workstreamId, attempt },
      ...(branch === undefined ? {} : { branch: round === 1 ? branch : `${branch}-${round}` }),
      ...(branch === undefined && round > 1 ? { branch: `lane/${runId}/${workstreamId}-${round}` } : {}),
      signal,
      ...this.#fence(),
    })
  }

  #fence(): { readonly epoch?: number } {
    const epoch = this.#epoch?.()
    return epoch === undefined ? {} : { epoch }
  }
}
