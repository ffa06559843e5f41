import {
  type CommandAnswer,
  type Host,
  type Published,
  type RunCommand,
  type RunEffect,
  type RunEvent,
  type RunInput,
  type RunMachineState,
  type RunState,
  type TaskSpec,
  type Waiting,
  why,
  WsError,
  type WorkstreamSpec,
  type Clock,
} from '@ws/core'
import { isStill } from './is-still.ts'
import { type RunResult, runResult } from './run-result.ts'

/** The host of the run machine, or who stands for it. */
export type RunHost = Pick<
  Host<RunMachineState, RunInput, RunEvent, RunEffect>,
  'state' | 'events' | 'send' | 'ended'
>

/** What a handle works with. */
export interface RunHandleOptions {
  readonly host: RunHost
  readonly clock: Clock
  readonly newId: () => string
  /** Resolves when the branches have followed what landed on them, as far as that is safe. */
  readonly follow?: () => Promise<void>
}

/** One run: what happens in it, how it ends, and what may be asked of it. */
export class RunHandle {
  readonly id: string
  /** How it ended: when every workstream has, or when nothing can move without a person. */
  readonly result: Promise<RunResult>
  readonly #options: RunHandleOptions

  constructor(id: string, options: RunHandleOptions) {
    this.id = id
    this.#options = options
    this.result = this.#awaitEnd()
    this.result.catch(() => {})
  }

  /** Where it stands now. @throws `WS_RUN_UNKNOWN` */
  get status(): RunResult {
    return runResult(this.#run())
  }

  /** Resolves when it has ended, or stands still until somebody lifts its pause: a spent budget, a person's wish. */
  async atRest(): Promise<RunResult> {
    const { host } = this.#options
    const still = Promise.withResolvers<RunResult>()
    const look = () => {
      const run = host.state.runs.get(this.id)
      if (run !== undefined && isStill(run)) still.resolve(runResult(run))
    }
    const stop = host.events.on('*', look)
    look()
    try {
      const result = await Promise.race([this.result, still.promise])
      await this.#options.follow?.()
      return result
    } finally {
      stop()
    }
  }

  /** Every event of this run from now on, until it is over. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Published<RunEvent>> {
    for await (const published of this.#options.host.events) {
      if (!('runId' in published.event) || published.event.runId !== this.id) continue
      yield published
      if (isEnd(published.event) && isOver(this.#run())) return
    }
  }

  /** Adds workstreams and tasks while it goes on, or after it ended. */
  add(workstreams: readonly WorkstreamSpec[], tasks: readonly TaskSpec[]): Promise<void> {
    return this.#send({ type: 'run.extend', ...this.#of(), workstreams, tasks })
  }

  /** Nothing new starts; with `now` what runs is interrupted, its state kept. */
  pause(options: { readonly now?: boolean } = {}): Promise<void> {
    return this.#send({ type: 'run.pause', ...this.#of(), ...options })
  }

  resume(options: { readonly budgetUsd?: number } = {}): Promise<void> {
    return this.#send({ type: 'run.resume', ...this.#of(), ...options })
  }

  cancel(): Promise<void> {
    return this.#send({ type: 'run.cancel', ...this.#of() })
  }

  /** Forgets it among what may go on: it has ended, and only reports read it from now on. @throws `WS_RUN_LIVE` */
  archive(): Promise<void> {
    return this.#send({ type: 'run.archive', ...this.#of() })
  }

  retry(taskId: string): Promise<void> {
    return this.#send({ type: 'task.retry', ...this.#of(), taskId })
  }

  /** A person's task is done. */
  done(taskId: string): Promise<void> {
    return this.#send({ type: 'task.done', ...this.#of(), taskId })
  }

  release(workstreamId: string): Promise<void> {
    return this.#send({ type: 'workstream.release', ...this.#of(), workstreamId })
  }

  discard(workstreamId: string): Promise<void> {
    return this.#send({ type: 'workstream.discard', ...this.#of(), workstreamId })
  }

  approve(workstreamId: string): Promise<void> {
    return this.#send({ type: 'workstream.approve', ...this.#of(), workstreamId })
  }

  /** Everything that is in a task's way. */
  why(taskId: string): readonly Waiting[] {
    return why(this.#options.host.state, this.id, taskId, this.#options.clock.now())
  }

  async #send(command: RunCommand): Promise<void> {
    requireAccepted(await this.#options.host.send(command))
  }

  #of(): { readonly runId: string; readonly commandId: string } {
    return { runId: this.id, commandId: this.#options.newId() }
  }

  #run() {
    const run = this.#options.host.state.runs.get(this.id)
    if (run !== undefined) return run
    throw new WsError('WS_RUN_UNKNOWN', `there is no run ${JSON.stringify(this.id)}`, {
      details: { runId: this.id, runs: [...this.#options.host.state.runs.keys()] },
      hint: 'it may have been archived',
    })
  }

  async #awaitEnd(): Promise<RunResult> {
    const { host, follow } = this.#options
    const over = new Promise<RunResult>((resolve) => {
      const stop = host.events.on('*', ({ event }) => {
        if (!('runId' in event) || event.runId !== this.id || !isEnd(event)) return
        // What joined it in that moment has reopened it.
        if (!isOver(this.#run())) return
        stop()
        resolve(this.status)
      })
      if (isOver(this.#run())) {
        stop()
        resolve(this.status)
      }
    })
    const result = await Promise.race([over, host.ended.then(() => this.status)])
    await follow?.()
    return result
  }
}

/** @throws with the machine's own code and words */
export function requireAccepted(answer: CommandAnswer): void {
  if (answer.ok) return
  throw new WsError(answer.code, answer.message, answer.hint === undefined ? {} : { hint: answer.hint })
}

function isEnd(event: RunEvent): boolean {
  if (event.type === 'run.paused') return event.reason === 'needs-person'
  return event.type === 'run.completed' || event.type === 'run.failed' || event.type === 'run.cancelled'
}

function isOver({ status, pauses, isCancelling }: RunState): boolean {
  const hasEnded = status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED'
  return hasEnded || (pauses.has('needs-person') && !isCancelling)
}
