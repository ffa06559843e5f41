import { expect } from 'vitest'
import type { Breach, Failure } from '../../src/errors/failure.ts'
import type { Waiting } from '../../src/explain/waiting.ts'
import { why } from '../../src/explain/why.ts'
import type { Driver } from '../../src/machine/driver.ts'
import type { Host } from '../../src/machine/host.ts'
import { openHost } from '../../src/machine/host.ts'
import type { CommandAnswer } from '../../src/machine/machine.ts'
import { MemoryJournal } from '../../src/machine/memory-journal.ts'
import type { RunEffect } from '../../src/run/run-effect.ts'
import type { RunEvent } from '../../src/run/run-event.ts'
import type { AttemptOutcome, LandingOutcome, RunCommand, RunInput, Usage } from '../../src/run/run-input.ts'
import { runMachine } from '../../src/run/run-machine.ts'
import type { RunSpec } from '../../src/run/run-spec.ts'
import type { RunMachineState, RunState, TaskState, WorkstreamState } from '../../src/run/run-state.ts'
import { checkedMachine } from '../../src/testing/checked-machine.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import type { PlanDetails } from './plan-notation.ts'
import { arrangement } from './arrangement.ts'
import { partsOf, planOf } from './plan-notation.ts'

export interface DriveOptions extends PlanDetails {
  readonly limits?: Readonly<Record<string, number>>
  /** Hosts and what they offer. @default { here: ['*'] } */
  readonly hosts?: Readonly<Record<string, readonly string[]>>
  /** When it begins, in milliseconds since 1970. @default 0 */
  readonly at?: number
  readonly ignoreCase?: boolean
  /** Whether every promise is checked after every input; false where a test asserts the promise itself. @default true */
  readonly isChecked?: boolean
}

type WithoutId<T> = T extends unknown ? Omit<T, 'commandId'> : never
type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>

/**
 * A run that a test drives by hand: the real machine and the real host, over a journal in memory and a clock
 * that moves when told to. Attempts and landings end when the test says so. Every promise is checked after
 * every input, and every state must come back from its own snapshot.
 */
export async function driveRun(notation: string, options: DriveOptions = {}): Promise<DrivenRun> {
  const run = new DrivenRun(options)
  await run.open()
  if (options.limits !== undefined) await run.command({ type: 'limits.set', limits: options.limits })
  for (const [hostId, offers] of Object.entries(options.hosts ?? { here: ['*'] }))
    await run.join(hostId, offers)
  if (notation !== '') expect(await run.start(notation, options)).toEqual({ ok: true })
  return run
}

export class DrivenRun {
  readonly clock: ManualClock
  readonly journal = new MemoryJournal()
  /** Keys of effects as the driver was told: what to start, what was changed, what to stop. */
  readonly started: string[] = []
  readonly changed: string[] = []
  readonly stopped: string[] = []
  readonly #machine
  readonly #effects = new Map<string, RunEffect>()
  readonly #events: RunEvent[] = []
  #host: Host<RunMachineState, RunInput, RunEvent, RunEffect> | undefined
  #epoch = 0
  #commands = 0
  #read = 0

  constructor({ at = 0, ignoreCase = false, isChecked = true }: DriveOptions) {
    this.clock = new ManualClock(at)
    const machine = runMachine({ ignoreCase })
    this.#machine = isChecked ? checkedMachine(machine) : machine
  }

  // what a person or a program asks for

  start(notation: string, details: PlanDetails = {}): Promise<CommandAnswer> {
    return this.command({ type: 'run.start', run: planOf(notation, details) })
  }

  startSpec(run: RunSpec): Promise<CommandAnswer> {
    return this.command({ type: 'run.start', run })
  }

  extend(notation: string, details: PlanDetails = {}): Promise<CommandAnswer> {
    const { workstreams, tasks } = partsOf(notation, details)
    const known = new Set(this.run().workstreams.keys())
    const added = workstreams.filter(({ id }) => !known.has(id))
    return this.command({ type: 'run.extend', runId: 'run', workstreams: added, tasks })
  }

  /** Gives a command under an id of its own; `commandId` repeats one. */
  command(command: WithoutId<RunCommand>, commandId = `c${++this.#commands}`): Promise<CommandAnswer> {
    return this.tell({ ...command, commandId })
  }

  async accept(command: WithoutId<RunCommand>): Promise<void> {
    expect(await this.command(command)).toEqual({ ok: true })
  }

  pause(options: { readonly now?: boolean } = {}) {
    return this.accept({ type: 'run.pause', runId: 'run', ...options })
  }

  resume(budgetUsd?: number) {
    return this.accept({
      type: 'run.resume',
      runId: 'run',
      ...(budgetUsd === undefined ? {} : { budgetUsd }),
    })
  }

  cancel() {
    return this.accept({ type: 'run.cancel', runId: 'run' })
  }

  retryTask(taskId: string) {
    return this.accept({ type: 'task.retry', runId: 'run', taskId })
  }

