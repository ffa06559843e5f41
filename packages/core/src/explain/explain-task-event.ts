import type { TaskEvent } from '../run/evolve-task.ts'
import { explainBreach } from './explain-breach.ts'
import { explainFailure, explainInterrupt } from './explain-failure.ts'
import { explainSkip } from './explain-state.ts'
import { sayMoment, sayScope, sayUsd } from './say.ts'

/** The sentence for what happened to a task or to one of its attempts. */
export function explainTaskEvent(event: TaskEvent): string {
  const task = `Task "${event.taskId}"`
  switch (event.type) {
    case 'task.ready':
      return `${task} is ready.`
    case 'task.started':
      return `${task} started${how(event)}, attempt ${event.attempt}.`
    case 'task.metered':
      return `${task} has used ${sayUsd(event.usage.costUsd)} so far, attempt ${event.attempt}.`
    case 'task.interrupted':
      return `${task} is told to stop: ${explainInterrupt(event.by)}.`
    case 'task.finishing':
      return `${task} is done, a person says.`
    case 'task.executed':
      return `${task} has ended its work; what it did is being judged and kept.`
    case 'task.succeeded':
      return `${task} succeeded${event.commit === undefined ? ' and changed nothing' : ''}.`
    case 'task.retried':
      return `${task} ${explainFailure(event.failure)}; ${sayRetry(event)}.`
    case 'task.failed':
      return `${task} failed: it ${explainFailure(event.failure)}.`
    case 'task.quarantined':
      return `${task} was quarantined: it ${explainBreach(event.breach)}.`
    case 'task.cancelled':
      return `${task} was cancelled in attempt ${event.attempt}.`
    case 'task.skipped':
      return `${task} was skipped: ${explainSkip(event.because, event.runId)}.`
    case 'task.revived':
      return `${task} will be tried again, in round ${event.round}.`
    case 'task.accepted':
      return `${task} counts as done: a person released it.`
    case 'task.reprioritised':
      return `${task} has priority ${event.priority} now.`
    case 'attempt.superseded':
      return `Attempt ${event.attempt} of task "${event.taskId}" was heard of late: it had used ${sayUsd(event.usage.costUsd)}.`
    case 'budget.blocked':
      return `${task} waits for ${sayUsd(event.wantsUsd)} in the budget of ${sayScope(event.scope)}.`
  }
}

function how({ hostId, tool, reservedUsd }: Extract<TaskEvent, { type: 'task.started' }>): string {
  const using = tool === undefined ? '' : ` with ${tool}`
  const money = reservedUsd === 0 ? '' : `, ${sayUsd(reservedUsd)} reserved`
  return `${using} on host "${hostId}"${money}`
}

function sayRetry({ retryAt, isSpent, avoid }: Extract<TaskEvent, { type: 'task.retried' }>): string {
  const other = avoid === undefined ? '' : ` without ${avoid}`
  const cost = isSpent ? '' : ', which spends no retry'
  return `it is tried again${other} from ${sayMoment(retryAt)} on${cost}`
}
