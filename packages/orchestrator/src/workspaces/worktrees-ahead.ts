import type { RunEvent, RunMachineState, TaskState, WorkspaceRequest, Workspaces } from '@ws/core'
import { upNext } from '@ws/core'
import { attemptFacts, toRequest } from '../drivers/attempt-facts.ts'

/** What making worktrees ahead works with. */
export interface WorktreesAheadOptions {
  readonly look: () => RunMachineState
  /** Whether this process works on a run. */
  readonly isOwn: (runId: string) => boolean
  /** How many there may be. @default as many as slots are in use */
  readonly most: number | undefined
  readonly workspaces: Pick<Workspaces, 'prepare'>
}

/**
 * Makes the worktrees of tasks that wait for a slot, one after another, while others are at work: when a slot is free,
 * its next task finds everything there. Which those are is a guess; one that was made for nothing goes with its round.
 */
export class WorktreesAhead {
  readonly #options: WorktreesAheadOptions
  readonly #stop = new AbortController()
  /** Made for these, whatever became of it: nothing is tried twice. */
  readonly #tried = new Set<string>()
  #last: Promise<void> | undefined

  constructor(options: WorktreesAheadOptions) {
    this.#options = options
  }

  /** A slot was taken, or something has become ready while all were. */
  hear({ type }: Pick<RunEvent, 'type'>): void {
    if (this.#options.workspaces.prepare === undefined) return
    if (type !== 'task.started' && type !== 'task.ready') return
    this.#last ??= this.#make().finally(() => (this.#last = undefined))
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#last
  }

  async #make(): Promise<void> {
    // What has just been decided is begun first.
    await Promise.resolve()
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#tried.add(keyOf(next))
      // Whatever went wrong is met again by the attempt, which says it.
      await this.#options.workspaces.prepare?.(this.#requestFor(next)).catch(() => {})
    }
  }

  #next(): TaskState | undefined {
    if (this.#stop.signal.aborted) return undefined
    const { look, isOwn, most } = this.#options
    const state = look()
    const count = Math.min(most ?? Number.POSITIVE_INFINITY, state.meters.used('slots'))
    return upNext(state, count).find((task) => isOwn(task.run.id) && !this.#tried.has(keyOf(task)))
  }

  #requestFor({ id, run, workstream, round }: TaskState): WorkspaceRequest {
    const of = { runId: run.id, taskId: id, attempt: 1, workstreamId: workstream.spec.id, round }
    return toRequest(of, attemptFacts(this.#options.look(), of), this.#stop.signal)
  }
}

function keyOf({ run, workstream, round }: TaskState): string {
  return `${workstream.key} ${round} ${run.startedAt}`
}
