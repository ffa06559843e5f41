import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import { writeFileAtomically } from '../platform/atomic-file.ts'
import { KernelLock } from './kernel-lock.ts'
import type { RepositoryLock } from './repository-lock.ts'

/** What a leader says of itself, for those it refuses. Facts for people, never a proof of life. */
export interface LeaderInfo {
  readonly pid: number
  readonly since: number
  /** Where it listens, what it runs. */
  readonly about?: Readonly<Record<string, string>>
}

/** The leadership of a repository, held by the kernel for this process. */
export interface Leadership extends AsyncDisposable {
  /** Every append and every change of refs carries it; the next leader's is higher. */
  readonly epoch: number
  close(): Promise<void>
}

/** The leadership, or who has it. */
export type LeadershipAnswer =
  | { readonly isLeader: true; readonly leadership: Leadership }
  | { readonly isLeader: false; readonly leader: LeaderInfo | undefined }

/**
 * Asks for the leadership of a repository; never waits for it and never takes it from the living. The epoch
 * rises with each leader and lies in the repository lock's own file, because the leader's file is locked
 * against readers for as long as there is a leader.
 */
export async function takeLeadership(
  folder: string,
  lock: RepositoryLock,
  about: LeaderInfo,
): Promise<LeadershipAnswer> {
  const leader = new KernelLock(join(folder, 'leader.db'))
  const infoFile = join(folder, 'leader.json')
  if (!leader.tryTake()) {
    leader.close()
    return { isLeader: false, leader: await readLeader(infoFile) }
  }
  try {
    const epoch = await lock.run(async (exclusive) => exclusive.raiseEpoch())
    await writeFileAtomically(infoFile, JSON.stringify(about))
    const close = async () => leader.close()
    return { isLeader: true, leadership: { epoch, close, [Symbol.asyncDispose]: close } }
  } catch (error) {
    leader.close()
    throw error
  }
}

async function readLeader(file: string): Promise<LeaderInfo | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('since' in value))
      return undefined
    const { pid, since } = value
    if (typeof pid !== 'number' || typeof since !== 'number') return undefined
    const about =
      'about' in value && typeof value.about === 'object' && value.about !== null ? value.about : {}
    return {
      pid,
      since,
      about: Object.fromEntries(Object.entries(about).map(([key, text]) => [key, String(text)])),
    }
  } catch {
    return undefined
  }
}
