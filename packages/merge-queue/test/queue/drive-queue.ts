import { expect } from 'vitest'
import { MemoryJournal, openHost } from '@ws/core'
import type { CommandAnswer, Driver, Host, StepDraft, StepPosition } from '@ws/core'
import { ManualClock } from '@ws/core/testing'
import { checkQueueInvariants } from '../../src/queue/check-queue-invariants.ts'
import { checkQueueLog } from '../../src/queue/check-queue-log.ts'
import { viewEntry } from '../../src/queue/entry-view.ts'
import type { EntryView } from '../../src/queue/entry-view.ts'
import { explainEntryWaiting } from '../../src/queue/explain-entry.ts'
import type {
  CheckEffect,
  EscalateEffect,
  LandEffect,
  QueueEffect,
  WatchEffect,
} from '../../src/queue/queue-effect.ts'
import type { QueueEvent } from '../../src/queue/queue-event.ts'
import type {
  CandidateOutcome,
  CheckOutcome,
  EscalationOutcome,
  LandOutcome,
  QueueCommand,
  QueueInput,
  TargetSight,
} from '../../src/queue/queue-input.ts'
import type { QueueMachine } from '../../src/queue/queue-machine.ts'
import { queueMachine } from '../../src/queue/queue-machine.ts'
import type { CheckSpec, EntrySpec, QueueSettings } from '../../src/queue/queue-spec.ts'
import type { QueueState } from '../../src/queue/queue-state.ts'

type WithoutId<T> = T extends unknown ? Omit<T, 'commandId'> : never
type EventOf<Type extends QueueEvent['type']> = Extract<QueueEvent, { type: Type }>

export interface DriveOptions extends Partial<Omit<QueueSettings, 'checks'>> {
  /** @default one check `unit` that is not tried again */
  readonly checks?: readonly (Pick<CheckSpec, 'name'> & Partial<CheckSpec>)[]
  /** Pairs of entries that do not merge onto one another; `main a` is a conflict with the target itself. */
  readonly conflicts?: readonly string[]
  /** Whether landings end by themselves, at once. @default true */
  readonly lands?: boolean
  /** Whether candidates are built by themselves, at once. @default true */
  readonly builds?: boolean
  /** Where the target stands when it is first looked at. @default 'main-0' */
  readonly tip?: string
  /** Whether every promise is checked after every input; false where a test asserts the promise itself. @default true */
  readonly isChecked?: boolean
}

/**
 * A queue that a test drives by hand: the real machine and the real host, over a journal in memory and a clock that
 * moves when told to. Commits are names of what they are made of; checks end when the test says so. Every promise is
 * checked after every input, and at the end the log is read for the promise about the target.
 */
export async function driveQueue(options: DriveOptions = {}): Promise<DrivenQueue> {
  const queue = new DrivenQueue(options)
  await queue.open()
  const {
    checks = [{ name: 'unit' }],
    slots = 4,
    policy = 'speculative',
    testEach = false,
    maxBatch = 32,
  } = options
  const settings: QueueSettings = {
    slots,
    policy,
    testEach,
    maxBatch,
    checks: checks.map((check) => ({ retries: 0, ...check })),
    ...(options.personChecks === undefined ? {} : { personChecks: options.personChecks }),
  }
  await queue.accept({ type: 'queue.configure', settings })
  return queue
}

export class DrivenQueue {
  readonly clock = new ManualClock(0)
  readonly journal = new RecordingJournal()
  readonly #options: DriveOptions
  readonly #machine: QueueMachine
  readonly #effects = new Map<string, QueueEffect>()
  #landed: string
  #host: Host<QueueState, QueueInput, QueueEvent, QueueEffect> | undefined
  #epoch = 0
  #commands = 0

  constructor(options: DriveOptions) {
    this.#options = options
    this.#landed = options.tip ?? 'main-0'
    const machine = queueMachine()
    this.#machine =
      options.isChecked === false
        ? machine
        : {
            ...machine,
            *decide(state, input, now) {
              yield* machine.decide(state, input, now)
              checkQueueInvariants(state)
            },
          }
  }

  /** Everything that stands in the log. */
  get events(): readonly QueueEvent[] {
    return this.journal.events
  }

  // what people and programs ask for

  command(command: WithoutId<QueueCommand>, commandId = `c${++this.#commands}`): Promise<CommandAnswer> {
    return this.#send({ ...command, commandId })
  }

  async accept(command: WithoutId<QueueCommand>): Promise<void> {
    expect(await this.command(command)).toEqual({ ok: true })
  }

  async refuse(command: WithoutId<QueueCommand>): Promise<string> {
    const answer = await this.command(command)
    expect(answer.ok).toBe(false)
    return answer.ok ? '' : `${answer.code}: ${answer.message}`
  }