  done(taskId: string) {
    return this.accept({ type: 'task.done', runId: 'run', taskId })
  }

  reprioritise(taskId: string, priority: number) {
    return this.accept({ type: 'task.reprioritise', runId: 'run', taskId, priority })
  }

  release(workstreamId: string) {
    return this.accept({ type: 'workstream.release', runId: 'run', workstreamId })
  }

  retry(workstreamId: string) {
    return this.accept({ type: 'workstream.retry', runId: 'run', workstreamId })
  }

  discard(workstreamId: string) {
    return this.accept({ type: 'workstream.discard', runId: 'run', workstreamId })
  }

  approve(workstreamId: string) {
    return this.accept({ type: 'workstream.approve', runId: 'run', workstreamId })
  }

  setLimits(limits: Readonly<Record<string, number>>) {
    return this.accept({ type: 'limits.set', limits })
  }

  setBudget(scope: string, usd: number | undefined) {
    return this.accept({ type: 'budget.set', scope, usd })
  }

  // what the world reports

  /** The task's attempt ends well, with a commit unless told otherwise. */
  finish(
    taskId: string,
    details: Partial<Usage> & { readonly changes?: boolean } = {},
  ): Promise<CommandAnswer> {
    const commit = details.changes === false ? {} : { commit: `commit-${taskId}` }
    return this.end(taskId, { kind: 'succeeded', ...commit }, details)
  }

  async finishAll(...tasks: readonly string[]): Promise<void> {
    for (const task of tasks) await this.finish(task)
  }

  fail(taskId: string, failure: Failure = { reason: 'exited', exitCode: 1 }, usage: Partial<Usage> = {}) {
    return this.end(taskId, { kind: 'failed', failure }, usage)
  }

  breach(taskId: string, breach: Breach = { breach: 'outside-claims', paths: ['x'] }, commit?: string) {
    return this.end(taskId, { kind: 'breached', breach, ...(commit === undefined ? {} : { commit }) }, {})
  }

  /** The driver obeys an interruption. */
  obey(taskId: string, usage: Partial<Usage> = {}) {
    const { phase } = this.task(taskId)
    const by = phase.state === 'RUNNING' ? phase.attempt.interrupt : undefined
    expect(by, `"${taskId}" was told to stop`).toBeDefined()
    return this.fail(taskId, { reason: 'interrupted', by: by! }, usage)
  }

