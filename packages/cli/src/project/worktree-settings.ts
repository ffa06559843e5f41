import { resolve } from 'node:path'
import type { Config } from '@ws/core'
import type { OrchestratorOptions } from '@ws/orchestrator'

type WorktreeOptions = Pick<OrchestratorOptions, 'worktreesFolder' | 'worktreesAhead' | 'minFreeBytes'>

const bytesPerMb = 1_048_576

/** What the settings say of worktrees, as whoever makes them takes it; `root` is the folder of the settings. */
export function worktreeOptions(
  { worktrees = {} }: Pick<Config, 'worktrees'>,
  root: string,
): WorktreeOptions {
  const { folder, minFreeMb, ahead } = worktrees
  return {
    ...(folder === undefined ? {} : { worktreesFolder: resolve(root, folder) }),
    ...(minFreeMb === undefined ? {} : { minFreeBytes: Math.round(minFreeMb * bytesPerMb) }),
    ...(ahead === undefined ? {} : { worktreesAhead: ahead }),
  }
}
