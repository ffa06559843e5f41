import { explainPause } from './explain-state.ts'
import { sayList, sayMoment, sayScope, sayUsd, sayWorkstream } from './say.ts'
import type { TaskName, Waiting } from './waiting.ts'

/** What a task waits for, as a clause to stand after "waits:"; its own run, where it is given, is not named. */
export function explainWaiting(waiting: Waiting, runId?: string): string {
  switch (waiting.for) {
    case 'task':
      return `it needs task "${waiting.taskId}", which is ${waiting.state}`
    case 'landing':
      return `${sayWorkstream(waiting.workstream, runId)} must land first, which is ${waiting.state}`
    case 'round':
      return `round ${waiting.round} of its workstream begins when the one before has ended`
    case 'retry':
      return `it is tried again from ${sayMoment(waiting.at)} on`
    case 'base':
      return `${sayWorkstream(waiting.workstream, runId)}, which it builds on, was lost; it waits for a person to retry, release or discard that`
    case 'claim':
      return `${sayWorkstream(waiting.holder, runId)} holds ${waiting.path}`
    case 'barrier':
      return `${sayWorkstream(waiting.waiter, runId)} has waited too long for ${waiting.path} and goes first`
    case 'order':
      return `with its claims taken now, it and ${sayWorkstream(waiting.workstream, runId)} could wait for each other`
    case 'workstream':
      return `its workstream runs task "${waiting.taskId}", and one task at a time`
    case 'landings':
      return `no more than ${waiting.limit} may be landing ${bound(waiting)}: ${sayWorkstreams(waiting.landing, runId)}`
    case 'resource':
      return explainResource(waiting, runId)
    case 'turn':
      return `what is free of "${waiting.resource}" is kept for ${sayTask(waiting.keptFor, runId)}, which was passed too often`
    case 'tool':
      return `tool "${waiting.tool}" is ${waiting.health}`
    case 'throttle':
      return `tool "${waiting.tool}" was rate-limited to ${waiting.limit} at a time until ${sayMoment(waiting.raiseAt)}`
    case 'quota':
      return `account "${waiting.account}" has no quota left until ${sayMoment(waiting.until)}`
    case 'probe':
      return `account "${waiting.account}" is being tried again with one attempt`
    case 'host':
      return `no host offers ${waiting.labels.length === 0 ? 'anything' : sayList(waiting.labels)}`
    case 'budget':
      return explainBudget(waiting)
    case 'resume':
      return `its run is paused: ${explainPause(waiting.pause)}`
    case 'person':
      return 'a person does it, and says so with `ws done`'
    case 'approval':
      return `${sayWorkstream(waiting.workstream, runId)} waits for approval to land (\`ws merge approve\`)`
    case 'queue':
      return `${sayWorkstream(waiting.workstream, runId)} is in the merge queue`
  }
}

function explainResource(waiting: Extract<Waiting, { for: 'resource' }>, runId?: string): string {
  const { resource, wants, used, limit, usedBy } = waiting
  const by = usedBy.length === 0 ? '' : ` by ${sayList(usedBy.map((task) => sayTask(task, runId)))}`
  return `it wants ${wants} of "${resource}", of which ${used} of ${limit} ${bound(waiting)} are used${by}`
}

function explainBudget(waiting: Extract<Waiting, { for: 'budget' }>): string {
  const { scope, wantsUsd, spentUsd, reservedUsd, limitUsd, until } = waiting
  const facts = `${sayUsd(spentUsd)} of ${sayUsd(limitUsd)} is spent and ${sayUsd(reservedUsd)} reserved`
  const back = until === undefined ? '' : `, until ${sayMoment(until)}`
  return `it wants ${sayUsd(wantsUsd)} in the budget of ${sayScope(scope)}, where ${facts}${back}`
}

function bound(waiting: { readonly bound: 'repository' | 'run' }): string {
  return waiting.bound === 'repository' ? 'in the repository' : 'in the run'
}

function sayTask(task: TaskName, runId: string | undefined): string {
  return task.runId === runId ? `task "${task.taskId}"` : `task "${task.taskId}" of run "${task.runId}"`
}

function sayWorkstreams(keys: readonly string[], runId: string | undefined): string {
  return sayList(keys.map((key) => sayWorkstream(key, runId)))
}
