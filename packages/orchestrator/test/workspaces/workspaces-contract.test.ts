import { join } from 'node:path'
import { openRepository } from '@ws/git'
import { withTempRepository, workspacesContract } from '@ws/testing'
import { describe, test } from 'vitest'
import { GitWorkspaces } from '../../src/workspaces/git-workspaces.ts'

describe('worktrees of a git repository', () => {
  for (const { title, run } of workspacesContract) {
    test(title, () =>
      withTempRepository(
        async (at) => {
          const repository = await openRepository(at.path)
          const logFile = () => join(at.folder, 'setup.log')
          const workspaces = new GitWorkspaces({ repository, logFile, env: process.env })
          const keeps = async (commit: string) => at.git('cat-file', '-t', commit) === 'commit'
          try {
            await run({ workspaces, target: 'main', keeps })
          } finally {
            await workspaces.close()
            await repository.close()
          }
        },
        { files: { 'shared.txt': 'shared\n' } },
      ),
    )
  }
})
