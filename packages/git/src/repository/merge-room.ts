import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CommitWriter } from '../door/commit-writer.ts'
import type { Git } from '../door/git.ts'
import type { ObjectId } from '../door/names.ts'
import { type GitObject, ObjectReader } from '../door/object-reader.ts'
import { type CommitDraft, commitText } from './commit.ts'

/** Where merges are made: a git, and kept-open processes for what needs no process of its own. */
export interface MergePlace {
  readonly git: Git
  readObject(id: ObjectId): Promise<GitObject | undefined>
  writeCommit(draft: CommitDraft): Promise<ObjectId>
}

/** A place whose new objects vanish with it: it reads the repository's objects and writes into a directory of its own. */
export class MergeRoom implements MergePlace {
  readonly git: Git
  readonly #path: string
  readonly #reader: ObjectReader
  readonly #writer: CommitWriter

  private constructor(git: Git, path: string) {
    this.git = git
    this.#path = path
    this.#reader = new ObjectReader(git)
    this.#writer = new CommitWriter(git)
  }

  static async open(bare: Git, path: string, objectDirectory: string): Promise<MergeRoom> {
    await mkdir(path, { recursive: true })
    const git = bare.at({
      objectDirectory: path,
      alternates: [objectDirectory],
      // They are read once, if at all.
      config: { 'core.fsync': 'none', 'core.looseCompression': '0' },
    })
    return new MergeRoom(git, path)
  }

  readObject(id: ObjectId): Promise<GitObject | undefined> {
    return this.#reader.read(id)
  }

  writeCommit(draft: CommitDraft): Promise<ObjectId> {
    return this.#writer.write(commitText(draft))
  }

  async close(): Promise<void> {
    await Promise.all([this.#reader.close(), this.#writer.close()])
    await rm(this.#path, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** So many previews share a room: what they leave is deleted at once, and nobody waits for it. */
const usesOfARoom = 200

interface SharedRoom {
  readonly room: Promise<MergeRoom>
  uses: number
  open: number
  isLeft: boolean
}

/** Gives out rooms and clears them away behind whoever used them. */
export class MergeRooms {
  readonly #open: (path: string) => Promise<MergeRoom>
  readonly #folder: string
  readonly #closing = new Set<Promise<void>>()
  #shared: SharedRoom | undefined

  constructor(folder: string, open: (path: string) => Promise<MergeRoom>) {
    this.#folder = folder
    this.#open = open
  }

  /** @param isLarge whether so much is written that the room is not used again */
  async use<T>(look: (room: MergeRoom) => Promise<T>, isLarge: boolean): Promise<T> {
    const shared = isLarge ? this.#make() : (this.#shared ??= this.#make())
    shared.uses += 1
    shared.open += 1
    let isMade = false
    try {
      const room = await shared.room
      isMade = true
      return await look(room)
    } finally {
      shared.open -= 1
      if (isLarge || !isMade || shared.uses >= usesOfARoom) this.#leave(shared)
      else if (shared.isLeft) this.#clear(shared)
    }
  }

  /** Resolves when nothing is left of any room. */
  async close(): Promise<void> {
    if (this.#shared !== undefined) this.#leave(this.#shared)
    await Promise.all(this.#closing)
  }

  #make(): SharedRoom {
    const room = this.#open(join(this.#folder, `preview-${process.pid}-${++counter}`))
    return { room, uses: 0, open: 0, isLeft: false }
  }

  #leave(shared: SharedRoom): void {
    if (this.#shared === shared) this.#shared = undefined
    shared.isLeft = true
    this.#clear(shared)
  }

  #clear({ room, open }: SharedRoom): void {
    if (open > 0) return
    // What cannot be deleted is found by the doctor; what could not be opened leaves nothing.
    const closing = room.then((each) => each.close()).catch(() => {})
    this.#closing.add(closing)
    void closing.finally(() => this.#closing.delete(closing))
  }
}

let counter = 0
