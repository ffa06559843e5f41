import { type Clock, systemClock } from '@ws/core'
import type { RunResult, WorkstreamResult } from '@ws/orchestrator'
import type { Terminal } from '../terminal.ts'
import { eventLine } from './event-line.ts'
import { plainText } from './plain-text.ts'
import type { Standing } from './standing.ts'
import { wrapText } from './wrap-text.ts'
import { summary } from './summary.ts'
import type { View } from './view.ts'

/** Redrawn no more often than a person can read. */
const everyMs = 100

/** How long it has taken is shown in seconds. */
const tickMs = 1_000

/** Workstreams in the block; a higher one would push the lines above out of sight. */
const mostRows = 12

const up = (lines: number) => (lines === 0 ? '' : `\u001B[${lines}F`)
const eraseBelow = '\u001B[0J'

/** Lines above, and below them a block with the progress of each run that is drawn over itself. */
export function liveView({ out, columns }: Terminal, standing: Standing, clock: Clock = systemClock()): View {
  const since = clock.monotonic()
  let drawn = 0
  let drawnAt = Number.NEGATIVE_INFINITY
  let stand: (() => readonly RunResult[]) | undefined
  let cancel = () => {}
  const draw = (line: string | undefined, block: readonly string[]) => {
    // Broken at spaces, which a terminal would not do.
    const above = line === undefined ? '' : `${wrapText(line, columns, '  ').join('\n')}\n`
    out(`${up(drawn)}${eraseBelow}${above}${block.map((row) => `${row}\n`).join('')}`)
    drawn = block.length
  }
  const redraw = (line?: string) => {
    const now = clock.monotonic()
    drawnAt = now
    const runs = stand?.() ?? []
    const isAlone = runs.length === 1
    const blocks = runs.flatMap((run) =>
      blockOf(run, { columns, isAlone, tookMs: now - since, costUsd: standing.costUsd(run.runId) }),
    )
    const beside = runs.length === 0 ? [] : standing.lines()
    draw(line, [...blocks, ...beside.map((row) => shorten(plainText(row), columns - 1))])
    wake(tickMs)
  }
  const wake = (ms: number) => {
    cancel()
    cancel = clock.wakeAt(clock.now() + ms, () => redraw())
  }
  const rest = (text: string) => {
    cancel()
    stand = undefined
    draw(text, [])
  }
  return {
    show: ({ event }, runs) => {
      stand = runs
      const line = eventLine(event, { namesRun: runs().length > 1 })
      // What comes in between is not lost: the last of it is drawn a moment later.
      if (line === undefined && clock.monotonic() - drawnAt < everyMs) wake(everyMs)
      else {
        redraw(line)
        if (runs().length === 0) wake(everyMs)
      }
    },
    note: (text) => rest(text),
    end: (result) => rest(summary(result).trimEnd()),
    close: () => cancel(),
  }
}

interface BlockOptions {
  readonly columns: number
  /** Whether it is the only run: then its id, which was said, makes no line longer. */
  readonly isAlone: boolean
  readonly tookMs: number
  readonly costUsd: number
}

function blockOf(
  { runId, status, workstreams }: RunResult,
  { columns, isAlone, tookMs, costUsd }: BlockOptions,
): string[] {
  const tasks = workstreams.flatMap((each) => each.tasks)
  const done = tasks.filter(isDone)
  const share = tasks.length === 0 ? 1 : done.length / tasks.length
  const head = isAlone ? status : `${runId} ${status}`
  const counts = `${done.length}/${tasks.length} tasks, ${tookOf(tookMs)}`
  const room = columns - 1 - head.length - counts.length - ' [] '.length
  const width = Math.max(5, Math.min(20, room))
  const bar = '#'.repeat(Math.round(share * width)).padEnd(width, '.')
  const open = workstreams.filter((each) => each.status === 'RUNNING')
  const rows = open.slice(0, mostRows).map((each) => `${each.id}: ${doingOf(each)}`)
  const more = open.length > mostRows ? [`and ${open.length - mostRows} more`] : []
  const waiting = workstreams.filter((each) => each.status === 'PENDING').map(({ id }) => id)
  const later = waiting.length === 0 ? [] : [`waiting: ${waiting.join(', ')}`]
  const cost = costUsd < 0.005 ? [] : [`cost: $${costUsd.toFixed(2)} so far`]
  return [
    shorten(`${head} [${bar}] ${counts}`, columns - 1),
    ...[...rows, ...more, ...later, ...cost].map((row) => `  ${shorten(plainText(row), columns - 3)}`),
  ]
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

function tookOf(ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m ${seconds % 60}s`
}

function doingOf({ reason, tasks }: WorkstreamResult): string {
  if (reason !== undefined) return reason
  const running = tasks.find(({ status }) => status === 'RUNNING')
  if (running === undefined) return 'waits'
  const again = running.attempts > 1 ? `, attempt ${running.attempts}` : ''
  return tasks.length === 1
    ? `${running.id}${again}`
    : `${running.id}${again} (${tasks.filter(isDone).length + 1} of ${tasks.length})`
}

function isDone({ status }: { readonly status: string }): boolean {
  return status !== 'PENDING' && status !== 'READY' && status !== 'RUNNING'
}
