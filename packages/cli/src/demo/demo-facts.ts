import type { LoggedEvent } from '@ws/store/records'
import * as z from 'zod'

/** What happened in the demo, as its log tells it. */
export interface DemoFacts {
  /** Workstreams that worked at the same time. */
  readonly parallel: readonly string[]
  /** Who waited for whose claim, on which path. */
  readonly waited: readonly { readonly workstream: string; readonly holder: string; readonly path: string }[]
  readonly quarantined: readonly string[]
  /** In the order of their landings. */
  readonly landed: readonly string[]
}

const OfTask = z.object({ taskId: z.string() })
const Blocked = z.object({
  type: z.literal('claim.blocked'),
  workstreamId: z.string(),
  holder: z.string(),
  path: z.string(),
})
const OfWorkstream = z.object({ type: z.string(), workstreamId: z.string() })

const taskEnds: ReadonlySet<string> = new Set(['task.succeeded', 'task.quarantined', 'task.failed'])

/** Reads the facts off a log; `workstreamOf` says whose task is whose. */
export async function demoFacts(
  events: AsyncIterable<LoggedEvent>,
  workstreamOf: ReadonlyMap<string, string>,
): Promise<DemoFacts> {
  const running = new Set<string>()
  let parallel: readonly string[] = []
  const waited: DemoFacts['waited'][number][] = []
  const quarantined: string[] = []
  const landed: string[] = []
  for await (const { stream, event } of events) {
    if (stream !== 'run') continue
    const task = OfTask.safeParse(event)
    const of = task.success ? workstreamOf.get(task.data.taskId) : undefined
    if (of !== undefined && event.type === 'task.started') running.add(of)
    if (of !== undefined && taskEnds.has(event.type)) running.delete(of)
    if (running.size > parallel.length) parallel = [...running]
    const blocked = Blocked.safeParse(event)
    if (blocked.success) {
      const { workstreamId, holder, path } = blocked.data
      waited.push({ workstream: workstreamId, holder: holder.split('/').at(-1) ?? holder, path })
    }
    const { data } = OfWorkstream.safeParse(event)
    if (data?.type === 'workstream.quarantined') quarantined.push(data.workstreamId)
    if (data?.type === 'workstream.completed') landed.push(data.workstreamId)
  }
  return { parallel, waited, quarantined, landed }
}
