import type { OfRound, RunEvent, RunInput, RunMachineState, WorkstreamState } from '@ws/core'
import { previewPairs, type Repository, type SlotRecord } from '@ws/git'

/** What the radar looks at, and whom it tells. */
export interface ConflictRadarOptions {
  readonly repository: Repository
  readonly look: () => RunMachineState
  readonly stand: (of: OfRound) => Promise<Pick<SlotRecord, 'tip' | 'base'> | undefined>
  readonly tell: (input: Extract<RunInput, { type: 'conflict.predicted' }>) => void
}

/**
 * Merges the branches in flight with each other, on paper, whenever one of them got a commit. Only those that share
 * paths can conflict: claims that are exclusive do not meet.
 */
export class ConflictRadar {
  readonly #options: ConflictRadarOptions
  #last: Promise<void> = Promise.resolve()
  #isDue = false
  #isClosed = false

  constructor(options: ConflictRadarOptions) {
    this.#options = options
  }

  hear(event: RunEvent): void {
    if (event.type !== 'task.succeeded' || event.commit === undefined || this.#isDue) return
    this.#isDue = true
    // A look that fails costs a warning: what conflicts is found when it lands.
    this.#last = this.#last.then(() => this.#scan()).catch(() => {})
  }

  /** Resolves when nothing is being looked at any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#last
  }

  async #scan(): Promise<void> {
    this.#isDue = false
    const { repository, look, stand, tell } = this.#options
    const shared = this.#isClosed ? [] : inFlight(look())
    if (shared.length < 2) return
    const branches = []
    for (const workstream of shared) {
      const { tip, base } = (await stand(roundOf(workstream))) ?? {}
      if (tip !== undefined && base !== undefined && tip !== base)
        branches.push({ name: workstream.key, tip, base })
    }
    if (branches.length < 2) return
    for (const { branches: pair, conflicts } of await previewPairs(repository, branches)) {
      const [a, b] = pair
      const path = conflicts[0]?.path ?? ''
      if (!look().predictions.has([a, b].toSorted().join(' ')))
        tell({ type: 'conflict.predicted', a, b, path })
    }
  }
}

/** Rounds with a branch of their own that others may write beside. */
function inFlight({ runs }: RunMachineState): WorkstreamState[] {
  return [...runs.values()]
    .flatMap(({ workstreams }) => [...workstreams.values()])
    .filter(
      ({ phase, spec }) => phase.state === 'RUNNING' && spec.claims.some(({ mode }) => mode === 'shared'),
    )
}

function roundOf({ run, spec, round }: WorkstreamState): OfRound {
  return { runId: run.id, workstreamId: spec.id, round }
}