  meter(taskId: string, costUsd: number) {
    const usage = { costUsd, tokens: 0, durationMs: 0 }
    return this.tell({ type: 'attempt.metered', runId: 'run', ...this.#attemptOf(taskId), usage })
  }

  /** Nothing of the task's attempt runs any more. */
  executed(taskId: string, attempt?: number) {
    const place = { ...this.#attemptOf(taskId), ...(attempt === undefined ? {} : { attempt }) }
    return this.tell({ type: 'attempt.executed', runId: 'run', ...place })
  }

  /** An attempt's end; one that is not the task's running attempt is named by its number. */
  end(taskId: string, outcome: AttemptOutcome, usage: Partial<Usage>, attempt?: number) {
    if (attempt === undefined) expect(this.task(taskId).phase.state, `"${taskId}" runs`).toBe('RUNNING')
    const place = { ...this.#attemptOf(taskId), ...(attempt === undefined ? {} : { attempt }) }
    const all = { costUsd: 0, tokens: 0, durationMs: 60_000, ...usage }
    return this.tell({ type: 'attempt.ended', runId: 'run', ...place, outcome, usage: all })
  }

  /** The workstream's landing ends, well unless told otherwise. */
  land(workstreamId: string, outcome: LandingOutcome = { kind: 'landed', commit: `landed-${workstreamId}` }) {
    const { round, landingAttempt: attempt } = this.workstream(workstreamId)
    return this.tell({ type: 'landing.ended', runId: 'run', workstreamId, round, attempt, outcome })
  }

  async landAll(...workstreams: readonly string[]): Promise<void> {
    for (const workstream of workstreams) await this.land(workstream)
  }

  /** The queue waits for a person's approval. */
  hold(workstreamId: string) {
    const { round, landingAttempt: attempt } = this.workstream(workstreamId)
    return this.tell({ type: 'landing.held', runId: 'run', workstreamId, round, attempt, by: 'approval' })
  }

  join(hostId: string, offers: readonly string[] = ['*']) {
    return this.tell({ type: 'host.joined', hostId, offers })
  }

  leave(hostId: string) {
    return this.tell({ type: 'host.left', hostId })
  }

  probe(tool: string, health: 'healthy' | 'degraded' | 'unhealthy' | 'missing', detail?: string) {
    return this.tell({ type: 'tool.probed', tool, health, ...(detail === undefined ? {} : { detail }) })
  }

  measureDisk(isLow: boolean) {
    return this.tell({ type: 'disk.measured', isLow })
  }

  async tell(input: RunInput): Promise<CommandAnswer> {
    const answer = await this.#host!.send(input)
    this.checkSnapshot()
    return answer
  }

  /** Several inputs in one step, decided one after another. */
  async together(...inputs: readonly RunInput[]): Promise<void> {
    await Promise.all(inputs.map((input) => this.#host!.send(input)))
    this.checkSnapshot()
  }

  async advance(ms: number): Promise<void> {
    this.clock.advanceBy(ms)
    await this.#host!.idle()
  }

  // what there is to see

  get state(): RunMachineState {
    return this.#host!.state
  }

  run(runId = 'run'): RunState {
    return this.state.runs.get(runId)!
  }

  task(taskId: string, runId = 'run'): TaskState {
    return this.run(runId).tasks.get(taskId)!
  }

  workstream(workstreamId: string, runId = 'run'): WorkstreamState {
    return this.run(runId).workstreams.get(workstreamId)!
  }

  /** Every task with its state, and every workstream that has begun. */
  states(runId = 'run'): Record<string, string> {
    const { tasks, workstreams } = this.run(runId)
    return Object.fromEntries([
      ...[...tasks.values()].map(({ id, phase }) => [id, phase.state]),
      ...[...workstreams.values()].map(({ spec, phase }) => [
        spec.id,
        'stage' in phase && phase.stage === 'landing' ? 'LANDING' : phase.state,
      ]),
    ]) as Record<string, string>
  }

  /** The tasks that run, those started first before the others. */
  running(): readonly string[] {
    const keys = [...this.state.wanted.values()].flatMap((effect) =>
      effect.kind === 'attempt' ? [effect] : [],
    )
    return keys.map(({ taskId }) => taskId)
  }

  /** The workstreams whose landing is wanted, by name. */
  landing(): readonly string[] {
    const ids = [...this.state.wanted.values()].flatMap((effect) =>
      effect.kind === 'land' ? [effect.workstreamId] : [],
    )
    return ids.sort()
  }

  /** The effect that a key is wanted with. */
  wanted(key: string): RunEffect | undefined {
    return this.state.wanted.get(key)
  }

  /** Every event so far of a type. */
  events<Type extends RunEvent['type']>(type: Type): readonly EventOf<Type>[] {
    return this.#events.filter((event): event is EventOf<Type> => event.type === type)
  }

  /** What happened since this was last asked, in short: `task.started n1/1`. */
  news(): readonly string[] {
    const news = this.#events.slice(this.#read).map(inShort)
    this.#read = this.#events.length
    return news
  }

  why(taskId: string, runId = 'run'): readonly Waiting[] {
    return why(this.state, runId, taskId, this.clock.now())
  }

  /** The state must come back from its snapshot as it was. */
  checkSnapshot(): void {
    const frozen = this.#machine.freeze(this.state)
    const thawed = this.#machine.thaw(frozen)
    expect(this.#machine.freeze(thawed)).toEqual(frozen)
    expect(thawed.wanted).toEqual(this.state.wanted)
    expect(thawed.meters.inUse()).toEqual(this.state.meters.inUse())
    for (const run of this.state.runs.values())
      expect(thawed.runs.get(run.id)!.meters.inUse()).toEqual(run.meters.inUse())
    expect(arrangement(thawed)).toEqual(arrangement(this.state))
  }

  /** Opens the host; on a log that has something in it, as after a crash, where `found` is what became of effects. */
  async open(found: 'adopted' | 'lost' = 'lost'): Promise<void> {
    this.#host = await openHost(this.#machine, {
      journal: this.journal,
      clock: this.clock,
      driver: this.#driver(found),
      epoch: ++this.#epoch,
      snapshotEvery: 0,
    })
    this.#host.events.on('*', ({ event }) => void this.#events.push(event))
    await this.#host.idle()
  }

  #driver(found: 'adopted' | 'lost'): Driver<RunEffect, RunInput> {
    return {
      start: (key, effect) => {
        this.started.push(key)
        this.#effects.set(key, effect)
      },
      change: (key, effect) => {
        this.changed.push(key)
        this.#effects.set(key, effect)
      },
      stop: (key) => {
        this.stopped.push(key)
        this.#effects.delete(key)
      },
      recover: () => Promise.resolve(found),
      close: () => Promise.resolve(),
    }
  }

  #attemptOf(taskId: string): { readonly taskId: string; readonly attempt: number } {
    return { taskId, attempt: this.task(taskId).attempt }
  }
}

function inShort(event: RunEvent): string {
  if ('taskId' in event)
    return `${event.type} ${event.taskId}${'attempt' in event ? `/${event.attempt}` : ''}`
  if ('workstreamId' in event) return `${event.type} ${event.workstreamId}`
  if ('reason' in event) return `${event.type} ${event.reason}`
  for (const name of ['scope', 'account', 'tool', 'hostId'] as const) {
    if (name in event) return `${event.type} ${(event as unknown as Record<string, string>)[name]}`
  }
  return event.type
}
