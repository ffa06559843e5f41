import { join } from 'node:path'
import type { RepositoryFacts } from '@ws/git'

/** Where files lie that can be made again: reports, logs, the queue as a file. */
export function filesFolder({ mainWorktree, wsDir }: RepositoryFacts): string {
  return mainWorktree === undefined ? join(wsDir, 'files') : join(mainWorktree, '.ws')
}
