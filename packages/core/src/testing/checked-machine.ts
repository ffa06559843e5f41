import type { RunMachine } from '../run/run-machine.ts'
import { budgetScopes } from '../run/budget-scopes.ts'
import { checkInvariants } from '../run/check-invariants.ts'
import { invariant } from '../errors/invariant.ts'

/** The machine with every promise checked after every input, and money checked at every admission. */
export function checkedMachine(machine: RunMachine): RunMachine {
  return {
    ...machine,
    *decide(state, input, now) {
      for (const event of machine.decide(state, input, now)) {
        yield event
        if (event.type !== 'task.started') continue
        const task = state.runs.get(event.runId)!.tasks.get(event.taskId)!
        const over = state.budgets.lacking(budgetScopes(task, event.tool, event.account, now), 0)
        invariant(over === undefined, 'no work is admitted beyond the budget', {
          task: event.taskId,
          scope: over,
        })
      }
      checkInvariants(state, now)
    },
  }
}
