import type { Failure } from '@ws/core'

/** Why a process was made to end, or that it ended by itself; the first cause is kept. */
export type DeathCause =
  | { readonly cause: 'exited' }
  | { readonly cause: 'closed' }
  | { readonly cause: 'recycled'; readonly because: string }
  | { readonly cause: 'restarted' }
  | { readonly cause: 'not-ready'; readonly failure: Failure }
  | { readonly cause: 'aborted' }
  | { readonly cause: 'timed-out'; readonly limit: 'run' | 'idle' | 'ready'; readonly afterMs: number }

/** How a process ended. */
export interface ProcessDeath {
  readonly because: DeathCause
  readonly exitCode: number | null
  readonly signal: string | null
  /** The last of what it wrote on standard error, without secrets and control characters. */
  readonly errorTail: string
  /** Processes of it that could not be ended, by number. */
  readonly survivors: readonly number[]
}

/** The sentence for a death, with what was going on: `exited unexpectedly with code 3 in state busy while …`. */
export function describeDeath(
  { because, exitCode, signal, survivors }: ProcessDeath,
  { state, doing }: { readonly state?: string; readonly doing?: string | undefined } = {},
): string {
  const end = signal === null ? `with code ${exitCode ?? 'unknown'}` : `by ${signal}`
  const where = state === undefined ? '' : ` in state ${state}`
  const during = doing === undefined ? '' : ` while ${doing}`
  const left = survivors.length === 0 ? '' : `; still there: process ${survivors.join(', ')}`
  return `${sayCause(because, end)}${where}${during}${left}`
}

function sayCause(because: DeathCause, end: string): string {
  switch (because.cause) {
    case 'exited':
      return `exited unexpectedly ${end}`
    case 'closed':
      return 'was closed'
    case 'recycled':
      return `was recycled because of its ${because.because}`
    case 'restarted':
      return 'was restarted on request'
    case 'not-ready':
      return `never took a prompt (${because.failure.reason})`
    case 'aborted':
      return 'did not stop its turn when asked to, and was ended'
    case 'timed-out':
      return `was ended after ${because.afterMs} ms (${because.limit} limit)`
  }
}
