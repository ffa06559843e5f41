import {
  type AttemptEffect,
  type AttemptOutcome,
  type AttemptOutput,
  type Clock,
  type DriverContext,
  type Execution,
  type Executor,
  type Failure,
  isWsError,
  type Job,
  noUsage,
  type OfAttempt,
  type RunInput,
  type RunMachineState,
  type Settlement,
  type Usage,
  type Workspace,
  type Workspaces,
} from '@ws/core'
import { type AttemptFacts, attemptFacts, toRequest } from './attempt-facts.ts'
import type { AttemptRecords } from '../records/attempt-records.ts'
import { expandFiles } from './expand-files.ts'

/** Whom an attempt driver works with. */
export interface AttemptDriverOptions {
  readonly workspaces: Workspaces
  readonly executor: Executor
  readonly clock: Clock
  /** The run machine's state, as it is now. */
  readonly look: () => RunMachineState
  /** What an attempt says: for logs and for those who watch. */
  readonly onOutput: (of: OfAttempt, output: AttemptOutput) => void
  /** Nothing more is said. */
  readonly onSilence: (of: OfAttempt) => void
  /** What an attempt leaves besides its commit. */
  readonly records: AttemptRecords
}

/** What an attempt is told while it goes on. */
interface Told {
  readonly signal: AbortSignal
  /** A person says that it is done. */
  readonly finished: Promise<void>
  /** What is wanted was decided anew, so that its slot is others' now. */
  readonly freed: Promise<void>
}

/** Where tools are quicker than what follows them, slots are kept until some of it is done. */
const mostSettling = 16

interface Going {
  /** Ends the attempt; its outcome is still reported. */
  readonly interrupt: AbortController
  /** Nobody wants to hear of it any more. */
  isUnwanted: boolean
  /** A person works in the directory, whatever becomes of this program. */
  readonly isPersons: boolean
  /** A person says that it is done. */
  readonly finish: (() => void) | undefined
  /** What is wanted was decided anew. */
  readonly freed: () => void
  readonly ended: Promise<void>
}

/**
 * Does attempts: opens the workspace, expands what the task is given, executes, settles, reports. It keeps nothing
 * that matters; what became of an attempt that nobody saw end is looked up in its workspace.
 */
export class AttemptDriver {
  readonly #options: AttemptDriverOptions
  readonly #going = new Map<string, Going>()
  #settling = 0
  /** By task, the end of what a failed attempt said: offered to the next one, and no loss after a crash. */
  readonly #lastWords = new Map<string, string>()

  constructor(options: AttemptDriverOptions) {
    this.#options = options
  }

  start(key: string, effect: AttemptEffect, context: DriverContext<RunInput>): void {
    const interrupt = new AbortController()
    let finish: (() => void) | undefined
    const finished = new Promise<void>((resolve) => (finish = resolve))
    const freed = Promise.withResolvers<void>()
    const going: Going = {
      interrupt,
      isUnwanted: false,
      isPersons: this.#taskOf(effect)?.spec.kind === 'person',
      finish,
      freed: freed.resolve,
      ended: this.#attempt(effect, { signal: interrupt.signal, finished, freed: freed.promise }, context)
        .catch((error: unknown) =>
          interrupt.signal.aborted ? this.#interrupted(effect, noUsage) : infrastructure(error),
        )
        .then(({ outcome, usage }) => {
          this.#going.delete(key)
          this.#options.onSilence(ofAttempt(effect))
          if (!going.isUnwanted)
            context.report({ type: 'attempt.ended', ...ofAttempt(effect), outcome, usage })
        }),
    }
    this.#going.set(key, going)
    if (effect.interrupt !== undefined) interrupt.abort()
    if (effect.isFinishing) finish?.()
  }

  change(key: string, effect: AttemptEffect): void {
    const going = this.#going.get(key)
    if (effect.interrupt !== undefined) going?.interrupt.abort()
    if (effect.isFinishing) going?.finish?.()
    going?.freed()
  }

  stop(key: string): void {
    const going = this.#going.get(key)
    if (going === undefined) return
    going.isUnwanted = true
    going.interrupt.abort()
  }

