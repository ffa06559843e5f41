import { WsError } from '@ws/core'
import type { Git } from './git.ts'

/** `git version 2.39.5 (Apple Git-154)` as numbers. */
export interface GitVersion {
  readonly major: number
  readonly minor: number
  readonly text: string
}

/** Asks git for its version and refuses one that is too old. @throws `WS_GIT_VERSION` */
export async function requireGitVersion(git: Git, signal?: AbortSignal): Promise<GitVersion> {
  return checkGitVersion(await git.text(['version'], signal ? { signal } : {}))
}

/** 2.38 is the first whose `merge-tree --write-tree` merges without a worktree. */
export function checkGitVersion(text: string): GitVersion {
  const [, major, minor] = /^git version (\d+)\.(\d+)/.exec(text) ?? []
  const version = {
    major: Number(major ?? 0),
    minor: Number(minor ?? 0),
    text: text.replace(/^git version /, ''),
  }
  if (version.major > 2 || (version.major === 2 && version.minor >= 38)) return version
  throw new WsError(
    'WS_GIT_VERSION',
    `git ${JSON.stringify(version.text)} is too old: 2.38 is the first that will do`,
    {
      details: { version: version.text, needed: '2.38' },
      hint: 'install a newer git',
    },
  )
}
