import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import type { SoakFailure, SoakPart, SoakResult } from '../scripts/soak/soak-part.ts'

// Storms of random plans, faults and crashes on the run machine, one a seed; as many processes at a time as there are
// processors, each asked for a stretch of seeds after the other.

export const covers = ['packages/core/src', 'packages/core/test/run', 'soak/core.ts']

/** Seeds that are asked for at once: some seconds of work, so that the deadline is kept and asking costs nothing. */
const stretch = 100

/** A storm takes milliseconds; one that takes longer than this has hung. */
const longestStormMs = 60_000

interface Stretch {
  readonly seed: number
  readonly count: number
}

export async function run({ seed, count, deadline }: SoakPart): Promise<SoakResult> {
  const failures: SoakFailure[] = []
  const end = seed + count
  let next = seed
  let done = 0
  // Stretches are given out in order and each is finished, so what has been done has no gap.
  const take = (): Stretch | undefined => {
    if (next >= end || Date.now() >= deadline) return undefined
    const taken = { seed: next, count: Math.min(stretch, end - next) }
    next += taken.count
    return taken
  }
  const lane = async (): Promise<void> => {
    let worker: Worker | undefined
    let rest: Stretch | undefined
    for (let part = take(); part !== undefined; part = rest ?? take()) {
      rest = undefined
      worker ??= new Worker()
      try {
        failures.push(...(await worker.storms(part)))
        done += part.count
      } catch (error) {
        // The process died or hung: the seeds after that one are for a new process.
        const { seed } = worker
        worker.end()
        worker = undefined
        failures.push({ seed, message: String(error) })
        const passed = seed + 1 - part.seed
        done += passed
        if (passed < part.count) rest = { seed: seed + 1, count: part.count - passed }
      }
    }
    worker?.end()
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), count) }, lane))
  failures.sort((a, b) => a.seed - b.seed)
  return { done, nextSeed: seed + done, failures }
}

/** What a worker says: the seed that it begins with now, or what has failed of the stretch it was given. */
type Message = { readonly begun: number } | { readonly failures: readonly SoakFailure[] }

/** A process that runs storms. */
class Worker {
  /** The seed that it works on. */
  seed = 0
  readonly #child = fork(import.meta.filename, ['worker'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })

  storms(part: Stretch): Promise<readonly SoakFailure[]> {
    this.seed = part.seed
    return new Promise((resolve, reject) => {
      const child = this.#child
      const hangs = () => settle(() => reject(new Error('it hangs')))
      let timer = setTimeout(hangs, longestStormMs)
      const settle = (then: () => void): void => {
        clearTimeout(timer)
        child.off('message', onMessage).off('exit', onExit)
        then()
      }
      const onMessage = (message: unknown) => {
        const said = message as Message
        if ('failures' in said) return settle(() => resolve(said.failures))
        this.seed = said.begun
        clearTimeout(timer)
        timer = setTimeout(hangs, longestStormMs)
      }
      const onExit = (code: number | null, signal: string | null) =>
        settle(() => reject(new Error(`the process ended: ${signal ?? code}`)))
      child.on('message', onMessage).on('exit', onExit)
      child.send(part)
    })
  }

  end(): void {
    this.#child.kill('SIGKILL')
  }
}

/** What a worker does: storms for as long as it is asked. */
function serve(): void {
  const say = (message: Message) => process.send?.(message)
  const work = async ({ seed, count }: Stretch): Promise<void> => {
    const { storm } = await import('../packages/core/test/run/storm.ts')
    const failures: SoakFailure[] = []
    for (let each = seed; each < seed + count; each++) {
      say({ begun: each })
      try {
        await storm(each)
      } catch (error) {
        failures.push({ seed: each, message: error instanceof Error ? error.message : String(error) })
      }
    }
    say({ failures })
  }
  process.on('message', (stretch: Stretch) => void work(stretch))
}

// Importing this file does nothing; only as a program of its own it is a worker.
if (process.argv[2] === 'worker' && process.argv[1] === import.meta.filename) serve()
