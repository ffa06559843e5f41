import { join } from 'node:path'

/** Where a log keeps what was moved out of it. */
export function archiveFolder(path: string): string {
  return `${path}.archive`
}

/** One part of it, named by the hash of its last row: that of the checkpoint which follows says which it is. */
export function archiveFile(path: string, lastHash: string): string {
  return join(archiveFolder(path), `${lastHash}.db`)
}
