import type { Orchestrator, RunHandle, RunResult } from '@ws/orchestrator'
import type { Command } from '../arguments/command.ts'
import { didYouMean } from '../output/did-you-mean.ts'
import { follow } from '../output/follow.ts'
import { ResultAnswer } from '../output/result-answer.ts'
import { invalidError } from '../project/invalid-error.ts'
import { withOrchestrator } from '../project/with-orchestrator.ts'
import { withProject } from '../project/with-project.ts'
import { chooseRun, runsMeant } from './choose-run.ts'

/** A command that says one thing about a run, which then goes on. */
interface Steering extends Pick<Command, 'name' | 'says' | 'takes' | 'example'> {
  readonly tell: (run: RunHandle, what: string) => Promise<void>
  /** Its effect comes later: what it is about has to end before the run is looked at. */
  readonly endsTask?: boolean
}

function steering({ tell, endsTask = false, ...command }: Steering): Command {
  const { takes } = command
  return {
    ...command,
    positionals: { least: 1, most: 1 },
    answers: ResultAnswer,
    options: {
      run: { value: 'an id', says: 'The run that is meant, where it is not the newest.' },
      json: { says: 'Writes each event as a line of JSON, and the result as the last.' },
    },
    async run(given, terminal) {
      return withProject(terminal, async (project) => {
        const steer = async (ws: Orchestrator) => {
          const runId = chooseRun(ws, given.values.get('run'))
          const options = { terminal, isJson: given.flags.has('json'), approvesAll: false }
          return follow(ws, options, async () => {
            const what = given.positionals[0] ?? ''
            requireKnown(ws.handle(runId).status, takes, what)
            const ended = endsTask ? taskEnd(ws, { runId, taskId: what }) : undefined
            await tell(ws.handle(runId), what)
            await ended
            // The handle from before may have seen the end that was just undone.
            return [ws.handle(runId)]
          })
        }
        return withOrchestrator(project, terminal, steer, {
          takesOn: runsMeant(given.values.get('run')),
        })
      })
    },
  }
}

/** @throws `WS_CLI_INVALID` with the nearest name */
function requireKnown({ runId, workstreams }: RunResult, takes: string, name: string): void {
  const isTask = takes === '<task>'
  const names = isTask
    ? workstreams.flatMap(({ tasks }) => tasks.map(({ id }) => id))
    : workstreams.map(({ id }) => id)
  if (names.includes(name)) return
  throw invalidError(
    `run ${runId} has no ${isTask ? 'task' : 'workstream'} ${JSON.stringify(name)}`,
    didYouMean(name, names),
  )
}

const taskEnds = new Set([
  'task.succeeded',
  'task.retried',
  'task.failed',
  'task.quarantined',
  'task.cancelled',
])

/** Resolves when the attempt at a task that goes on has ended, however. */
function taskEnd(
  ws: Orchestrator,
  { runId, taskId }: { readonly runId: string; readonly taskId: string },
): Promise<void> {
  return new Promise((resolve) => {
    const stop = ws.events.on('*', ({ event }) => {
      if (!taskEnds.has(event.type) || !('taskId' in event)) return
      if (event.runId !== runId || event.taskId !== taskId) return
      stop()
      resolve()
    })
  })
}

/** What people say about tasks and workstreams; each goes on with the run, to its end. */
export const steeringCommands: readonly Command[] = [
  steering({
    name: 'done',
    says: "Says that a person's task is done, and goes on with its run.",
    takes: '<task>',
    example: {
      line: 'ws done review',
      does: 'takes what lies in the worktree of the task "review" as its result',
    },
    tell: (run, taskId) => run.done(taskId),
    endsTask: true,
  }),
  steering({
    name: 'retry',
    says: 'Tries a failed task again, and goes on with its run.',
    takes: '<task>',
    example: {
      line: 'ws retry tidy-tests',
      does: 'begins another attempt at "tidy-tests", from the last good commit',
    },
    tell: (run, taskId) => run.retry(taskId),
  }),
  steering({
    name: 'release',
    says: 'Takes a workstream out of quarantine: what broke a guardrail counts as done and lands, and its run goes on.',
    takes: '<workstream>',
    example: {
      line: 'ws release cleanup',
      does: 'vouches for what "cleanup" did, and lets it go on and land',
    },
    tell: (run, workstreamId) => run.release(workstreamId),
  }),
]

/** A workstream of a run that is given up. */
export const discardInRun: Command = steering({
  name: 'discard',
  says: 'Gives a workstream up; what it did is kept under refs/ws/rescue.',
  takes: '<workstream>',
  example: { line: 'ws discard cleanup', does: 'ends "cleanup" without landing it' },
  tell: (run, workstreamId) => run.discard(workstreamId),
})

/** The yes to the landing of a workstream of a run. */
export const approveInRun: Command = steering({
  name: 'merge approve',
  says: 'Approves the landing of a workstream that waits for it.',
  takes: '<workstream>',
  example: { line: 'ws merge approve api', does: 'lands "api", whose checks have passed' },
  tell: (run, workstreamId) => run.approve(workstreamId),
})
