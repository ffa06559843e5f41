import { WsError } from '@ws/core'
import { freeBytes } from '../platform/disk.ts'

/** Below this a checkout, a build and a journal fill the disk together, and every one of them fails. */
export const defaultMinFreeBytes = 268_435_456

/** @throws `WS_GIT_DISK_FLOOR` */
export async function requireDisk(path: string, minFreeBytes: number): Promise<void> {
  const free = await freeBytes(path)
  if (free >= minFreeBytes) return
  throw new WsError(
    'WS_GIT_DISK_FLOOR',
    `only ${free} bytes are free at ${path}: no new worktree below ${minFreeBytes}`,
    {
      details: { path, free, minFreeBytes },
      hint: 'free some space; removed worktrees wait in ".trash" until they are purged',
    },
  )
}
