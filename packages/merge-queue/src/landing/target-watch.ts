import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@ws/core'
import type { WatchEffect } from '../queue/queue-effect.ts'
import type { TargetSight } from '../queue/queue-input.ts'
import type { Sight } from './observe-target.ts'

/** What a watch looks with. */
export interface TargetWatchOptions {
  readonly clock: Clock
  readonly pollMs: number
  /** How often the remote is asked, where there is one; each time it is a call over the network. */
  readonly remotePollMs: number
  /** A whole look, which may bring the branch forward. */
  readonly observe: (options: {
    readonly adopt?: string
    readonly withRemote: boolean
  }) => Promise<Sight | undefined>
  /** The values of the target's references: cheap, and equal as long as nothing has moved. */
  readonly peek: () => Promise<string>
  readonly report: (sight: TargetSight) => void
}

/** So often a branch that is held is left alone while nothing seems to change. */
const pollsWhileHeld = 15

/**
 * Keeps an eye on one target: looks when it is told to, when a reference has moved, and when what is in the way of
 * the branch has changed. One look goes on at a time; whoever asks meanwhile gets the next one.
 */
export class TargetWatch {
  readonly #options: TargetWatchOptions
  #effect: WatchEffect
  #isStopped = false
  #wantsLook = true
  #isLooking = false
  #cancelPoll = () => {}
  #seen = ''
  #polls = 0
  #sight: Sight | undefined
  #reported = ''
  #reportedLook = -1
  #remoteAt: number
  #idlers: (() => void)[] = []
  /** Why the last look failed, if it did. */
  trouble: string | undefined
  /** Called when no look goes on any more. */
  onIdle: () => void = () => {}

  constructor(effect: WatchEffect, options: TargetWatchOptions) {
    this.#effect = effect
    this.#options = options
    this.#remoteAt = -Infinity
    void this.#run()
  }

  /** What the last look saw. */
  get sight(): Sight | undefined {
    return this.#sight
  }

  get isLooking(): boolean {
    return this.#isLooking
  }

  change(effect: WatchEffect): void {
    const isAsked = effect.look !== this.#effect.look
    this.#effect = effect
    // What we reported ourselves comes back as a new belief; only what differs from it is worth a look.
    if (isAsked) this.#remoteAt = -Infinity
    else if (effect.landed === this.#sight?.landed && this.#sight?.kind === 'followed') return
    this.look()
  }

  /** Asks for a look now. */
  look(): void {
    this.#wantsLook = true
    void this.#run()
  }

  /** The same, and the remote is asked as well. */
  lookFar(): void {
    this.#remoteAt = -Infinity
    this.look()
  }

  /** Resolves when no look goes on and none is asked for. */
  async idle(): Promise<void> {
    while (this.#isLooking) await new Promise<void>((resolve) => this.#idlers.push(resolve))
  }

  stop(): void {
    this.#isStopped = true
    this.#cancelPoll()
  }

  async #run(): Promise<void> {
    if (this.#isLooking || this.#isStopped) return
    this.#isLooking = true
    this.#cancelPoll()
    while (this.#wantsLook && !this.#isStopped) {
      this.#wantsLook = false
      await this.#lookOnce()
    }
    this.#isLooking = false
    for (const resolve of this.#idlers.splice(0)) resolve()
    this.onIdle()
    this.#rest()
  }

  async #lookOnce(): Promise<void> {
    const { clock, remotePollMs } = this.#options
    const { adopt, look } = this.#effect
    const withRemote = clock.monotonic() - this.#remoteAt >= remotePollMs
    try {
      // Before the look: what moves while it goes on is seen by the next one.
      const refs = await this.#options.peek()
      const sight = await this.#options.observe({ withRemote, ...(adopt === undefined ? {} : { adopt }) })
      if (withRemote) this.#remoteAt = clock.monotonic()
      this.#sight = sight
      this.#seen = await this.#stamp(refs)
      this.#polls = 0
      this.trouble = undefined
      if (sight === undefined || this.#isStopped) return
      const said = JSON.stringify(toReport(sight))
      if (said === this.#reported && look === this.#reportedLook) return
      this.#reported = said
      this.#reportedLook = look
      this.#options.report(toReport(sight))
    } catch (error) {
      // Nobody is blamed and nothing is said: the next look may see more.
      this.trouble = error instanceof Error ? error.message : String(error)
      this.#seen = ''
    }
  }

  #rest(): void {
    if (this.#isStopped) return
    const { clock, pollMs } = this.#options
    this.#cancelPoll = clock.wakeAt(clock.now() + pollMs, () => void this.#poll())
  }

  async #poll(): Promise<void> {
    const { clock, remotePollMs } = this.#options
    const isDue = Number.isFinite(remotePollMs) && clock.monotonic() - this.#remoteAt >= remotePollMs
    const stamp = await this.#options.peek().then(
      (refs) => this.#stamp(refs),
      () => '',
    )
    if (this.#isStopped || this.#isLooking) return
    // A file may have become clean in the moment in which it was found in the way.
    const isPatient = this.#sight?.kind === 'held' && ++this.#polls >= pollsWhileHeld
    if (isDue || isPatient || stamp === '' || stamp !== this.#seen) this.look()
    else this.#rest()
  }

  /** Changes when a look could see something else than the last one did. */
  async #stamp(refs: string): Promise<string> {
    const parts = [refs]
    if (this.#sight?.kind === 'held') {
      const { where, paths, gitDir = where } = this.#sight
      const files = [
        ...paths.map((path) => join(where, path)),
        join(gitDir, 'index'),
        join(gitDir, 'HEAD'),
        gitDir,
      ]
      for (const file of files) parts.push(await stampOf(file))
    }
    return parts.join('\n')
  }
}

/** Without what only explains: a sight that is the same says the same. */
function toReport(sight: Sight): TargetSight {
  if (sight.kind !== 'held') return sight
  const { kind, landed, where, paths } = sight
  return { kind, landed, where, paths }
}

async function stampOf(path: string): Promise<string> {
  try {
    const { mtimeMs, ctimeMs, size, ino } = await lstat(path)
    return `${mtimeMs} ${ctimeMs} ${size} ${ino}`
  } catch {
    return '-'
  }
}
