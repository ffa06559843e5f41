import type { ProcessRow, ProcessTable } from '../platform/process-table.ts'
import { shortPause } from '../platform/surroundings.ts'

/** What is to be ended. */
export interface EndTreeOptions {
  readonly processes: ProcessTable
  /** Processes that were seen to belong to it, while they did. */
  readonly seen: readonly ProcessRow[]
  /** Marks that its processes carry. */
  readonly marks: readonly string[]
}

/** About two seconds. What has not gone by then sits in the kernel, waiting for a disk or a device. */
const longestRounds = 120

/**
 * Kills all that was seen or carries the marks, until nothing of it is left; resolves to what would not go. A
 * process that forks while it is looked for is found in the next round, and a stranger who has a number by now is
 * not touched.
 */
export async function endTree({ processes, seen, marks }: EndTreeOptions): Promise<readonly ProcessRow[]> {
  let known = seen
  for (let round = 0; ; round++) {
    const alive = await stillThere(processes, known)
    const marked = await processes.marked(marks)
    known = [...alive, ...marked.filter(({ pid }) => !alive.some((row) => row.pid === pid))]
    if (known.length === 0 || round === longestRounds) return known
    for (const row of known) await processes.kill(row)
    await shortPause(round)
  }
}

async function stillThere(
  processes: ProcessTable,
  rows: readonly ProcessRow[],
): Promise<readonly ProcessRow[]> {
  const found = await Promise.all(rows.map(async ({ pid }) => processes.find(pid)))
  return rows.filter(({ start }, at) => found[at]?.start === start)
}
