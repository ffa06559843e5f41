import type { Clock } from '@ws/core'
import type { ClusterManager } from '@ws/pool'

/** What warm processes are kept by. */
export interface WarmToolsOptions {
  readonly clock: Clock
  /** How long one may be without work. @default 300000 */
  readonly idleMs?: number
}

/** A process that is kept for whoever comes after. */
export interface WarmTool {
  readonly cluster: ClusterManager
  readonly isWanted: () => boolean
}

/**
 * Processes that stay between the attempts of a worktree. Each is of one kind (tool, directory, environment and
 * permission), and of a kind there is at most one: the tasks of a worktree run one at a time. What nobody wants any
 * more ends at once; so does one that was without work for long.
 */
export class WarmTools {
  readonly #clock: Clock
  readonly #idleMs: number
  readonly #idle = new Map<string, WarmTool & { readonly cancelIdle: () => void }>()
  readonly #busy = new Set<string>()
  readonly #closing = new Set<Promise<void>>()

  constructor({ clock, idleMs = 300_000 }: WarmToolsOptions) {
    this.#clock = clock
    this.#idleMs = idleMs
  }

  /** Whether a process of a kind waits for work. */
  has(kind: string): boolean {
    return this.#idle.has(kind)
  }

  /** The process of a kind, made where there is none; nothing where it is at work. @throws what `make` throws */
  async take(kind: string, make: () => Promise<ClusterManager>): Promise<ClusterManager | undefined> {
    if (this.#busy.has(kind)) return undefined
    this.#busy.add(kind)
    const held = this.#idle.get(kind)
    if (held !== undefined) {
      this.#idle.delete(kind)
      held.cancelIdle()
      return held.cluster
    }
    try {
      return await make()
    } catch (error) {
      this.#busy.delete(kind)
      throw error
    }
  }

  /** It has done its turn, and stays for as long as somebody wants it. */
  async give(kind: string, { cluster, isWanted }: WarmTool): Promise<void> {
    this.#busy.delete(kind)
    if (!isWanted()) return this.#end(cluster)
    const endIdle = () => this.#letGo(kind)
    const cancelIdle = this.#clock.wakeAt(this.#clock.now() + this.#idleMs, endIdle)
    this.#idle.set(kind, { cluster, isWanted, cancelIdle })
  }

  /** It has done its turn, and serves nobody else; resolves when nothing of it is left. */
  async drop(
    kind: string,
    cluster: ClusterManager,
    options: { readonly force?: boolean } = {},
  ): Promise<void> {
    this.#busy.delete(kind)
    await this.#end(cluster, options)
  }

  /** Ends those that nobody wants any more; resolves when all that end are gone. */
  async tidy(): Promise<void> {
    for (const [kind, { isWanted }] of this.#idle) if (!isWanted()) this.#letGo(kind)
    await Promise.all(this.#closing)
  }

  /** Ends the one of these kinds that waits longest for work: another process needs its place. */
  yieldOne(prefix: string): void {
    const kind = [...this.#idle.keys()].find((each) => each.startsWith(prefix))
    if (kind !== undefined) this.#letGo(kind)
  }

  /** Ends all that have no work; those that have are their owners'. */
  async close(): Promise<void> {
    for (const kind of this.#idle.keys()) this.#letGo(kind)
    await Promise.all(this.#closing)
  }

  /** Who waits for those that end is told what went wrong; nobody else is. */
  #letGo(kind: string): void {
    this.#dismiss(kind).catch(() => {})
  }

  #dismiss(kind: string): Promise<void> {
    const held = this.#idle.get(kind)
    if (held === undefined) return Promise.resolve()
    this.#idle.delete(kind)
    held.cancelIdle()
    return this.#end(held.cluster)
  }

  #end(cluster: ClusterManager, options: { readonly force?: boolean } = {}): Promise<void> {
    const closing = cluster.close(options).finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
    return closing
  }
}
