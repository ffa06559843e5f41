import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { OfAttempt, OfRound } from '@ws/core'
import type { RepositoryFacts } from '@ws/git'

/** Where the files that can be made again lie: `.ws` in the checkout, or in the git directory where there is none. */
export class RunFolders {
  readonly root: string

  constructor({ mainWorktree, wsDir }: RepositoryFacts) {
    this.root = mainWorktree === undefined ? join(wsDir, 'files') : join(mainWorktree, '.ws')
  }

  /** Makes the folder, and has git leave it alone. */
  async prepare(): Promise<void> {
    await mkdir(this.root, { recursive: true })
    await writeFile(join(this.root, '.gitignore'), '*\n')
  }

  run(runId: string): string {
    return join(this.root, 'runs', runId)
  }

  /** What the tasks of a run made besides commits, a folder for each. */
  artifacts(runId: string): string {
    return join(this.run(runId), 'artifacts')
  }

  attemptLog({ runId, taskId, attempt }: OfAttempt): string {
    return join(this.run(runId), 'logs', attempt === 1 ? `${taskId}.log` : `${taskId}.${attempt}.log`)
  }

  setupLog({ runId, workstreamId, round }: OfRound): string {
    return join(this.run(runId), 'logs', `setup-${workstreamId}${round === 1 ? '' : `-${round}`}.log`)
  }
}
