import type { EntryView, MergeQueue } from '@ws/merge-queue'
import * as z from 'zod'

const Name = z.string().min(1)

const Definition = z.strictObject({
  run: z.union([z.string(), z.array(z.string())]),
  timeoutMs: z.number().optional(),
  inputs: z.array(z.string()).optional(),
  config: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  version: z.string().optional(),
  retries: z.int().optional(),
})

/** What a person asks of the merge queue, wherever it is led. Entries are named by their ids. */
export const QueueOrder = z.discriminatedUnion('does', [
  z.strictObject({
    does: z.literal('add'),
    branch: Name,
    target: Name,
    priority: z.enum(['high', 'medium', 'low']).optional(),
    approve: z.enum(['auto', 'manual']).optional(),
    method: z.enum(['merge', 'squash', 'rebase', 'fast-forward']).optional(),
    checks: z.array(z.string()),
    advisory: z.array(z.string()),
    /** What those checks are. */
    definitions: z.record(z.string(), Definition),
  }),
  z.strictObject({
    does: z.enum(['jump', 'remove', 'retry', 'approve', 'revert', 'wait']),
    entryId: Name,
  }),
  z.strictObject({ does: z.enum(['pause', 'resume', 'sync']) }),
  z.strictObject({ does: z.literal('freeze'), target: Name, because: z.string().optional() }),
  z.strictObject({ does: z.literal('thaw'), target: Name, adopt: z.boolean().optional() }),
])
export type QueueOrder = z.output<typeof QueueOrder>

/** How an entry of the queue stands, as it is told to other processes. */
export const QueueStand = z.looseObject({
  id: z.string(),
  branch: z.string(),
  target: z.string(),
  state: z.string(),
  reason: z.string().optional(),
  /** Why, as a sentence. */
  text: z.string(),
  landedAs: z.string().optional(),
})
export type QueueStand = z.output<typeof QueueStand>

/** Does what is asked of an open queue, and tells of the entry that it is about. Asked twice, it is done once. */
export async function obeyOrder(queue: MergeQueue, order: QueueOrder): Promise<readonly QueueStand[]> {
  switch (order.does) {
    case 'add': {
      const { does: _does, definitions: _definitions, ...entry } = order
      return [standOf(queue, await queue.add(given(entry)))]
    }
    case 'pause':
    case 'resume':
      await queue[order.does]()
      return []
    case 'sync':
      await queue.sync()
      return []
    case 'freeze':
      await queue.freeze(order.target, order.because)
      return []
    case 'thaw':
      await queue.thaw(order.target, { adopt: order.adopt === true })
      return []
    case 'revert':
      return [standOf(queue, await queue.revert(order.entryId))]
    case 'wait':
      return [standOf(queue, await atRest(queue, order.entryId))]
    case 'retry': {
      const { state } = await queue.update(order.entryId)
      if (!open.has(state)) await queue.retry(order.entryId)
      break
    }
    case 'jump':
    case 'remove':
    case 'approve':
      await queue[order.does](order.entryId)
  }
  const entry = queue.get(order.entryId)
  return entry === undefined ? [] : [standOf(queue, entry)]
}

const open: ReadonlySet<string> = new Set(['QUEUED', 'CHECKING', 'MERGING'])

/** What only a person moves. */
const forPerson: ReadonlySet<string> = new Set(['approval', 'resume', 'thaw', 'base'])

/** An entry once it has left the queue, or waits for a person. */
async function atRest(queue: MergeQueue, id: string): Promise<EntryView> {
  const rests = Promise.withResolvers<void>()
  const look = () => {
    if (queue.why(id).waiting.some((each) => forPerson.has(each.for))) rests.resolve()
  }
  const stop = queue.events.on('*', look)
  const giveUp = new AbortController()
  try {
    look()
    const settled = queue.settled(id, { signal: giveUp.signal })
    settled.catch(() => {})
    await Promise.race([settled, rests.promise])
  } finally {
    stop()
    giveUp.abort()
  }
  return queue.get(id) ?? queue.settled(id)
}

function standOf(queue: MergeQueue, { id, spec, state, reason, landedAs }: EntryView): QueueStand {
  const { branch, target } = spec
  return { id, branch, target, state, text: queue.why(id).text, ...given({ reason, landedAs }) }
}

/** Without what was not said. */
function given<T extends object>(of: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>
  }
}
