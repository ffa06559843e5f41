import type { OfRound, RunEvent, RunMachineState, WorkstreamState } from '@ws/core'

/** A round whose directory may go, and what is to be done in it before. */
export interface FinishedRound extends OfRound {
  readonly state: WorkstreamState
}

/** Gives up the directories of rounds that are over, one after another. */
export class Tidier {
  readonly #release: (round: FinishedRound) => Promise<void>
  readonly #look: () => RunMachineState
  #last: Promise<void> = Promise.resolve()

  constructor(release: (round: FinishedRound) => Promise<void>, look: () => RunMachineState) {
    this.#release = release
    this.#look = look
  }

  /** What happened may have ended a round. */
  hear(event: RunEvent): void {
    if (event.type !== 'workstream.completed' && event.type !== 'workstream.failed') return
    const found = this.#look().runs.get(event.runId)?.workstreams.get(event.workstreamId)
    if (found !== undefined && mayGo(found)) this.#enqueue(found)
  }

  /** What was over before, and that nobody tidied since: `isLeft` says whose directory is still there. */
  catchUp(isLeft: (of: OfRound) => boolean): void {
    for (const run of this.#look().runs.values())
      for (const workstream of run.workstreams.values())
        if (mayGo(workstream) && isLeft(roundOf(workstream))) this.#enqueue(workstream)
  }

  /** Resolves when everything so far is tidied. */
  close(): Promise<void> {
    return this.#last
  }

  #enqueue(state: WorkstreamState): void {
    const round = { ...roundOf(state), state }
    // A directory that stays costs space and nothing else: the next one to lead tries again.
    this.#last = this.#last.then(() => this.#release(round).catch(() => {}))
  }
}

/** It has landed, had nothing to land, or failed where nobody wants to keep that, or has never begun. */
function mayGo({ phase, run, tasks }: WorkstreamState): boolean {
  if (phase.state === 'COMPLETED') return true
  const { keepWorktree, mode } = run.spec.work ?? {}
  const isKept = keepWorktree !== false && mode !== 'analyze'
  return phase.state === 'FAILED' && (!isKept || tasks.every(({ attempt }) => attempt === 0))
}

function roundOf({ run, spec, round }: WorkstreamState): OfRound {
  return { runId: run.id, workstreamId: spec.id, round }
}
