import type { Failure, InterruptReason } from '../errors/failure.ts'
import { sayDuration, sayList, sayMoment, sayUsd } from './say.ts'

/** How an attempt failed, as a clause to stand after "it" or a colon: `exited with code 1`. */
export function explainFailure(failure: Failure): string {
  switch (failure.reason) {
    case 'exited':
      return `exited with code ${failure.exitCode}`
    case 'signalled':
      return `was ended by ${failure.signal}`
    case 'timed-out':
      return explainTimeout(failure)
    case 'crashed':
      return withDetail('crashed', failure)
    case 'unparsable':
      return withDetail('gave an answer that cannot be read', failure)
    case 'protocol':
      return withDetail('broke its own protocol', failure)
    case 'refused':
      return withDetail('refused the task', failure)
    case 'auth':
      return withDetail('is not signed in', failure)
    case 'rate-limited':
      return `was rate-limited${until(failure)}`
    case 'quota-exhausted':
      return `has no quota left${until(failure)}`
    case 'overloaded':
      return withDetail('met an overloaded service', failure)
    case 'context-exceeded':
      return withDetail('needed more context than the model takes', failure)
    case 'over-reservation':
      return `used ${sayUsd(failure.spentUsd)} where ${sayUsd(failure.reservedUsd)} was reserved`
    case 'outputs-missing':
      return `did not make its outputs ${sayList(failure.paths)}`
    case 'inputs-missing':
      return `has inputs that match nothing: ${sayList(failure.patterns)}`
    case 'interrupted':
      return `was interrupted: ${explainInterrupt(failure.by)}`
    case 'lost':
      return 'was lost: its end was not seen'
    case 'infrastructure':
      return withDetail('met a fault of its surroundings', failure)
  }
}

/** Why an attempt was told to stop, as a clause. */
export function explainInterrupt(by: InterruptReason): string {
  switch (by) {
    case 'cancelled':
      return 'the run was cancelled'
    case 'paused':
      return 'the run was paused at once'
    case 'over-reservation':
      return 'it used more than was reserved'
    case 'run-stopped':
      return 'a failed task stopped the run'
    case 'discarded':
      return 'what it builds on was discarded'
  }
}

function explainTimeout({ afterMs, limit }: Extract<Failure, { reason: 'timed-out' }>): string {
  const after = sayDuration(afterMs)
  switch (limit) {
    case 'run':
      return `did not end within ${after}`
    case 'idle':
      return `said nothing for ${after}`
    case 'queue':
      return `waited ${after} for its turn`
  }
}

function withDetail(fact: string, { detail }: { readonly detail?: string }): string {
  return detail === undefined || detail === '' ? fact : `${fact}: ${detail}`
}

function until({ resetAt }: { readonly resetAt?: number }): string {
  return resetAt === undefined ? '' : ` until ${sayMoment(resetAt)}`
}
