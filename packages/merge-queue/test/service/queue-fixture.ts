// A queue on a real repository: what the tests of the service begin with.
import type { TempRepository } from '@ws/testing'
import type { MergeQueue } from '../../src/service/merge-queue.ts'
import { openMergeQueue, type OpenMergeQueueOptions } from '../../src/service/open-merge-queue.ts'
import { makeCommits } from '../make-commits.ts'
import { type Opened, withOpened } from '../opened.ts'

export interface Queued extends Opened {
  readonly queue: MergeQueue
  /** Opens another queue on the repository, which is closed with the test. */
  reopen(options?: Partial<OpenMergeQueueOptions>): Promise<MergeQueue>
}

/** Opens a queue on a new repository with `main` checked out. */
export function withQueue(
  options: Partial<OpenMergeQueueOptions>,
  body: (queued: Queued) => Promise<void>,
  files: Readonly<Record<string, string>> = { 'a.txt': 'a\n' },
): Promise<void> {
  return withOpened(
    async (opened) => {
      const open: MergeQueue[] = []
      const reopen = async (changed: Partial<OpenMergeQueueOptions> = {}) => {
        const queue = await openMergeQueue({ repository: opened.repository, ...options, ...changed })
        open.push(queue)
        return queue
      }
      try {
        await body({ ...opened, queue: await reopen(), reopen })
      } finally {
        for (const queue of open) await queue.close()
      }
    },
    { files },
  )
}

/** A branch with one commit, from `main` or where it is told; no checkout is touched. */
export function addBranch(
  temp: TempRepository,
  name: string,
  files: Readonly<Record<string, string | null>> = { [`${name}.txt`]: `${name}\n` },
  from = 'main',
): string {
  return makeCommits(temp, { branch: name, from, commits: [{ message: name, files }] })
}
