import { lstat, realpath, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Clock } from '@ws/core'
import { isOwnerAlive, possibleOwners } from '../platform/lock-owners.ts'
import { isInside } from '../platform/paths.ts'
import { sleep } from '../platform/timers.ts'
import { KernelLock } from './kernel-lock.ts'

export interface ClearOptions {
  /** How long its owner may take to end. @default 0, it is looked at once */
  readonly patienceMs?: number
  readonly signal?: AbortSignal
}

const lookMs = 20

/**
 * Clears lock files of git's out of the way: waits until their owners are done, and removes those that are proven
 * abandoned. All in one repository, across processes; nothing that lies elsewhere is touched.
 */
export class LockFileMender {
  readonly #commonDir: string
  readonly #clock: Clock

  constructor(commonDir: string, clock: Clock) {
    this.#commonDir = commonDir
    this.#clock = clock
  }

  /** Whether nobody is left who may have made it; where that cannot be told, somebody is. */
  async isAbandoned(path: string): Promise<boolean> {
    const seen = await look(path)
    return seen !== undefined && possibleOwners(seen)?.length === 0
  }

  /** Whether the file is out of the way: its owner took it back, or it was abandoned and is removed. */
  async clear(path: string, { patienceMs = 0, signal }: ClearOptions = {}): Promise<boolean> {
    const seen = await look(path)
    if (seen === undefined) return isInside(this.#commonDir, path)
    if (!isInside(this.#commonDir, seen.path)) return false
    // Its owner is among those who live now, so it is enough that each of these ends; who comes later did not make it.
    let owners = possibleOwners(seen)
    const until = this.#clock.monotonic() + patienceMs
    for (;;) {
      if ((await look(path))?.identity !== seen.identity) return true
      if (owners?.length === 0 && (await this.#remove(seen))) return true
      if (this.#clock.monotonic() >= until) return false
      await sleep(this.#clock, lookMs, signal)
      owners = owners?.filter(isOwnerAlive)
    }
  }

  /** Alone: of two that have the same proof, the slower would remove what somebody made after the quicker. */
  async #remove({ path, identity }: Seen): Promise<boolean> {
    const alone = new KernelLock(join(this.#commonDir, 'ws', 'mend.db'))
    try {
      if (!alone.tryTake()) return false
      if ((await look(path))?.identity === identity) await rm(path)
      return true
    } finally {
      alone.close()
    }
  }
}

interface Seen {
  readonly path: string
  readonly writtenAtMs: number
  /** Another file of the same name has another one. */
  readonly identity: string
}

async function look(path: string): Promise<Seen | undefined> {
  try {
    const { dev, ino, ctimeNs, ctimeMs } = await lstat(path, { bigint: true })
    const real = join(await realpath(dirname(resolve(path))), basename(path))
    return { path: real, writtenAtMs: Number(ctimeMs), identity: `${dev} ${ino} ${ctimeNs}` }
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined
    throw error
  }
}
