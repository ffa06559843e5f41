import type { Claim } from '../claims/claim.ts'
import type { WorkstreamEvent } from '../run/evolve-workstream.ts'
import type { LandingOutcome } from '../run/run-input.ts'
import { explainBreach } from './explain-breach.ts'
import { explainQuarantine, explainWorkstreamFailure } from './explain-state.ts'
import { sayList, sayWorkstream } from './say.ts'

/** The sentence for what happened to a workstream, its claims or its landing. */
export function explainWorkstreamEvent(event: WorkstreamEvent): string {
  const workstream = `Workstream "${event.workstreamId}"`
  switch (event.type) {
    case 'workstream.started':
      return `${workstream} started round ${event.round}${sayBases(' on top of', event.bases, event.runId)}.`
    case 'workstream.completed':
      return event.commit === undefined
        ? `${workstream} completed with nothing to land.`
        : `${workstream} completed: it landed as ${event.commit}.`
    case 'workstream.failed':
      return `${workstream} failed: ${explainWorkstreamFailure(event.reason)}.`
    case 'workstream.quarantined':
      return `${workstream} was quarantined: ${explainQuarantine(event.reason)}.`
    case 'workstream.reopened':
      return `${workstream} was reopened for round ${event.round}.`
    case 'workstream.released':
      return `${workstream} was released from quarantine.`
    case 'workstream.stranded':
      return `${workstream} is stranded: ${sayWorkstream(event.base, event.runId)}, which it builds on, was lost.`
    case 'workstream.unstranded':
      return `${workstream} goes on: what it builds on is there again.`
    case 'claim.granted':
      return `${workstream} holds ${sayList(event.claims.map(sayClaim))}.`
    case 'claim.blocked':
      return `${workstream} ${explainBlock(event)}.`
    case 'claim.released':
      return `${workstream} let its claims go.`
    case 'landing.requested':
      return `${workstream} is to land${sayBases(' after', event.after, event.runId)}.`
    case 'landing.held':
      return `${workstream} passed its checks and waits for approval (\`ws merge approve ${event.workstreamId}\`).`
    case 'landing.approved':
      return `${workstream} was approved for landing.`
    case 'landing.withdrawing':
      return `${workstream} is asked back from landing.`
    case 'landing.settled':
      return `${workstream} ${explainLanding(event.outcome)}.`
  }
}

/** How a landing ended, as a clause to stand after the workstream. */
export function explainLanding(outcome: LandingOutcome): string {
  switch (outcome.kind) {
    case 'landed':
      return `landed as ${outcome.commit}`
    case 'conflicted':
      return `did not land: it conflicts with the target in ${sayList(outcome.paths)}`
    case 'rejected':
      return `did not land: it did not pass ${sayList(outcome.checks)}`
    case 'breached':
      return `did not land: it ${explainBreach(outcome.breach)}`
    case 'withdrawn':
      return 'did not land: it was asked back'
    case 'lost':
      return 'was on its way to the target when its landing was lost from sight; it is asked for again'
    case 'infrastructure':
      return `did not land for a fault of its surroundings: ${outcome.detail}`
  }
}

/** What a workstream waits for before it may take its claims, as a clause to stand after the workstream. */
function explainBlock({
  holder,
  path,
  why,
  runId,
}: Extract<WorkstreamEvent, { type: 'claim.blocked' }>): string {
  switch (why) {
    case 'held':
      return `waits for ${sayWorkstream(holder, runId)}, which holds ${path}`
    case 'barrier':
      return `lets ${sayWorkstream(holder, runId)} go first, which has waited too long for ${path}`
    case 'order':
      return `waits for ${sayWorkstream(holder, runId)}: with its claims taken now, the two could wait for each other`
    case 'landing':
      return 'waits: as many branches are landing as may'
  }
}

function sayClaim({ path, exclude = [], mode }: Claim): string {
  const less = exclude.length === 0 ? '' : ` without ${sayList(exclude)}`
  return `${path}${less}${mode === 'shared' ? ' (shared)' : ''}`
}

function sayBases(how: string, bases: readonly string[], runId: string): string {
  return bases.length === 0 ? '' : `${how} ${sayList(bases.map((key) => sayWorkstream(key, runId)))}`
}
