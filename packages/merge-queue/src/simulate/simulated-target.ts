import type { Clock, Driver, DriverContext } from '@ws/core'
import type { QueueEffect } from '../queue/queue-effect.ts'
import type { CandidateOutcome, CheckOutcome, QueueInput } from '../queue/queue-input.ts'

/** What the simulated world is asked. */
export interface SimulatedTruth {
  /** Whether what this entry changes breaks the target. */
  isBad(entryId: string): boolean
  /** Whether an entry cannot be merged onto what these entries (not landed yet) made. */
  conflicts(entryId: string, before: readonly string[]): boolean
  /** How long a run takes, and whether it fails though nothing is wrong. */
  run(tree: number, attempt: number): { readonly durationMs: number; readonly isFlaky: boolean }
}

/** A commit of the simulated target: what it is made of. */
interface SimulatedCommit {
  readonly id: string
  readonly parent: SimulatedCommit | undefined
  readonly entryId: string
  readonly isBad: boolean
  /** Equal for commits of equal entries, whatever was built before them. */
  readonly tree: number
}

/**
 * A target branch without git: commits are names for what they are made of, checks take virtual time and fail where
 * something bad is in them. What is made of the same things is the same commit, as the real driver's is.
 */
export class SimulatedTarget implements Driver<QueueEffect, QueueInput> {
  /** Check runs that were started, and the virtual time that all of them took. */
  runs = 0
  busyMs = 0
  readonly #clock: Clock
  readonly #truth: SimulatedTruth
  readonly #commits = new Map<string, SimulatedCommit>()
  readonly #going = new Map<string, () => void>()
  #landed: SimulatedCommit = { id: 'c0', parent: undefined, entryId: '', isBad: false, tree: 1 }

  constructor(clock: Clock, truth: SimulatedTruth) {
    this.#clock = clock
    this.#truth = truth
    this.#commits.set(this.#landed.id, this.#landed)
  }

  start(key: string, effect: QueueEffect, context: DriverContext<QueueInput>): void {
    switch (effect.kind) {
      case 'watch': {
        const sight = { kind: 'followed', landed: this.#landed.id } as const
        return context.report({ type: 'target.observed', target: effect.target, sight })
      }
      case 'build': {
        const { candidateId, entry, onto, checks } = effect
        return context.report({
          type: 'candidate.ended',
          candidateId,
          outcome: this.#build(entry.id, onto, checks),
        })
      }
      case 'check':
        return this.#check(key, effect, context)
      case 'land': {
        const to = this.#commits.get(effect.to)
        if (to !== undefined && this.#landed.id === effect.from) this.#landed = to
        return context.report({ type: 'landing.ended', landId: effect.landId, outcome: { kind: 'landed' } })
      }
      case 'escalate': {
        const { entryId, escalation } = effect
        const outcome = { kind: 'declined' } as const
        return context.report({ type: 'escalation.ended', entryId, escalation, outcome })
      }
    }
  }

  change(): void {}

  stop(key: string): void {
    this.#going.get(key)?.()
  }

  recover(): Promise<'lost'> {
    return Promise.resolve('lost')
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #build(entryId: string, onto: string, checks: readonly string[]): CandidateOutcome {
    const name = `${onto}+${entryId}`
    let commit = this.#commits.get(name)
    if (commit === undefined) {
      const parent = this.#commits.get(onto)
      if (parent === undefined) return { kind: 'infrastructure', detail: `${onto} is gone` }
      if (this.#truth.conflicts(entryId, this.#openEntries(parent)))
        return { kind: 'conflicted', conflicts: [{ path: 'file', reason: 'content', hunks: [] }] }
      const isBad = parent.isBad || this.#truth.isBad(entryId)
      commit = { id: `c${this.#commits.size}`, parent, entryId, isBad, tree: mix(parent.tree, entryId) }
      this.#commits.set(name, commit)
      this.#commits.set(commit.id, commit)
    }
    const keys: Record<string, string> = {}
    for (const check of checks) keys[check] = `${check}:${commit.id}`
    return { kind: 'built', commit: commit.id, tree: commit.id, keys, isEmpty: false }
  }

  #openEntries(commit: SimulatedCommit): readonly string[] {
    const open: string[] = []
    for (let at = commit; at !== this.#landed && at.parent !== undefined; at = at.parent)
      open.push(at.entryId)
    return open
  }

  #check(
    key: string,
    { checkRunId, attempt, commit }: Extract<QueueEffect, { kind: 'check' }>,
    context: DriverContext<QueueInput>,
  ): void {
    const { isBad = false, tree = 0 } = this.#commits.get(commit) ?? {}
    const { durationMs, isFlaky } = this.#truth.run(tree, attempt)
    const startedAt = this.#clock.now()
    this.runs++
    const outcome: CheckOutcome =
      isBad || isFlaky ? { kind: 'failed', detail: 'it says no' } : { kind: 'passed' }
    const end = () => {
      this.#going.delete(key)
      this.busyMs += this.#clock.now() - startedAt
    }
    const cancel = this.#clock.wakeAt(startedAt + durationMs, () => {
      end()
      context.report({ type: 'check.ended', checkRunId, outcome, durationMs })
    })
    this.#going.set(key, () => {
      cancel()
      end()
    })
  }
}

/** A number for what a commit is made of. */
function mix(tree: number, entryId: string): number {
  let value = tree
  for (let i = 0; i < entryId.length; i++) value = Math.imul(value ^ entryId.charCodeAt(i), 0x01000193)
  return Math.imul(value ^ 0x2f, 0x01000193) >>> 0
}
