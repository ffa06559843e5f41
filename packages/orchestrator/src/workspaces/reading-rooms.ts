import { mkdir, readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { OfRound, Settlement, SettleRequest, WorkspaceAnswer, WorkspaceRequest } from '@ws/core'
import { type ObjectId, parseObjectId, type Repository, rescueRef } from '@ws/git'
import { isArtifact } from '../records/keep-artifacts.ts'
import { targetCommit } from './round-inputs.ts'
import { slotName } from './slot-name.ts'

/** A checkout of a large tree takes its time. */
const checkoutTimeoutMs = 900_000

/** Where rooms lie, and for which repository. */
export interface ReadingRoomsOptions {
  readonly repository: Repository
  /** A folder that nothing else uses. */
  readonly root: string
  /** The leader's epoch, compared inside the repository lock; none for who works for a leader elsewhere. */
  readonly epoch?: () => number | undefined
}

/**
 * Folders with the files of the target for rounds that only look: no branch, no worktree, nothing of git's in them.
 * Whatever is changed there reaches nobody; it is kept under a rescue reference, and said.
 */
export class ReadingRooms {
  readonly #options: ReadingRoomsOptions

  constructor(options: ReadingRoomsOptions) {
    this.#options = options
  }

  /** The files of the target as it is now; each attempt begins with just these. */
  async open(request: WorkspaceRequest): Promise<WorkspaceAnswer> {
    const { repository } = this.#options
    const { target, signal, task } = request
    const base = await targetCommit(repository, target)
    const path = this.#pathOf(request)
    await mkdir(path, { recursive: true })
    const git = await this.#gitOf(request)
    const run = { signal, timeoutMs: checkoutTimeoutMs }
    await git.run(['read-tree', '--reset', '-u', base], run)
    await git.run(['clean', '-ffdxq'], run)
    const settle = (settled: SettleRequest) => this.#settle(request, base, settled)
    return { isOpen: true, workspace: { path, env: task.env, settle } }
  }

  async release(of: OfRound): Promise<void> {
    await rm(this.#pathOf(of), { recursive: true, force: true, maxRetries: 3 })
    await this.#options.repository.content.forgetSlot(idOf(of))
    // Only once it is empty.
    await rmdir(this.#options.root).catch(() => {})
  }

  /** Tells whose rooms are there. */
  async left(): Promise<(of: OfRound) => boolean> {
    const names = new Set(await readdir(this.#options.root).catch(() => []))
    return (of) => names.has(slotName(of))
  }

  async #settle(request: WorkspaceRequest, base: ObjectId, { message }: SettleRequest): Promise<Settlement> {
    const { repository } = this.#options
    const git = await this.#gitOf(request)
    await git.run(['add', '--all'], { timeoutMs: checkoutTimeoutMs })
    const tree = parseObjectId(await git.text(['write-tree']))
    const bare = await repository.content.bare()
    const all = await bare.items(['diff', '--name-only', '--no-renames', '-z', base, tree, '--'])
    const { ignoreCase } = repository.facts
    const paths = all.filter((path) => !isArtifact(path, request.task, { ignoreCase }))
    const nothing = { kind: 'settled', files: [], linesAdded: 0, linesRemoved: 0 } as const
    if (paths.length === 0) return { ...nothing, setAside: [], warnings: [] }
    const ref = await this.#keep(request, { base, tree, message })
    const warnings = [`changed although it was only to look, kept under ${ref}: ${paths.join(', ')}`]
    return { ...nothing, setAside: paths, warnings }
  }

  async #keep(
    { runId: run, workstreamId: workstream, attempt }: WorkspaceRequest,
    { base, tree, message }: { readonly base: ObjectId; readonly tree: ObjectId; readonly message: string },
  ): Promise<string> {
    const { repository } = this.#options
    const ref = rescueRef({ run, workstream, attempt })
    const epoch = this.#options.epoch?.()
    await repository.exclusively(
      async (exclusive) => {
        // An earlier state under the same name stays reachable.
        const before = await repository.lookUp(ref)
        const commit = await repository.writeCommit({
          tree,
          parents: [base, ...(before === undefined ? [] : [before])],
          message: `last state of ${workstream}, attempt ${attempt}\n\n${message}`,
          trailers: { 'Ws-Run': run, 'Ws-Workstream': workstream },
          at: repository.clock.now(),
        })
        await repository.updateRefs(exclusive, [{ ref, from: before ?? null, to: commit }], 'ws: rescue')
      },
      epoch === undefined ? {} : { epoch },
    )
    return ref
  }

  #pathOf(of: OfRound): string {
    return join(this.#options.root, slotName(of))
  }

  #gitOf(of: OfRound) {
    return this.#options.repository.content.forSlot(idOf(of), this.#pathOf(of))
  }
}

function idOf(of: OfRound): string {
  return `reading-${slotName(of)}`
}
