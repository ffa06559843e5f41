import type { InterruptReason } from '../errors/failure.ts'
import type { OfAttempt, OfLanding } from './run-input.ts'

/** What should be going on now. An entry changes (it is interrupted, finished, approved) but keeps its key. */
export type RunEffect = AttemptEffect | LandingEffect

/** One try at a task, on the host it names. */
export interface AttemptEffect extends OfAttempt {
  readonly kind: 'attempt'
  readonly hostId: string
  readonly workstreamId: string
  readonly round: number
  readonly tool: string | undefined
  readonly account: string | undefined
  readonly reservedUsd: number
  /** Told to stop; how it ends is still reported. */
  readonly interrupt: InterruptReason | undefined
  /** A person says that it is done. */
  readonly isFinishing: boolean
  /** It was heard that nothing of it runs any more: what it waited for has been given to others. */
  readonly isExecuted: boolean
}

/** A workstream's branch on its way to the target. */
export interface LandingEffect extends OfLanding {
  readonly kind: 'land'
  /** Inherited level, so that the queue lands first what others wait for. */
  readonly level: number
  /** Workstreams that it was built on and that have not landed. */
  readonly after: readonly string[]
  readonly isApproved: boolean
  /** Asked back; a landing past its intent lands all the same. */
  readonly isWithdrawing: boolean
}

/** The key under which an attempt is wanted, started and looked up. */
export function attemptKey({ runId, taskId, attempt }: OfAttempt): string {
  return `attempt/${runId}/${taskId}/${attempt}`
}

/** The key under which a landing is wanted, submitted and looked up. */
export function landingKey({ runId, workstreamId, round, attempt }: OfLanding): string {
  return `land/${runId}/${workstreamId}/${round}/${attempt}`
}