  /** Done, if its commit is there; a person's goes on; of everything else nothing is left running, and it is lost. */
  async recover(
    key: string,
    effect: AttemptEffect,
    context: DriverContext<RunInput>,
  ): Promise<RunInput | 'adopted' | 'lost'> {
    const settled = await this.settled(effect)
    if (settled !== undefined) return settled
    if (attemptFacts(this.#options.look(), effect).kind !== 'person') return 'lost'
    this.start(key, effect, context)
    return 'adopted'
  }

  /** How an attempt ended that nobody saw end, by its commit; nothing of it is left running. */
  async settled(effect: AttemptEffect): Promise<RunInput | undefined> {
    const facts = attemptFacts(this.#options.look(), effect)
    await this.#options.executor.sweep(ofAttempt(effect))
    const signal = new AbortController().signal
    const settlement = await this.#options.workspaces.lookUp(toRequest(effect, facts, signal))
    if (settlement?.kind !== 'settled') return undefined
    return { type: 'attempt.ended', ...ofAttempt(effect), outcome: succeeded(settlement), usage: noUsage }
  }

  async close(): Promise<void> {
    for (const going of this.#going.values()) {
      // A person does not stop working because nobody listens: whoever leads next waits for the same attempt.
      if (going.isPersons) going.isUnwanted = true
      going.interrupt.abort()
    }
    await Promise.all([...this.#going.values()].map(({ ended }) => ended))
  }

  async #attempt(
    effect: AttemptEffect,
    { signal, finished, freed }: Told,
    context: DriverContext<RunInput>,
  ): Promise<{ outcome: AttemptOutcome; usage: Usage }> {
    const facts = attemptFacts(this.#options.look(), effect)
    // The directory of a person is made even if nobody waits any more: that is where the next one says to work.
    const opening = facts.kind === 'person' ? new AbortController().signal : signal
    const opened = await this.#options.workspaces.open(toRequest(effect, facts, opening))
    if (!opened.isOpen) return { outcome: { kind: 'failed', failure: opened.failure }, usage: noUsage }
    const { workspace } = opened
    const files = await expandFiles(workspace.path, facts.task)
    if (files.missing.length > 0) {
      const failure: Failure = { reason: 'inputs-missing', patterns: files.missing }
      return { outcome: { kind: 'failed', failure }, usage: noUsage }
    }
    const execution =
      facts.kind === 'person'
        ? await this.#awaitPerson(effect, workspace, finished, signal)
        : await this.#options.executor.execute(
            {
              ...ofAttempt(effect),
              workstreamId: effect.workstreamId,
              cwd: workspace.path,
              env: { ...this.#options.records.env(effect.runId), ...workspace.env },
              job: jobOf(effect, facts),
              timeoutMs: facts.task.timeoutMs,
              ...maxOutputOf(facts),
              claims: facts.task.claims,
              files: files.found,
              ...this.#lastFailureOf(effect),
            },
            {
              signal,
              onUsage: (usage) => context.report({ type: 'attempt.metered', ...ofAttempt(effect), usage }),
              onOutput: (output) => this.#options.onOutput(ofAttempt(effect), output),
            },
          )
    this.#settling++
    try {
      // What goes wrong may say more about who can start next than that there is room.
      const isRoom = execution.kind === 'completed' && facts.kind !== 'person'
      if (isRoom && this.#settling <= mostSettling) {
        context.report({ type: 'attempt.executed', ...ofAttempt(effect) })
        // Who waits for the slot begins first. Whoever has taken the lead meanwhile wants this attempt anew.
        await Promise.race([freed, aborted(signal)])
      }
      return await this.#settle(effect, facts, { workspace, execution })
    } finally {
      this.#settling--
    }
  }

  async #settle(
    effect: AttemptEffect,
    facts: AttemptFacts,
    { workspace, execution }: { readonly workspace: Workspace; readonly execution: Execution },
  ): Promise<{ outcome: AttemptOutcome; usage: Usage }> {
    const { records } = this.#options
    // Before it is settled: what is not committed may not be there afterwards.
    const artifacts = await records.keep(effect, facts, { path: workspace.path, execution })
    const settlement = await workspace.settle({
      as: execution.kind === 'completed' ? 'commit' : 'keep',
      message: facts.task.label ?? effect.taskId,
      trailers: { 'Ws-Correlation': facts.correlationId },
    })
    records.settled(effect, { settlement, execution, artifacts })
    this.#remember(effect, execution)
    const { usage } = execution
    if (settlement.kind === 'breached') {
      const { breach, commit } = settlement
      return { outcome: { kind: 'breached', breach, ...(commit === undefined ? {} : { commit }) }, usage }
    }
    if (execution.kind === 'failed') return { outcome: { kind: 'failed', failure: execution.failure }, usage }
    if (execution.kind === 'interrupted') return this.#interrupted(effect, usage)
    if (settlement.kind === 'failed')
      return { outcome: { kind: 'failed', failure: settlement.failure }, usage }
    return { outcome: succeeded(settlement), usage }
  }

  #interrupted(effect: AttemptEffect, usage: Usage): { outcome: AttemptOutcome; usage: Usage } {
    // Interrupted by our own end: the attempt is made again by whoever leads next.
    const by = this.#interruptOf(effect) ?? 'paused'
    return { outcome: { kind: 'failed', failure: { reason: 'interrupted', by } }, usage }
  }

  #remember({ runId, taskId }: AttemptEffect, { kind, text }: Execution): void {
    if (kind === 'failed' && text.trim() !== '') this.#lastWords.set(`${runId}/${taskId}`, text)
    else this.#lastWords.delete(`${runId}/${taskId}`)
  }

  #lastFailureOf({ runId, taskId }: AttemptEffect): { readonly lastFailure?: string } {
    const lastFailure = this.#lastWords.get(`${runId}/${taskId}`)
    return lastFailure === undefined ? {} : { lastFailure }
  }

  #taskOf({ runId, taskId }: AttemptEffect) {
    return this.#options.look().runs.get(runId)?.tasks.get(taskId)
  }

