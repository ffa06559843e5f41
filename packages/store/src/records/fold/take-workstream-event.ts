import type { RunEvent } from '@ws/core'
import type { RunFacts, WorkstreamFacts } from './records-state.ts'

type WorkstreamEvent = Extract<RunEvent, { readonly workstreamId: string }>

/** Takes what happened to a workstream, its claims or its landing. */
export function takeWorkstreamEvent(run: RunFacts, event: WorkstreamEvent, at: number): void {
  const workstream = run.workstreams.get(event.workstreamId)
  if (workstream === undefined) return
  workstream.updatedAt = at
  switch (event.type) {
    case 'workstream.started':
      workstream.startedAt ??= at
      workstream.round = event.round
      return move(workstream, 'RUNNING', 'working')
    case 'workstream.completed':
      workstream.commit = event.commit
      return end(workstream, 'COMPLETED', undefined, at)
    case 'workstream.failed':
      return end(workstream, 'FAILED', event.reason, at)
    case 'workstream.quarantined':
      return end(workstream, 'QUARANTINED', event.reason, at)
    case 'workstream.reopened':
      workstream.round = event.round
      workstream.branch = undefined
      workstream.worktree = undefined
      return reopen(workstream)
    case 'workstream.released':
      return reopen(workstream)
    case 'claim.granted':
      return endBlock(workstream, at)
    case 'claim.blocked':
      workstream.blockedSince ??= at
      return
    case 'landing.requested':
      workstream.landings.push({
        round: event.round,
        attempt: event.attempt,
        requestedAt: at,
        settledAt: undefined,
        outcome: undefined,
      })
      return move(workstream, 'RUNNING', 'landing')
    case 'landing.settled': {
      const landing = workstream.landings.findLast(
        ({ round, attempt }) => round === event.round && attempt === event.attempt,
      )
      if (landing !== undefined) Object.assign(landing, { settledAt: at, outcome: event.outcome })
      return move(workstream, 'RUNNING', 'working')
    }
    case 'workstream.stranded':
    case 'workstream.unstranded':
    case 'claim.released':
    case 'landing.held':
    case 'landing.approved':
    case 'landing.withdrawing':
      return
  }
}

function move(
  workstream: WorkstreamFacts,
  status: WorkstreamFacts['status'],
  stage: WorkstreamFacts['stage'],
): void {
  workstream.status = status
  workstream.stage = stage
  workstream.reason = undefined
}

function end(
  workstream: WorkstreamFacts,
  status: WorkstreamFacts['status'],
  reason: string | undefined,
  at: number,
): void {
  move(workstream, status, undefined)
  workstream.reason = reason
  workstream.endedAt = at
  endBlock(workstream, at)
}

function reopen(workstream: WorkstreamFacts): void {
  move(workstream, 'PENDING', undefined)
  workstream.endedAt = undefined
  workstream.commit = undefined
}

function endBlock(workstream: WorkstreamFacts, at: number): void {
  if (workstream.blockedSince !== undefined) workstream.blockedMs += at - workstream.blockedSince
  workstream.blockedSince = undefined
}
