import { randomUUID } from 'node:crypto'

/** The environment that this program was started with. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  return process.env
}

/** A name that nothing has yet. */
export function freshName(): string {
  return randomUUID()
}

/**
 * Lets the event loop turn, or, from the tenth time on, a few milliseconds pass: for waiting until the kernel has
 * ended what was killed, which no event tells.
 */
export function shortPause(times: number): Promise<void> {
  return new Promise((resolve) => {
    if (times < 10) setImmediate(resolve)
    else setTimeout(resolve, Math.min(times - 9, 20))
  })
}
