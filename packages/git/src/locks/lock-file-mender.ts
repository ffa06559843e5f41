import { lstat, realpath, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Clock } from '@ws/core'
import { keptWritersAtWork } from '../platform/kept-writers.ts'
import { isOwnerAlive, type LockOwner, possibleOwners } from '../platform/lock-owners.ts'
import { isInside } from '../platform/paths.ts'
import { isProcessGone, ownIdentity } from '../platform/processes.ts'
import { sleep } from '../platform/timers.ts'
import { isHeldHere, KernelLock } from './kernel-lock.ts'

export interface ClearOptions {
  /** How long its owner may take to end. @default 0, it is looked at once */
  readonly patienceMs?: number
  readonly signal?: AbortSignal
}

const lookMs = 20
/** Whoever removes one is done in a millisecond, unless it was stopped. */
const mostTries = 50

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
  async isAbandoned(path: string, options: ClearOptions = {}): Promise<boolean> {
    const seen = await look(path)
    return seen !== undefined && (await this.#wait(seen, options)) === 'abandoned'
  }

  /** Whether the file is out of the way: its owner took it back, or it was abandoned and is removed. */
  async clear(path: string, options: ClearOptions = {}): Promise<boolean> {
    const seen = await look(path)
    if (seen === undefined) return isInside(this.#commonDir, path)
    if (!isInside(this.#commonDir, seen.path)) return false
    const end = await this.#wait(seen, options)
    return end === 'abandoned' ? this.#remove(seen, options.signal) : end === 'gone'
  }

  /** Its owner is among those who live now, so it is enough that each of these ends; who comes later did not make it. */
  async #wait(seen: Seen, { patienceMs = 0, signal }: ClearOptions): Promise<'gone' | 'abandoned' | 'held'> {
    let owners = possibleOwners(seen)
    const until = this.#clock.monotonic() + patienceMs
    for (;;) {
      owners = this.#withoutResting(owners)
      if ((await look(seen.path))?.identity !== seen.identity) return 'gone'
      if (owners?.length === 0) return 'abandoned'
      if (this.#clock.monotonic() >= until) return 'held'
      await sleep(this.#clock, lookMs, signal)
      owners = owners?.filter(isOwnerAlive)
    }
  }

  /**
   * A kept-open git that is in no transaction now has made no lock file that is still there. It is in one only while
   * its keeper holds the repository lock; that of a keeper who was killed may be at work to its end.
   */
  #withoutResting(owners: readonly LockOwner[] | undefined): readonly LockOwner[] | undefined {
    if (owners?.some(({ keeper }) => keeper !== undefined) !== true) return owners
    const isOthersAtWork = !this.#canHaveRepositoryLock()
    const own = ownIdentity()
    return owners.filter(({ keeper }) => {
      if (keeper === undefined || isProcessGone(keeper)) return true
      return keeper === own ? keptWritersAtWork.size > 0 : isOthersAtWork
    })
  }

  #canHaveRepositoryLock(): boolean {
    const path = join(this.#commonDir, 'ws', 'repo.db')
    if (isHeldHere(path)) return true
    const lock = new KernelLock(path)
    try {
      return lock.tryTake()
    } finally {
      lock.close()
    }
  }

  /** Alone: of two that have the same proof, the slower would remove what somebody made after the quicker. */
  async #remove({ path, identity }: Seen, signal: AbortSignal | undefined): Promise<boolean> {
    const alone = new KernelLock(join(this.#commonDir, 'ws', 'mend.db'))
    try {
      for (let tries = 1; !alone.tryTake(); tries++) {
        if (tries === mostTries) return false
        await sleep(this.#clock, lookMs, signal)
      }
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