  #interruptOf(effect: AttemptEffect) {
    const phase = this.#taskOf(effect)?.phase
    return phase?.state === 'RUNNING' ? phase.attempt.interrupt : undefined
  }

  /** The worktree is ready; somebody works there without a slot until they say that it is done. */
  async #awaitPerson(
    effect: AttemptEffect,
    workspace: Workspace,
    finished: Promise<void>,
    signal: AbortSignal,
  ): Promise<Execution> {
    const startedAt = this.#options.clock.now()
    const text = `work in ${workspace.path}, then say: ws done ${effect.taskId}`
    this.#options.onOutput(ofAttempt(effect), { stream: 'note', text: `${text}\n` })
    const isDone = await Promise.race([finished.then(() => true), aborted(signal).then(() => false)])
    const usage = { ...noUsage, durationMs: this.#options.clock.now() - startedAt }
    return { kind: isDone ? 'completed' : 'interrupted', usage, text: '' }
  }
}

function succeeded(settlement: Settlement & { readonly kind: 'settled' }): AttemptOutcome {
  return { kind: 'succeeded', ...(settlement.commit === undefined ? {} : { commit: settlement.commit }) }
}

function ofAttempt({ runId, taskId, attempt }: AttemptEffect): OfAttempt {
  return { runId, taskId, attempt }
}

function jobOf(effect: AttemptEffect, { task, run, kind }: AttemptFacts): Job {
  if (kind === 'command') return { kind: 'command', run: task.run ?? 'true' }
  return {
    kind: 'tool',
    tool: effect.tool ?? '',
    account: effect.account ?? effect.tool ?? '',
    prompt: task.prompt ?? '',
    mode: run.mode,
    ...(task.model === undefined ? {} : { model: task.model }),
  }
}

function maxOutputOf({ task }: AttemptFacts): { readonly maxOutputBytes?: number } {
  const limits = task.guardrails.limits
    .filter(({ what }) => what === 'output-bytes')
    .map(({ limit }) => limit)
  return limits.length === 0 ? {} : { maxOutputBytes: Math.min(...limits) }
}

/** What an edge throws is a broken environment: it blames no tool, and is tried again. */
function infrastructure(error: unknown): { outcome: AttemptOutcome; usage: Usage } {
  const detail = isWsError(error) ? `${error.code}: ${error.message}` : String(error)
  return { outcome: { kind: 'failed', failure: { reason: 'infrastructure', detail } }, usage: noUsage }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
