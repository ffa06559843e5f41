import { systemClock } from '@ws/core'
import type { RunResult, WorkstreamResult } from '@ws/orchestrator'
import type { Terminal } from '../terminal.ts'
import { eventLine } from './event-line.ts'
import { plainText } from './plain-text.ts'
import { wrapText } from './wrap-text.ts'
import { summary } from './summary.ts'
import type { View } from './view.ts'

/** Redrawn no more often than a person can read. */
const everyMs = 100

/** Workstreams in the block; a higher one would push the lines above out of sight. */
const mostRows = 12

const up = (lines: number) => (lines === 0 ? '' : `\u001B[${lines}F`)
const eraseBelow = '\u001B[0J'

/** Lines above, and below them a block with the progress of each run that is drawn over itself. */
export function liveView({ out, columns }: Terminal): View {
  const clock = systemClock()
  let drawn = 0
  let drawnAt = Number.NEGATIVE_INFINITY
  const draw = (line: string | undefined, block: readonly string[]) => {
    // Broken at spaces, which a terminal would not do.
    const above = line === undefined ? '' : `${wrapText(line, columns, '  ').join('\n')}\n`
    out(`${up(drawn)}${eraseBelow}${above}${block.map((row) => `${row}\n`).join('')}`)
    drawn = block.length
  }
  return {
    show: ({ event }, stand) => {
      const runs = stand()
      const line = eventLine(event, { namesRun: runs.length > 1 })
      const now = clock.monotonic()
      if (line === undefined && now - drawnAt < everyMs) return
      drawnAt = now
      draw(
        line,
        runs.flatMap((run) => blockOf(run, columns)),
      )
    },
    note: (text) => draw(text, []),
    end: (result) => draw(summary(result).trimEnd(), []),
    close: () => {},
  }
}

function blockOf({ runId, status, workstreams }: RunResult, columns: number): string[] {
  const tasks = workstreams.flatMap((each) => each.tasks)
  const done = tasks.filter(
    (task) => task.status !== 'PENDING' && task.status !== 'READY' && task.status !== 'RUNNING',
  )
  const share = tasks.length === 0 ? 1 : done.length / tasks.length
  const bar = '#'.repeat(Math.round(share * 20)).padEnd(20, '.')
  const open = workstreams.filter((each) => each.status === 'RUNNING')
  const rows = open.slice(0, mostRows).map((each) => `  ${each.id}: ${doingOf(each)}`)
  const more = open.length > mostRows ? [`  and ${open.length - mostRows} more`] : []
  return [`${runId} ${status} [${bar}] ${done.length}/${tasks.length} tasks`, ...rows, ...more].map((row) =>
    plainText(row).slice(0, columns - 1),
  )
}

function doingOf({ reason, tasks }: WorkstreamResult): string {
  if (reason !== undefined) return reason
  return tasks.find(({ status }) => status === 'RUNNING')?.id ?? 'waits'
}
