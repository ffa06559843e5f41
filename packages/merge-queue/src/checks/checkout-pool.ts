import { mkdir, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { WsError } from '@ws/core'
import type { ObjectId, Repository } from '@ws/git'
import { endMarked, findMarked, markerName } from './marked-processes.ts'

/** Where checkouts lie, and what stays in them. */
export interface CheckoutPoolOptions {
  /** @default `<repository>.queue`, beside the repository */
  readonly root?: string
  /** Ignored files that one check leaves for the next, such as `node_modules`, as patterns of `.gitignore`. */
  readonly caches: readonly string[]
  /** Below this no checkout is made. */
  readonly minFreeBytes: number
}

/** A clean checkout that is one check's until it is given back. */
export interface Checkout {
  readonly path: string
  giveBack(): void
}

/** Says whose folder it is: what lies in it is cleaned without a question. */
const ownerFile = '.ws-queue'

/**
 * Clean checkouts of candidates, in a few folders that are used again and again: only what differs is written.
 * They have no `.git`; their index lies in the private git directory.
 */
export class CheckoutPool {
  readonly root: string
  readonly #repository: Repository
  readonly #options: CheckoutPoolOptions
  readonly #free: number[] = []
  #opened: Promise<void> | undefined
  #last = 0

  constructor(repository: Repository, options: CheckoutPoolOptions) {
    this.#repository = repository
    this.#options = options
    this.root = options.root ?? defaultRoot(repository)
  }

  /**
   * A folder that holds just this tree, and the caches.
   * @throws `WS_QUEUE_ROOT_TAKEN`, `WS_QUEUE_DISK_FLOOR`, and what git says
   */
  async take(tree: ObjectId, signal?: AbortSignal): Promise<Checkout> {
    await this.#open()
    await this.#requireDisk()
    const number = this.#free.pop() ?? ++this.#last
    const path = join(this.root, String(number))
    try {
      await this.#fill(number, path, tree, signal)
    } catch (error) {
      this.#free.push(number)
      throw error
    }
    return { path, giveBack: () => void this.#free.push(number) }
  }

  /** Ends what an earlier leader still runs there, if it ever had a checkout. */
  async recover(): Promise<void> {
    if (await exists(this.root)) await this.#open()
  }

  /** Removes the folders, unless there are caches that the next one wants. */
  async close(): Promise<void> {
    if (this.#opened === undefined || this.#options.caches.length > 0) return
    await this.#opened.catch(() => {})
    // What says whose folder it is goes last: whoever is killed meanwhile leaves the rest to the next leader.
    for (let number = 1; number <= this.#last; number++) {
      await this.#repository.content.forgetSlot(slotOf(number))
      await rm(join(this.root, String(number)), { recursive: true, force: true, maxRetries: 3 })
    }
    await rm(this.root, { recursive: true, force: true, maxRetries: 3 })
  }

  #open(): Promise<void> {
    this.#opened ??= this.#adopt().catch((error: unknown) => {
      this.#opened = undefined
      throw error
    })
    return this.#opened
  }

  /** Takes over what an earlier leader left: whatever it still ran there is ended first. */
  async #adopt(): Promise<void> {
    await mkdir(this.root, { recursive: true })
    const names = await readdir(this.root)
    const owner = await readFile(join(this.root, ownerFile), 'utf8').catch(() => undefined)
    if (!this.#isOurs(owner, names))
      throw new WsError('WS_QUEUE_ROOT_TAKEN', `${this.root} is not a folder of this repository's queue`, {
        details: { root: this.root },
        hint: 'move it away, or name another one with `checkouts: { root }`',
      })
    if (owner !== this.#owner()) await this.#sign()
    for (const number of names.map(Number).filter((each) => Number.isSafeInteger(each) && each > 0)) {
      this.#last = Math.max(this.#last, number)
      const path = join(this.root, String(number))
      endMarked(path)
      // Somebody who cannot be ended may still write there: it is not used again.
      if (findMarked(path).length > 0) continue
      await rm(this.#repository.content.slotFile(slotOf(number), 'index.lock'), { force: true })
      this.#free.push(number)
    }
  }

  /** Whoever was killed while it signed may have left an empty signature, or one that is not in its place. */
  #isOurs(owner: string | undefined, names: readonly string[]): boolean {
    if (owner === this.#owner()) return true
    return (owner ?? '') === '' && names.every((name) => name.startsWith(ownerFile))
  }

  /** In one go: a leader that is killed meanwhile must not leave a folder that is nobody's. */
  async #sign(): Promise<void> {
    const unsigned = join(this.root, `${ownerFile}.new`)
    await writeFile(unsigned, this.#owner())
    await rename(unsigned, join(this.root, ownerFile))
  }

  #owner(): string {
    return `checkouts of the merge queue of ${this.#repository.facts.commonDir}\n`
  }

  async #requireDisk(): Promise<void> {
    const { bavail, bsize } = await statfs(this.root)
    const free = bavail * bsize
    if (free >= this.#options.minFreeBytes) return
    throw new WsError(
      'WS_QUEUE_DISK_FLOOR',
      `only ${free} bytes are free at ${this.root}: no checkout below that`,
      {
        details: { path: this.root, free, minFreeBytes: this.#options.minFreeBytes },
        hint: 'free some space',
      },
    )
  }

  async #fill(number: number, path: string, tree: ObjectId, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#write(number, path, tree, signal)
    } catch (error) {
      if (signal?.aborted) throw error
      // A check may leave what git cannot write over, such as a directory without rights: begin anew, once.
      await rm(path, { recursive: true, force: true, maxRetries: 3 })
      await this.#repository.content.forgetSlot(slotOf(number))
      await this.#write(number, path, tree, signal)
    }
  }

  async #write(number: number, path: string, tree: ObjectId, signal: AbortSignal | undefined): Promise<void> {
    const isNew = (await mkdir(path, { recursive: true })) !== undefined
    const git = await this.#repository.content.forSlot(slotOf(number), path)
    // Marked as the check is: what goes on when its leader was killed is ended before the next one begins here.
    const env = { [markerName]: path }
    const run = { timeoutMs: 900_000, env, ...(signal === undefined ? {} : { signal }) }
    // `--reset` looks at every file: what the last check changed is put back.
    await git.run(['read-tree', '--reset', '-u', tree], run)
    if (isNew) return
    const kept = this.#options.caches.flatMap((pattern) => ['-e', pattern])
    await git.run(['clean', '-ffdxq', ...kept], run)
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function slotOf(number: number): string {
  return `queue-${number}`
}

function defaultRoot({ facts }: Repository): string {
  const repository = facts.mainWorktree ?? facts.commonDir
  return join(dirname(repository), `${basename(repository).replace(/\.git$/, '')}.queue`)
}
