import type { RunEvent } from '@ws/core'
import { ManualClock } from '@ws/core/testing'
import type { RunResult } from '@ws/orchestrator'
import { describe, expect, test } from 'vitest'
import { eventLine } from '../../src/output/event-line.ts'
import { liveView } from '../../src/output/live-view.ts'
import { Standing } from '../../src/output/standing.ts'
import { fakeTerminal } from '../fake-terminal.ts'

const runId = '01M8067SA631J7RRNMWJCF7SAT'

const started: RunEvent = {
  type: 'task.started',
  ...{ runId, taskId: 'add-tax', attempt: 1, hostId: `run/${runId}`, tool: 'aider', reservedUsd: 0 },
}
const landed: RunEvent = {
  type: 'landing.settled',
  ...{ runId, workstreamId: 'api', round: 1, attempt: 1 },
  outcome: { kind: 'landed', commit: '6e45932b4b7954b00356aa49586ad51c52c7db7f' },
}

const asked = {
  type: 'landing.requested' as const,
  ...{ runId, workstreamId: 'api', round: 1, attempt: 1, after: [] },
}

const task = (id: string, status: 'RUNNING' | 'SUCCEEDED' | 'PENDING', attempts = 1) => ({
  ...{ id, status, attempts },
})

const result = (more: Partial<RunResult> = {}): RunResult => ({
  ...{ runId, status: 'RUNNING' },
  counts: { PENDING: 1, RUNNING: 1, COMPLETED: 0, FAILED: 0, QUARANTINED: 0 },
  workstreams: [
    {
      ...{ id: 'prices-and-taxes', status: 'RUNNING' },
      tasks: [task('read', 'SUCCEEDED'), task('add-tax', 'RUNNING', 2)],
    },
    { ...{ id: 'guide', status: 'PENDING' }, tasks: [task('write', 'PENDING')] },
  ],
  ...more,
})

/** What a terminal shows in the end: each block is drawn over the one before. */
function screenOf(written: string): readonly string[] {
  let lines: string[] = []
  for (const part of written.split('\u001B[')) {
    const above = /^(\d+)F/.exec(part)?.[1] ?? '0'
    lines = lines.slice(0, lines.length - Number(above))
    lines.push(
      ...part
        .replace(/^(?:\d+F|0J)/, '')
        .split('\n')
        .slice(0, -1),
    )
  }
  return lines
}

/** A view of a width, over a clock that stands still. */
function watch(columns: number) {
  const clock = new ManualClock()
  const kept = fakeTerminal('/', { isLive: true, columns })
  const standing = new Standing()
  const view = liveView(kept.terminal, standing, clock)
  return { clock, view, standing, screen: () => screenOf(kept.out()) }
}

describe('the view of a run', () => {
  test('fits 60 columns, with what runs, what waits, and for how long', () => {
    const { clock, view, screen } = watch(60)
    view.show({ seq: 1, at: 0, event: started }, () => [result()])
    expect(screen()).toEqual([
      'Task "add-tax" started with aider, attempt 1.',
      'RUNNING [#######.............] 1/3 tasks, 0s',
      '  prices-and-taxes: add-tax, attempt 2 (2 of 2)',
      '  waiting: guide',
    ])
    clock.advanceBy(75_000)
    expect(screen()[1]).toBe('RUNNING [#######.............] 1/3 tasks, 1m 15s')
    view.close()
  })

  test('has no line that is wider than the window, however narrow that is and however many runs there are', () => {
    for (const columns of [40, 60, 80]) {
      const { view, screen } = watch(columns)
      view.show({ seq: 1, at: 0, event: started }, () => [result(), result()])
      for (const line of screen().slice(-6)) expect(line.length, line).toBeLessThan(columns)
      expect(screen().filter((line) => line.startsWith(`${runId} RUNN`))).toHaveLength(2)
      view.close()
    }
  })

  test('shows what came too soon a moment later, and where a run stands that is only now known', () => {
    const { clock, view, screen } = watch(60)
    let runs: readonly RunResult[] = []
    view.show({ seq: 1, at: 0, event: started }, () => runs)
    expect(screen()).toHaveLength(1)
    runs = [result()]
    clock.advanceBy(100)
    expect(screen()[1]).toContain('1/3 tasks')
    view.close()
  })

  test('says what it has cost, which tools are not well, and what is to land, once there is something to say', () => {
    const { clock, view, standing, screen } = watch(60)
    const usage = (costUsd: number) => ({ costUsd, tokens: 0, durationMs: 0 })
    const metered = { type: 'task.metered', runId, taskId: 'read', attempt: 1 } as const
    view.show({ seq: 1, at: 0, event: started }, () => [result()])
    expect(screen()).toHaveLength(4)
    standing.take({ seq: 2, event: { ...metered, usage: usage(0.5) } })
    standing.take({ seq: 3, event: { ...metered, attempt: 2, usage: usage(0.75) } })
    standing.take({ seq: 4, event: { type: 'tool.degraded', tool: 'aider', health: 'missing' } })
    standing.take({ seq: 5, event: { ...asked, workstreamId: 'api' } })
    standing.take({ seq: 6, event: { ...asked, workstreamId: 'docs' } })
    standing.take({ seq: 7, event: { ...asked, workstreamId: 'docs', type: 'landing.held', by: 'approval' } })
    clock.advanceBy(1_000)
    expect(screen().slice(1)).toEqual([
      'RUNNING [#######.............] 1/3 tasks, 1s',
      '  prices-and-taxes: add-tax, attempt 2 (2 of 2)',
      '  waiting: guide',
      '  cost: $1.25 so far',
      'tools: aider is missing',
      'queue: 2 to land, 1 of them for approval',
    ])
    standing.take({ seq: 8, event: { type: 'tool.recovered', tool: 'aider' } })
    standing.take({ seq: 9, event: { ...landed, workstreamId: 'docs' } })
    standing.take({ seq: 10, event: landed })
    clock.advanceBy(1_000)
    expect(screen().slice(3)).toEqual(['  waiting: guide', '  cost: $1.25 so far'])
    view.close()
  })

  test('ends with the summary alone, and is drawn no more', () => {
    const { clock, view, screen } = watch(60)
    view.show({ seq: 1, at: 0, event: started }, () => [result()])
    view.end(result({ status: 'PAUSED' }))
    const shown = screen()
    clock.advanceBy(10_000)
    expect(screen()).toEqual(shown)
    expect(shown.join('\n')).not.toContain('tasks, 0s')
    view.close()
  })
})

test('a line names no host that is only the run itself, and no commit longer than people copy', () => {
  const plain = { namesRun: false }
  expect(eventLine(started, plain)).toBe('Task "add-tax" started with aider, attempt 1.')
  expect(eventLine({ ...started, hostId: 'laptop' }, plain)).toContain('on host "laptop"')
  expect(eventLine(landed, plain)).toBe('Workstream "api" landed as 6e45932b4b79.')
})
