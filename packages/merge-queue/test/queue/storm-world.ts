import { invariant } from '@ws/core'
import type { Driver, DriverContext } from '@ws/core'
import type { ManualClock } from '@ws/core/testing'
import { Random } from '@ws/core/testing'
import type { QueueEffect } from '../../src/queue/queue-effect.ts'
import type {
  CandidateOutcome,
  CheckOutcome,
  LandOutcome,
  QueueInput,
  TargetSight,
} from '../../src/queue/queue-input.ts'
import type { EntrySpec } from '../../src/queue/queue-spec.ts'

/** A commit of the virtual repository: the changes that it holds, oldest first. */
export interface VirtualCommit {
  readonly id: string
  readonly parent: string | undefined
  readonly changes: readonly string[]
}

/** What is true of changes, whatever anybody knows. A change is named `<area>:<name>`. */
export interface StormTruth {
  readonly seed: number
  readonly isCalm: boolean
  isBad(change: string): boolean
  /** Each is good alone. */
  areBadTogether(a: string, b: string): boolean
  conflict(a: string, b: string): boolean
}

interface Process {
  readonly effect: QueueEffect
  readonly cancel: () => void
  readonly words: QueueInput
  ended: boolean
}

/**
 * A repository without git, in which everything can go wrong. It outlives the hosts that act in it, as references and
 * processes do, and it knows what is true: what was landed twice, never, or though it is bad, shows here.
 */
export class StormWorld {
  readonly commits = new Map<string, VirtualCommit>()
  /** `refs/ws/landed/<target>` and the branch itself. */
  readonly landed = new Map<string, string>()
  readonly heads = new Map<string, string>()
  /** Commits of branches, by their id: the change that each brings. */
  readonly branches = new Map<string, string>()
  readonly #clock: ManualClock
  readonly #truth: StormTruth
  readonly #specs = new Map<string, EntrySpec>()
  readonly #processes = new Map<string, Process>()
  readonly #watches = new Map<
    string,
    { effect: Extract<QueueEffect, { kind: 'watch' }>; context: DriverContext<QueueInput> }
  >()
  #context: DriverContext<QueueInput> | undefined
  #generation = 0
  #persons = 0
  #isCalm: boolean

  constructor(clock: ManualClock, truth: StormTruth, targets: readonly string[]) {
    this.#clock = clock
    this.#truth = truth
    this.#isCalm = truth.isCalm
    for (const target of targets) {
      this.commits.set(`${target}-0`, { id: `${target}-0`, parent: undefined, changes: [] })
      this.landed.set(target, `${target}-0`)
      this.heads.set(target, `${target}-0`)
    }
  }

  /** From now on nothing goes wrong any more. */
  calm(): void {
    this.#isCalm = true
  }

  /** What an entry asks for, so that the world can say whether what lands may land. */
  know(spec: EntrySpec): void {
    this.#specs.set(spec.id, spec)
  }

