import { createOrchestrator, type Orchestrator, type RunHandle } from '@ws/orchestrator'
import type { Command } from '../arguments/command.ts'
import { follow } from '../output/follow.ts'
import { openProject } from '../project/open-project.ts'
import { concurrencyOf } from '../project/limits.ts'
import { chooseRun } from './choose-run.ts'

/** A command that says one thing about a run, which then goes on. */
interface Steering extends Pick<Command, 'name' | 'says' | 'takes' | 'example'> {
  readonly tell: (run: RunHandle, what: string) => Promise<void>
  /** Its effect comes later: what it is about has to end before the run is looked at. */
  readonly endsTask?: boolean
}

function steering({ tell, endsTask = false, ...command }: Steering): Command {
  return {
    ...command,
    positionals: { least: 1, most: 1 },
    options: {
      run: { value: 'an id', says: 'The run that is meant, where it is not the newest.' },
      json: { says: 'Writes each event as a line of JSON, and the result as the last.' },
    },
    async run(given, terminal) {
      const { repository, config } = await openProject(terminal)
      try {
        const ws: Orchestrator = await createOrchestrator({
          repo: repository,
          env: { ...terminal.env },
          limits: config.limits,
          concurrency: concurrencyOf(given, terminal, { config, plans: [] }),
        })
        try {
          const runId = chooseRun(ws, given.values.get('run'))
          const options = { terminal, isJson: given.flags.has('json'), approvesAll: false }
          return await follow(ws, options, async () => {
            const what = given.positionals[0] ?? ''
            const ended = endsTask ? taskEnd(ws, { runId, taskId: what }) : undefined
            await tell(ws.handle(runId), what)
            await ended
            // The handle from before may have seen the end that was just undone.
            return [ws.handle(runId)]
          })
        } finally {
          await ws.close()
        }
      } finally {
        await repository.close()
      }
    },
  }
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
    example: { line: 'ws retry n2', does: 'begins another attempt at "n2", from the last good commit' },
    tell: (run, taskId) => run.retry(taskId),
  }),
  steering({
    name: 'release',
    says: 'Takes a workstream out of quarantine as it is, and goes on with its run.',
    takes: '<workstream>',
    example: { line: 'ws release api', does: 'accepts what "api" did, and lets it land through its checks' },
    tell: (run, workstreamId) => run.release(workstreamId),
  }),
  steering({
    name: 'discard',
    says: 'Gives a workstream up; what it did is kept under refs/ws/rescue.',
    takes: '<workstream>',
    example: { line: 'ws discard api', does: 'ends "api" without landing it' },
    tell: (run, workstreamId) => run.discard(workstreamId),
  }),
  steering({
    name: 'approve',
    says: 'Approves the landing of a workstream that waits for it.',
    takes: '<workstream>',
    example: { line: 'ws approve api', does: 'lands "api", whose checks have passed' },
    tell: (run, workstreamId) => run.approve(workstreamId),
  }),
]
