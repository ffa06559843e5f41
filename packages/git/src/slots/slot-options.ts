import type { SlotWork } from './slot-record.ts'

/** Where slots lie, and how much space they leave. */
export interface SlotsOptions {
  /**
   * Where worktrees are made.
   * @default `<repository>.ws` beside the repository
   */
  readonly root?: string
  /** No new worktree is made with less free space. @default 268435456, 256 MiB */
  readonly minFreeBytes?: number
}

/** What a new slot is made from. */
export interface CreateSlotOptions {
  /** The slot's name, which is its directory's. */
  readonly slot: string
  /** The new branch. @default `lane/<run>/<workstream>` */
  readonly branch?: string
  /** Work on a branch that exists already, instead of making one. */
  readonly isExistingBranch?: boolean
  /** The inputs commit: a full id, a branch or a reference. */
  readonly base: string
  readonly work: SlotWork
  /** Check out only these directories, and the files on the way to them. @default everything */
  readonly sparse?: readonly string[] | null
  /** Refuse a base with submodules (they come up empty) or LFS files (they come up as pointers). @default [] */
  readonly refuse?: readonly ('submodules' | 'lfs')[]
  /** Whoever leads: refused once another has taken over. */
  readonly epoch?: number
  readonly signal?: AbortSignal
}

/** What a slot is to be used for next. */
export type RecycleSlotOptions = Omit<CreateSlotOptions, 'slot' | 'isExistingBranch'> & {
  /** Remove ignored files (dependencies, build output), too. @default false */
  readonly isCold?: boolean
}

/** Whose work an unused slot is to be, and on what. */
export type AdvanceSlotOptions = Pick<CreateSlotOptions, 'base' | 'work' | 'epoch' | 'signal'>

/** What goes along with a slot. */
export interface RemoveSlotOptions {
  /** The branch stays by default: until it landed it is somebody's work. @default 'keep' */
  readonly branch?: 'keep' | 'delete'
  /** An adopted worktree belongs to a person: it is let go, and deleted only if asked. @default false */
  readonly deleteAdopted?: boolean
  readonly epoch?: number
  readonly signal?: AbortSignal
}

/** Under which name and for whom somebody else's worktree is taken over. */
export interface AdoptOptions {
  readonly slot: string
  readonly work: SlotWork
  /** What its changes are judged against. */
  readonly base: string
  readonly epoch?: number
  readonly signal?: AbortSignal
}
