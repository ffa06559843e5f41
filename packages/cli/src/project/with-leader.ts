import { isWsError } from '@ws/core'
import type { MergeQueue } from '@ws/merge-queue'
import type { QueueOrder, QueueStand } from '@ws/orchestrator'
import type { Terminal } from '../terminal.ts'
import type { Project } from './open-project.ts'
import { withOrchestrator } from './with-orchestrator.ts'
import { withProject } from './with-project.ts'
import { withQueue } from './with-queue.ts'

/** The queue of another process, which does what it is told. */
export interface LedQueue {
  order(order: QueueOrder): Promise<readonly QueueStand[]>
}

/** What is done with the queue, wherever it is. */
export interface QueueWork<T> {
  /** Nobody leads: the queue is opened here. */
  readonly here: (queue: MergeQueue, project: Project) => Promise<T>
  /** Another process leads, and is asked. */
  readonly there: (queue: LedQueue, project: Project) => Promise<T>
}

/**
 * Does something with the queue: by itself where nobody leads, else through the process that does.
 * @throws `WS_LEADER_ELSEWHERE` where that lets nobody in, and what the settings throw
 */
export async function withQueueAnywhere<T>(terminal: Terminal, { here, there }: QueueWork<T>): Promise<T> {
  let isOpen = false
  try {
    return await withQueue(terminal, (queue, project) => {
      isOpen = true
      return here(queue, project)
    })
  } catch (error) {
    if (isOpen || !isWsError(error, 'WS_QUEUE_LED_ELSEWHERE')) throw error
  }
  return withProject(terminal, async (project) =>
    withOrchestrator(project, terminal, async (ws) => there(ws, project)),
  )
}
