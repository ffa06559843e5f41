import * as z from 'zod'
import type { LoggedEvent } from '../logged-event.ts'
import { type RecordsState, unknownTool } from './records-state.ts'

const ofWorkstream = { runId: z.string(), workstreamId: z.string(), round: z.int() }
const ofAttempt = { ...ofWorkstream, taskId: z.string(), attempt: z.int() }

/** A file that a task made besides commits, as it was kept. */
export const KeptArtifact = z.looseObject({
  /** Relative to the worktree that it was made in. */
  path: z.string(),
  /** Where it is kept, relative to the folder of the files for people. */
  keptAs: z.string(),
  bytes: z.int().nonnegative(),
  /** SHA-256 of the content, in hexadecimal. */
  digest: z.string(),
})
/** A file that a task made besides commits, as it was kept. */
export type KeptArtifact = z.output<typeof KeptArtifact>

/**
 * What a host saw and no decision needs: where a round is worked on, what an attempt changed, kept and said of its
 * tool. A stream of its own in the log; it is written before the outcome that it belongs to is reported.
 */
export const WorkEvent = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('worktree.opened'),
    ...ofWorkstream,
    branch: z.string(),
    path: z.string(),
    /** The commit that the round begins at. */
    base: z.string(),
  }),
  z.looseObject({
    type: z.literal('inputs.extended'),
    ...ofAttempt,
    /** Commits that were merged in. */
    inputs: z.array(z.string()),
    /** What the branch holds now. */
    commit: z.string(),
  }),
  z.looseObject({
    type: z.literal('attempt.settled'),
    ...ofAttempt,
    files: z.array(z.string()),
    linesAdded: z.int(),
    linesRemoved: z.int(),
    setAside: z.array(z.string()),
    warnings: z.array(z.string()),
    artifacts: z.array(KeptArtifact),
    /** Why it ran as it did: which tool, pooled or one-shot. */
    because: z.string().optional(),
  }),
  z.looseObject({
    type: z.literal('tool.measured'),
    tool: z.string(),
    version: z.string().optional(),
    /** Absent where nothing answered. */
    responseMs: z.number().optional(),
    health: z.enum(['healthy', 'degraded', 'unhealthy', 'missing']).optional(),
    /** What is to be known of its health. */
    detail: z.string().optional(),
  }),
])
/** What a host saw and no decision needs. */
export type WorkEvent = z.output<typeof WorkEvent>

/** The stream of what hosts saw. */
export const workStream = 'work'

/** Takes what a host saw. */
export function takeWorkEvent(state: RecordsState, { event, seq, at }: LoggedEvent): void {
  const parsed = WorkEvent.safeParse(event)
  if (!parsed.success) return
  const news = parsed.data
  if (news.type === 'tool.measured') {
    takeMeasured(state, news, at)
    return
  }
  const run = state.runs.get(news.runId)
  const workstream = run?.workstreams.get(news.workstreamId)
  if (run === undefined || workstream === undefined) return
  run.seq = seq
  if (news.type === 'worktree.opened') {
    workstream.branch = news.branch
    workstream.worktree = news.path
    return
  }
  const task = run.tasks.get(news.taskId)
  if (task === undefined || news.type !== 'attempt.settled') return
  const { attempt, files, linesAdded, linesRemoved, setAside, warnings, artifacts, because } = news
  task.left = {
    attempt,
    changed: { files, linesAdded, linesRemoved },
    setAside,
    warnings,
    artifacts,
    because,
  }
  // It may be told a moment after its success.
  const isOfSuccess = task.status === 'SUCCEEDED' && task.attempts.at(-1)?.attempt === attempt
  if (isOfSuccess) task.changed = task.left.changed
}

function takeMeasured(
  state: RecordsState,
  news: Extract<WorkEvent, { readonly type: 'tool.measured' }>,
  at: number,
): void {
  const known = state.tools.get(news.tool)
  if (known === undefined && news.health === undefined) return
  const tool = known ?? unknownTool()
  state.tools.set(news.tool, {
    ...tool,
    version: news.version ?? tool.version,
    responseMs: news.responseMs ?? tool.responseMs,
    ...(news.health === undefined ? {} : { health: news.health, detail: news.detail, checkedAt: at }),
  })
}
