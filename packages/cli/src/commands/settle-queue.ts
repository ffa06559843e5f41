import type { MergeQueue } from '@ws/merge-queue'
import type { Given } from '../arguments/command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { followChecks, tellEntries } from '../output/queue-lines.ts'
import { landAll, runThatLands } from '../project/with-queue.ts'
import type { Terminal } from '../terminal.ts'

/** Lands what can land, unless that is for later, and says what became of the entries that were meant. */
export async function settle(
  queue: MergeQueue,
  given: Given,
  terminal: Terminal,
  ids: readonly string[],
): Promise<ExitCode> {
  const isJson = given.flags.has('json')
  const isLater = given.flags.has('later')
  const theirs = isLater ? undefined : runThatLands(queue)
  const stop = isJson || isLater ? () => {} : followChecks(queue, terminal)
  try {
    const moved = isLater || theirs !== undefined ? [] : await landAll(queue, terminal)
    if (moved === 'interrupted') {
      terminal.err('interrupted; ws merge resume goes on\n')
      return exitCodes.interrupted
    }
    const meant = new Set([...ids, ...moved.map(({ id }) => id)])
    const entries = [...meant].flatMap((id) => queue.get(id) ?? [])
    const code = tellEntries(queue, entries, { terminal, isJson })
    if (theirs === undefined) return code
    terminal.err(`run ${theirs} has landings of its own in the queue; ws resume lands all of them\n`)
    const waits = entries.some(({ position }) => position !== undefined)
    return code === exitCodes.completed && waits ? exitCodes.needsPerson : code
  } finally {
    stop()
  }
}