  async add(id: string, spec: Partial<EntrySpec> = {}): Promise<void> {
    await this.accept({ type: 'entry.add', entry: entrySpec(id, spec) })
  }

  async addAll(ids: string, spec: Partial<EntrySpec> = {}): Promise<void> {
    for (const id of ids.split(' ')) await this.add(id, spec)
  }

  // what the world says

  /** A check ends on the prefix that ends with these entries: `unit a b`, or `a b` for the check `unit`. */
  async end(run: string, outcome: CheckOutcome, durationMs = 60_000): Promise<void> {
    const effect = this.#checkEffects().find(
      (each) => this.#nameOf(each) === run || `unit ${run}` === this.#nameOf(each),
    )
    expect(effect, `${run} is running: ${this.running().join(', ')}`).toBeDefined()
    await this.tell({ type: 'check.ended', checkRunId: effect!.checkRunId, outcome, durationMs })
  }

  pass(run: string): Promise<void> {
    return this.end(run, { kind: 'passed' })
  }

  fail(run: string): Promise<void> {
    return this.end(run, { kind: 'failed', detail: 'exit code 1' })
  }

  breakDown(run: string): Promise<void> {
    return this.end(run, { kind: 'infrastructure', detail: 'no disk' })
  }

  lose(run: string): Promise<void> {
    return this.end(run, { kind: 'lost' })
  }

  async see(sight: TargetSight, target = 'main'): Promise<void> {
    if (sight.kind !== 'deleted') this.#landed = sight.landed
    await this.tell({ type: 'target.observed', target, sight })
  }

  async endLanding(outcome: LandOutcome): Promise<void> {
    const effect = this.landing()
    expect(effect, 'a landing is under way').toBeDefined()
    if (outcome.kind === 'landed') this.#landed = effect!.to
    await this.tell({ type: 'landing.ended', landId: effect!.landId, outcome })
  }

  async answer(entryId: string, outcome: EscalationOutcome): Promise<void> {
    const effect = this.escalations().find((each) => each.entryId === entryId)
    expect(effect, `somebody is asked about ${entryId}`).toBeDefined()
    await this.tell({ type: 'escalation.ended', entryId, escalation: effect!.escalation, outcome })
  }

  async build(outcome: CandidateOutcome): Promise<void> {
    const effect = [...this.#effects.values()].find((each) => each.kind === 'build')
    expect(effect, 'a candidate is being built').toBeDefined()
    if (effect?.kind === 'build')
      await this.tell({ type: 'candidate.ended', candidateId: effect.candidateId, outcome })
  }

  async tell(input: QueueInput): Promise<void> {
    await this.#send(input)
    await this.host.idle()
  }

  async wait(ms: number): Promise<void> {
    this.clock.advanceBy(ms)
    await this.host.idle()
  }

  /** The host is gone and another one reads the log; nothing that went on is found again. */
  async crash(): Promise<void> {
    this.#effects.clear()
    this.#host = undefined
    await this.open()
  }

  // what is seen of it

  get host(): Host<QueueState, QueueInput, QueueEvent, QueueEffect> {
    return this.#host!
  }

  get state(): QueueState {
    return this.host.state
  }

  /** What is being checked: `unit a b` is the check `unit` on the target as it is now with a and b. */
  running(): readonly string[] {
    return this.#checkEffects()
      .map((effect) => this.#nameOf(effect))
      .sort()
  }

  landing(): LandEffect | undefined {
    return [...this.#effects.values()].find((effect) => effect.kind === 'land')
  }

  escalations(): readonly EscalateEffect[] {
    return [...this.#effects.values()].filter((effect) => effect.kind === 'escalate')
  }

  watch(target = 'main'): WatchEffect {
    return [...this.#effects.values()].find(
      (effect) => effect.kind === 'watch' && effect.target === target,
    ) as WatchEffect
  }

  effects(kind: QueueEffect['kind']): readonly QueueEffect[] {
    return [...this.#effects.values()].filter((effect) => effect.kind === kind)
  }

  view(id: string): EntryView {
    return viewEntry(this.state, id, this.clock.now())!
  }

  stateOf(id: string): string {
    const { state, reason } = this.view(id)
    return reason === undefined ? state : `${state} ${reason}`
  }

  /** Every entry with its state, as one line. */
  states(): string {
    return [...this.state.entries.keys()].map((id) => `${id} ${this.stateOf(id)}`).join(', ')
  }

  waits(id: string): string {
    return this.view(id)
      .waiting.map((waiting) => explainEntryWaiting(waiting, this.clock.now()))
      .join('; ')
  }

  eventsOf<Type extends QueueEvent['type']>(type: Type): readonly EventOf<Type>[] {
    return this.events.filter((event): event is EventOf<Type> => event.type === type)
  }

  /** The value of the target, as what it is made of. */
  landed(): string {
    return this.#landed
  }

  async open(): Promise<void> {
    this.#host = await openHost(this.#machine, {
      journal: this.journal,
      clock: this.clock,
      driver: this.#driver(),
      epoch: ++this.#epoch,
      snapshotEvery: 0,
    })
    await this.host.idle()
  }

  async #send(input: QueueInput): Promise<CommandAnswer> {
    const answer = await this.host.send(input)
    await this.host.idle()
    checkQueueLog(this.events)
    return answer
  }

  #checkEffects(): readonly CheckEffect[] {
    return [...this.#effects.values()].filter((effect) => effect.kind === 'check')
  }

  /** The check and what is tested beyond what has landed. */
  #nameOf({ check, commit }: CheckEffect): string {
    const isOnIt = commit.startsWith(`${this.#landed}+`)
    const parts = (isOnIt ? commit.slice(this.#landed.length) : commit).split('+').slice(1)
    return [check, ...parts].join(' ')
  }

  #driver(): Driver<QueueEffect, QueueInput> {
    const begin = (key: string, effect: QueueEffect, report: (input: QueueInput) => void) => {
      this.#effects.set(key, effect)
      if (effect.kind === 'watch') {
        const sight = { kind: 'followed', landed: effect.landed ?? this.#landed } as const
        if (effect.adopt === undefined) report({ type: 'target.observed', target: effect.target, sight })
      }
      if (effect.kind === 'build' && this.#options.builds !== false) {
        report({ type: 'candidate.ended', candidateId: effect.candidateId, outcome: this.#build(effect) })
      }
      if (effect.kind === 'land' && this.#options.lands !== false) {
        this.#landed = effect.to
        report({ type: 'landing.ended', landId: effect.landId, outcome: { kind: 'landed' } })
      }
    }
    return {
      start: (key, effect, { report }) => begin(key, effect, report),
      change: (key, effect) => void this.#effects.set(key, effect),
      stop: (key) => void this.#effects.delete(key),
      recover: () => Promise.resolve('lost'),
      close: () => Promise.resolve(),
    }
  }

  /** A commit is named for the target and the entries that it is made of, at the commits that they had. */
  #build({ entry, onto, checks }: Extract<QueueEffect, { kind: 'build' }>): CandidateOutcome {
    const made = onto.split('+').map((part) => part.split('@')[0]!)
    const clash = made.find(
      (other) =>
        this.#options.conflicts?.includes(`${other} ${entry.id}`) === true ||
        this.#options.conflicts?.includes(`${entry.id} ${other}`) === true ||
        (other.startsWith('main') && this.#options.conflicts?.includes(`main ${entry.id}`) === true),
    )
    if (clash !== undefined)
      return { kind: 'conflicted', conflicts: [{ path: `${entry.id}.txt`, reason: 'content', hunks: [] }] }
    const from = entry.commit === `${entry.id}-1` ? '' : `@${entry.commit.replaceAll('+', '.')}`
    const commit = `${onto}+${entry.id}${from}`
    const keys = Object.fromEntries(checks.map((check) => [check, this.#keyOf(check, commit)]))
    return { kind: 'built', commit, tree: commit, keys, isEmpty: false }
  }

  /** A check that declares `<area>/**` reads the entries whose id begins with that area. */
  #keyOf(check: string, commit: string): string {
    const inputs = this.#options.checks?.find(({ name }) => name === check)?.inputs
    if (inputs === undefined) return `${check}=${commit}`
    const areas = inputs.map((path) => path.split('/')[0]!)
    const read = commit.split('+').filter((part) => areas.some((area) => part.startsWith(area)))
    return `${check}=${read.toSorted().join('+')}`
  }
}

class RecordingJournal extends MemoryJournal {
  readonly events: QueueEvent[] = []

  override append(step: StepDraft): Promise<StepPosition> {
    this.events.push(...(step.events as readonly QueueEvent[]))
    return super.append(step)
  }
}

/** An entry for `main` with the check `unit`. */
export function entrySpec(id: string, spec: Partial<EntrySpec> = {}): EntrySpec {
  return {
    id,
    kind: 'branch',
    branch: `lane/${id}`,
    commit: `${id}-1`,
    target: 'main',
    level: 2,
    after: [],
    checks: ['unit'],
    advisory: [],
    afterwards: [],
    approve: 'auto',
    method: 'merge',
    ...spec,
  }
}
