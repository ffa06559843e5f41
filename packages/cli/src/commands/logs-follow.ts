import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { systemClock } from '@ws/core'
import type { RepositoryFacts } from '@ws/git'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { didYouMean } from '../output/did-you-mean.ts'
import { plainText } from '../output/plain-text.ts'
import { writeJson } from '../output/write-json.ts'
import { invalidError } from '../project/invalid-error.ts'
import { logName } from '../project/log-name.ts'
import { readState } from '../project/read-log.ts'
import type { Terminal } from '../terminal.ts'

/** What is followed: one attempt, or the newest one and those after it. */
interface Followed {
  readonly runId: string
  readonly task: string
  readonly folder: string
  readonly attempt: number | undefined
  readonly isJson: boolean
}

/** Often enough for somebody who reads along, and cheap: one look at a file. */
const everyMs = 200

/**
 * Shows what a task writes until it has ended, its later attempts too; Ctrl-C stops looking, and nothing else. The log
 * says how the task stands, so that it does not matter which process works on it.
 * @throws `WS_CLI_INVALID` where the run has no such task
 */
export async function followLog(facts: RepositoryFacts, of: Followed, terminal: Terminal): Promise<ExitCode> {
  const { runId, task, folder, isJson } = of
  const look = async () => (await readState(facts))?.runs.get(runId)?.tasks
  const tasks = await look()
  const known = tasks?.get(task)
  if (known === undefined) {
    const names = [...(tasks?.keys() ?? [])]
    throw invalidError(`run ${runId} has no task ${JSON.stringify(task)}`, didYouMean(task, names))
  }
  const show = (file: string, lines: readonly string[]) => {
    if (lines.length === 0) return
    if (isJson) writeJson(terminal, { type: 'logs', runId, file, lines })
    else terminal.out(`${plainText(lines.join('\n'), { keepsLines: true })}\n`)
  }
  const interruption = Promise.withResolvers<void>()
  let isInterrupted = false
  const quiet = terminal.onInterrupt(() => {
    isInterrupted = true
    interruption.resolve()
  })
  const clock = systemClock()
  let attempt = of.attempt ?? Math.max(1, known.attempt)
  let file = logName(task, attempt)
  let tail = new Tail(join(folder, file))
  try {
    while (!isInterrupted) {
      const lines = await tail.more()
      show(file, lines)
      if (lines.length > 0) continue
      const stand = (await look())?.get(task)
      const isLater = stand !== undefined && stand.attempt > attempt
      if (isLater || stand === undefined || isOver(stand.phase.state)) {
        // Written before it was said that the attempt has ended.
        show(file, [...(await tail.more()), ...tail.rest()])
        if (!isLater || of.attempt !== undefined) return exitCodes.completed
        attempt += 1
        file = logName(task, attempt)
        tail = new Tail(join(folder, file))
        continue
      }
      let cancel = () => {}
      const pause = new Promise<void>((resolve) => {
        cancel = clock.wakeAt(clock.now() + everyMs, resolve)
      })
      await Promise.race([pause, interruption.promise])
      cancel()
    }
    return exitCodes.interrupted
  } finally {
    quiet()
  }
}

function isOver(state: string): boolean {
  return state !== 'PENDING' && state !== 'READY' && state !== 'RUNNING'
}

/** A file that grows, read line by line. */
class Tail {
  readonly #path: string
  readonly #decoder = new StringDecoder('utf8')
  #offset = 0
  #open = ''

  constructor(path: string) {
    this.#path = path
  }

  /** Whole lines that have come since; none where there is no file yet. */
  async more(): Promise<readonly string[]> {
    const handle = await open(this.#path, 'r').catch(() => undefined)
    if (handle === undefined) return []
    try {
      const buffer = Buffer.alloc(65_536)
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.#offset)
        if (bytesRead === 0) break
        this.#offset += bytesRead
        this.#open += this.#decoder.write(buffer.subarray(0, bytesRead))
      }
      const lines = this.#open.split('\n')
      this.#open = lines.pop() ?? ''
      return lines
    } finally {
      await handle.close()
    }
  }

  /** What stands after the last line end. */
  rest(): readonly string[] {
    const last = this.#open + this.#decoder.end()
    return last === '' ? [] : [last]
  }
}
