import type { Orchestrator, RunHandle, RunResult } from '@ws/orchestrator'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { readRunEvents } from '../project/read-log.ts'
import type { Terminal } from '../terminal.ts'
import { Standing } from './standing.ts'
import { openView, type View } from './view.ts'

/** How runs are followed. */
export interface FollowOptions {
  readonly terminal: Terminal
  readonly isJson: boolean
  /** What waits for approval gets it. */
  readonly approvesAll: boolean
}

/**
 * Shows what happens until every run has ended or stands still. The first Ctrl-C ends gracefully, with what runs
 * interrupted and kept; the second one at once: then nothing more is waited for, and the log has what was done.
 */
export async function follow(
  ws: Orchestrator,
  { terminal, isJson, approvesAll }: FollowOptions,
  begin: () => Promise<readonly RunHandle[]>,
): Promise<ExitCode> {
  const standing = new Standing()
  const view = openView(terminal, { isJson, standing })
  const interruption = listen(terminal)
  let runs: readonly RunHandle[] = []
  // Also those of which `begin` has not told yet.
  const heard = new Set<string>()
  const stop = ws.events.on('*', (published) => {
    const { event } = published
    standing.take(published)
    // Other processes may work on runs of their own, which are shown there.
    if (event.type === 'host.joined' || event.type === 'host.left') return
    if ('runId' in event) {
      if (!ws.worksOn(event.runId) && runs.every(({ id }) => id !== event.runId)) return
      heard.add(event.runId)
    }
    view.show(published, () => runs.map((run) => run.status))
  })
  // What was before is known to the log alone; a view that cannot be had of it is no reason to stop.
  const past =
    terminal.isLive && !isJson
      ? readRunEvents(ws.repository.facts, (each) => standing.take(each)).catch(() => {})
      : undefined
  const ended = begin().then((begun) => {
    runs = begun
    return Promise.all(begun.map(({ id }) => untilRest(ws, id, { approvesAll })))
  })
  try {
    const results = await Promise.race([ended, interruption.asked])
    if (results !== 'asked') {
      for (const result of results) {
        view.end(result)
        if (!isJson) view.note(`report: .ws/runs/${result.runId}/report.md`)
      }
      return codeOf(results)
    }
    ended.catch(() => {})
    for (const { id } of runs) heard.add(id)
    return await leave(
      ws,
      view,
      [...heard].map((id) => ws.handle(id)),
    )
  } finally {
    stop()
    interruption.stop()
    view.close()
    await past
  }
}

/** Waits for a run; with `approvesAll` what waits for approval gets it, and is waited for again. */
async function untilRest(
  ws: Orchestrator,
  runId: string,
  { approvesAll }: Pick<FollowOptions, 'approvesAll'>,
): Promise<RunResult> {
  const approved = new Set<string>()
  for (;;) {
    const run = ws.handle(runId)
    const result = await run.atRest()
    const held = result.workstreams.filter(({ id, reason }) => reason === 'landing' && !approved.has(id))
    if (!approvesAll || result.status !== 'PAUSED' || held.length === 0) return result
    for (const { id } of held) {
      approved.add(id)
      // Decided meanwhile by somebody else.
      await run.approve(id).catch(() => {})
    }
  }
}

/** The first wish to end is told; the second one is not discussed. */
function listen(terminal: Terminal): { readonly asked: Promise<'asked'>; readonly stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<'asked'>()
  let count = 0
  const stop = terminal.onInterrupt(() => {
    count += 1
    if (count === 1) resolve('asked')
    else terminal.exit(exitCodes.interrupted)
  })
  return { asked: promise, stop }
}

async function leave(ws: Orchestrator, view: View, runs: readonly RunHandle[]): Promise<ExitCode> {
  const own = runs.filter(({ id }) => ws.worksOn(id))
  const count = own
    .flatMap((run) => run.status.workstreams)
    .flatMap(({ tasks }) => tasks.filter(isRunning)).length
  if (own.length > 0)
    view.note(
      `ending: ${count === 1 ? '1 attempt is' : `${count} attempts are`} interrupted, and what was done is kept (Ctrl-C again: at once)`,
    )
  await ws.close()
  for (const run of runs) {
    view.end(run.status)
    view.note(
      own.includes(run)
        ? `ws resume ${run.id} goes on from here`
        : `run ${run.id} is left as it is; ws attach ${run.id} follows it again`,
    )
  }
  return exitCodes.interrupted
}

function isRunning({ status }: { readonly status: string }): boolean {
  return status === 'RUNNING'
}

/** The worst of them: what needs somebody goes before what is merely done. */
function codeOf(results: readonly RunResult[]): ExitCode {
  const codes = results.map(codeOfRun)
  const order = [exitCodes.needsPerson, exitCodes.paused, exitCodes.failed, exitCodes.cancelled] as const
  return order.find((code) => codes.includes(code)) ?? exitCodes.completed
}

function codeOfRun({ status, reason }: RunResult): ExitCode {
  switch (status) {
    case 'COMPLETED':
      return exitCodes.completed
    case 'CANCELLED':
      return exitCodes.cancelled
    case 'FAILED':
      return exitCodes.failed
    case 'PAUSED':
      return reason?.includes('needs-person') === true ? exitCodes.needsPerson : exitCodes.paused
    case 'RUNNING':
      return exitCodes.fault
  }
}