  driver(): Driver<QueueEffect, QueueInput> {
    const generation = ++this.#generation
    const isMine = () => generation === this.#generation
    return {
      start: (key, effect, context) => {
        if (!isMine()) return
        this.#context = context
        this.#start(key, effect, context)
      },
      change: (key, effect) => {
        const context = this.#context
        if (isMine() && context !== undefined) this.#start(key, effect, context)
      },
      stop: (key) => {
        if (isMine()) this.#kill(key)
      },
      recover: (key, effect, context) => {
        this.#context = context
        return Promise.resolve(this.#recover(key, effect))
      },
      close: () => Promise.resolve(),
    }
  }

  /** The host is gone. Check runs go on, or end with it; what was seen of a landing is looked up at the reference. */
  crash(): void {
    this.#generation++
    this.#context = undefined
    this.#watches.clear()
    for (const [key, { effect }] of this.#processes) {
      if (effect.kind !== 'check' || this.#dice(`survives/${key}`).chance(0.5)) this.#kill(key)
    }
  }

  /** A person commits on the branch. */
  commitOn(target: string, change: string): void {
    const head = this.heads.get(target)
    if (head === undefined) return
    const id = `p${++this.#persons}`
    const changes = this.commits.get(head)!.changes
    this.commits.set(id, { id, parent: head, changes: [...changes, change] })
    this.heads.set(target, id)
    this.look(target)
  }

  /** A person puts the branch back by one commit. */
  rewind(target: string): void {
    const head = this.heads.get(target)
    const parent = head === undefined ? undefined : this.commits.get(head)?.parent
    if (parent === undefined) return
    this.heads.set(target, parent)
    this.look(target)
  }

  /** A person puts the branch back to what was landed. */
  restore(target: string): void {
    this.heads.set(target, this.landed.get(target)!)
    this.look(target)
  }

  remove(target: string): void {
    this.heads.delete(target)
    this.look(target)
  }

  look(target: string): void {
    const watch = this.#watches.get(target)
    watch?.context.report({ type: 'target.observed', target, sight: this.#sight(target) })
  }

  #start(key: string, effect: QueueEffect, context: DriverContext<QueueInput>): void {
    switch (effect.kind) {
      case 'watch': {
        if (effect.adopt !== undefined) this.landed.set(effect.target, effect.adopt)
        this.#watches.set(effect.target, { effect, context })
        this.#follow(effect.target)
        return this.look(effect.target)
      }
      case 'build': {
        const outcome = this.#build(key, effect)
        return this.#later(key, effect, 0.3, {
          type: 'candidate.ended',
          candidateId: effect.candidateId,
          outcome,
        })
      }
      case 'check': {
        const { checkRunId } = effect
        const durationMs = 1_000 + this.#dice(`ms/${key}`).below(60_000)
        const outcome = this.#check(key, effect)
        return this.#later(key, effect, durationMs / 1_000, {
          type: 'check.ended',
          checkRunId,
          outcome,
          durationMs,
        })
      }
      case 'land': {
        const { landId } = effect
        return this.#later(key, effect, 0.2, {
          type: 'landing.ended',
          landId,
          outcome: this.#land(key, effect),
        })
      }
      case 'escalate': {
        const { entryId, escalation } = effect
        const dice = this.#dice(key)
        const way = dice.below(4)
        const commit = `fix-${entryId}-${escalation}`
        if (way === 0 && escalation < 4)
          this.branches.set(commit, `${dice.pick(['a', 'b'])}:fix${entryId}${escalation}`)
        const outcome =
          way === 0 && escalation < 4
            ? ({ kind: 'repaired', commit } as const)
            : way === 1 && escalation < 3
              ? ({ kind: 'retry' } as const)
              : ({ kind: 'declined' } as const)
        return this.#later(key, effect, 5, { type: 'escalation.ended', entryId, escalation, outcome })
      }
    }
  }

  #later(key: string, effect: QueueEffect, seconds: number, words: QueueInput): void {
    const ms = Math.round(seconds * 1_000 * (0.5 + this.#dice(`later/${key}`).next()))
    const cancel = this.#clock.wakeAt(this.#clock.now() + ms, () => {
      const process = this.#processes.get(key)
      if (process === undefined) return
      process.ended = true
      this.#context?.report(words)
    })
    this.#processes.set(key, { effect, cancel, words, ended: false })
  }

  #kill(key: string): void {
    this.#processes.get(key)?.cancel()
    this.#processes.delete(key)
    for (const target of this.#watches.keys()) if (key === `watch/${target}`) this.#watches.delete(target)
  }

  #recover(key: string, effect: QueueEffect): QueueInput | 'adopted' | 'lost' {
    if (effect.kind === 'land') {
      if (this.landed.get(effect.target) === effect.to)
        return { type: 'landing.ended', landId: effect.landId, outcome: { kind: 'landed' } }
      return 'lost'
    }
    const process = this.#processes.get(key)
    if (process === undefined) return 'lost'
    return process.ended ? process.words : 'adopted'
  }

  #build(key: string, { entry, onto, checks }: Extract<QueueEffect, { kind: 'build' }>): CandidateOutcome {
    const fault = this.#fault(key, 0.03)
    if (fault !== undefined) return fault
    const parent = this.commits.get(onto)
    invariant(parent !== undefined, 'a candidate is built onto a commit that is there', { onto })
    const changes = this.#merge(parent, entry)
    if (changes === undefined) return { kind: 'impossible', detail: 'the commit is gone' }
    const added = changes.filter((change) => !parent.changes.includes(change))
    const clash = added.find((change) => parent.changes.some((other) => this.#truth.conflict(change, other)))
    if (clash !== undefined)
      return { kind: 'conflicted', conflicts: [{ path: clash, reason: 'content', hunks: [] }] }
    const isEmpty = changes.length === parent.changes.length
    // The same changes are the same tree; the same tree on the same commit is the same commit.
    const id = isEmpty ? onto : `${onto}+${entry.id}@${entry.commit}`
    if (!isEmpty) this.commits.set(id, { id, parent: onto, changes })
    const keys: Record<string, string> = {}
    for (const check of checks) keys[check] = this.#keyOf(check, changes)
    return { kind: 'built', commit: id, tree: changes.join(), keys, isEmpty }
  }

  #merge(parent: VirtualCommit, entry: EntrySpec): readonly string[] | undefined {
    if (entry.kind === 'revert') {
      const undone = this.commits.get(entry.commit)
      const base = this.commits.get(entry.base ?? '')
      if (undone === undefined || base === undefined) return undefined
      return parent.changes.filter(
        (change) => !undone.changes.includes(change) || base.changes.includes(change),
      )
    }
    const own =
      entry.kind === 'person' ? this.commits.get(entry.commit)?.changes : this.#changesOf(entry.commit)
    if (own === undefined) return undefined
    return [...parent.changes, ...own.filter((change) => !parent.changes.includes(change))]
  }

  #changesOf(commit: string): readonly string[] | undefined {
    const change = this.branches.get(commit)
    return change === undefined ? undefined : [change]
  }

  /** A check reads the area that it is named for; `all` and `slow` read everything. */
  #keyOf(check: string, changes: readonly string[]): string {
    const read = changes.filter((change) => !['a', 'b'].includes(check) || change.startsWith(`${check}:`))
    return `${check}=${read.toSorted().join()}`
  }

  #isTrulyBad(check: string, changes: readonly string[]): boolean {
    const read = changes.filter((change) => !['a', 'b'].includes(check) || change.startsWith(`${check}:`))
    return read.some(
      (change, i) =>
        this.#truth.isBad(change) ||
        read.slice(0, i).some((other) => this.#truth.areBadTogether(change, other)),
    )
  }

  #check(key: string, { check, commit, key: under }: Extract<QueueEffect, { kind: 'check' }>): CheckOutcome {
    const { changes } = this.commits.get(commit)!
    invariant(this.#keyOf(check, changes) === under, 'a check runs under the key of what it runs on', {
      check,
    })
    const fault = this.#fault(key, 0.05)
    if (fault !== undefined) return fault
    const dice = this.#dice(`flake/${key}`)
    if (this.#isTrulyBad(check, changes))
      return dice.chance(0.2) ? { kind: 'timed-out', afterMs: 1 } : { kind: 'failed', detail: 'it says no' }
    return !this.#isCalm && dice.chance(0.08)
      ? { kind: 'failed', detail: 'for no reason' }
      : { kind: 'passed' }
  }

  #fault(
    key: string,
    chance: number,
  ): { readonly kind: 'infrastructure'; readonly detail: string } | { readonly kind: 'lost' } | undefined {
    const dice = this.#dice(`fault/${key}`)
    if (this.#isCalm || !dice.chance(chance * 2)) return undefined
    return dice.chance(0.5) ? { kind: 'infrastructure', detail: 'no network' } : { kind: 'lost' }
  }

  #land(key: string, { target, from, to, entryIds }: Extract<QueueEffect, { kind: 'land' }>): LandOutcome {
    const dice = this.#dice(`land/${key}`)
    const is = this.landed.get(target)
    if (is === to) return { kind: 'landed' }
    if (is !== from) return { kind: 'moved', to: is }
    const fault = this.#fault(key, 0.06)
    // Lost before or after the reference was moved.
    if (fault?.kind === 'infrastructure' || (fault !== undefined && dice.chance(0.5))) return fault
    if (!this.#isCalm && dice.chance(0.03)) return { kind: 'refused', detail: 'a hook says no' }
    if (!this.#isCalm && dice.chance(0.04)) {
      const id = `f${++this.#persons}`
      const parent = this.commits.get(from)!
      this.commits.set(id, { id, parent: from, changes: [...parent.changes, `a:foreign${id}`] })
      this.landed.set(target, id)
      return { kind: 'moved', to: id }
    }
    this.#judge(target, to, entryIds)
    this.landed.set(target, to)
    this.#follow(target)
    return fault ?? { kind: 'landed' }
  }

  /** Nothing lands that is bad, and nothing twice. */
  #judge(target: string, to: string, entryIds: readonly string[]): void {
    const { changes } = this.commits.get(to)!
    invariant(new Set(changes).size === changes.length, 'no change lands twice', { target, to })
    for (const id of entryIds) {
      for (const check of this.#specs.get(id)?.checks ?? []) {
        if (check === 'shaky') continue
        invariant(!this.#isTrulyBad(check, changes), 'nothing lands that its checks refuse', {
          entry: id,
          check,
        })
      }
    }
  }

  /** The branch goes along where nobody has committed on it. */
  #follow(target: string): void {
    const head = this.heads.get(target)
    const landed = this.landed.get(target)!
    if (head !== undefined && this.#holds(landed, head)) this.heads.set(target, landed)
  }

  #holds(commit: string, other: string): boolean {
    const { changes } = this.commits.get(commit)!
    const isInside = this.commits.get(other)!.changes.every((change) => changes.includes(change))
    if (!isInside) return false
    for (let at: string | undefined = commit; at !== undefined; at = this.commits.get(at)?.parent) {
      if (at === other) return true
    }
    // A person's commits that were merged: their history is in that of the merge.
    return other.startsWith('p')
  }

  #sight(target: string): TargetSight {
    const landed = this.landed.get(target)!
    const head = this.heads.get(target)
    if (head === undefined) return { kind: 'deleted', landed }
    if (head === landed || this.#holds(landed, head)) {
      // Put back to what was there before something landed.
      if (head !== landed && !head.startsWith('p')) return { kind: 'rewound', landed, head }
      this.#follow(target)
      return { kind: 'followed', landed }
    }
    if (head.startsWith('p')) return { kind: 'advanced', landed, head }
    return { kind: 'rewound', landed, head }
  }

  #dice(key: string): Random {
    return new Random(hash(`${this.#truth.seed}/${key}`))
  }
}

export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}
