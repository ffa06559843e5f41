import { expect, test } from 'vitest'
import type { Records, WorkEvent } from '../../../src/records/index.ts'
import { freezeRun, thawRun } from '../../../src/records/keep/freeze-records.ts'
import { attempt, planned, told } from '../told.ts'

const one = () => planned([{ id: 'w', claims: ['w/**'], tasks: [{ id: 't', run: 'true' }] }])
const of = { runId: 'r', workstreamId: 'w', round: 1 }
const settled: WorkEvent = {
  type: 'attempt.settled',
  ...of,
  taskId: 't',
  attempt: 1,
  files: ['w/a', 'w/b'],
  linesAdded: 3,
  linesRemoved: 1,
  setAside: ['stray'],
  warnings: ['set aside, outside its claims: stray'],
  artifacts: [{ path: 'log', keptAs: 'runs/r/artifacts/t/log', bytes: 1, digest: 'aa' }],
  because: 'one process for this attempt',
}

function tell(records: Records, event: WorkEvent): Records {
  const { seq, at } = records.state
  records.take({ seq: seq + 1, at, stream: 'work', event })
  return records
}

test('what an attempt changed and kept is in the report, told before its success or a moment after', () => {
  const [started, succeeded] = attempt('t', 1, 2)
  const before = tell(told(one(), started === undefined ? [] : [started]), settled)
  if (succeeded !== undefined)
    before.take({ seq: before.state.seq + 1, at: before.state.at, stream: 'run', event: succeeded[1] })
  const after = tell(told(one(), attempt('t', 1, 2)), settled)
  for (const records of [before, after])
    expect(records.run('r')?.report).toMatchObject({
      nodes: [
        {
          files_modified: ['w/a', 'w/b'],
          set_aside: ['stray'],
          warnings: ['set aside, outside its claims: stray'],
          because: 'one process for this attempt',
        },
      ],
      quality_metrics: { files_changed: 2, lines_added: 3, lines_removed: 1 },
      artifacts_generated: ['runs/r/artifacts/t/log'],
    })
})

test('what an earlier attempt left is not what a later one changed', () => {
  const records = tell(told(one(), attempt('t', 1, 2)), { ...settled, attempt: 7 })
  expect(records.run('r')?.report.nodes[0]?.files_modified).toBeNull()
})

test('a record names the branch and the directory of its round, until the next one has its own', () => {
  const opened: WorkEvent = {
    type: 'worktree.opened',
    ...of,
    branch: 'lane/mine',
    path: '/there',
    base: 'a'.repeat(40),
  }
  const records = tell(told(one(), attempt('t', 1, 2)), opened)
  const metadata = () => records.workstreams.find(({ id }) => id === 'r/w')?.metadata
  expect(metadata()).toMatchObject({ branch: 'lane/mine', worktree: '/there' })
  const { seq, at } = records.state
  const event = { type: 'workstream.reopened', runId: 'r', workstreamId: 'w', round: 2 }
  records.take({ seq: seq + 1, at, stream: 'run', event })
  expect(metadata()).toMatchObject({ branch: 'lane/r/w-2', worktree: null })
})

test('what a tool said of itself is in its health', () => {
  const records = told(one(), [[0, { type: 'tool.recovered', tool: 'aider' }]])
  tell(records, { type: 'tool.measured', tool: 'aider', version: '0.86.1', responseMs: 412 })
  tell(records, { type: 'tool.measured', tool: 'stranger', responseMs: 1 })
  expect(records.health['aider']).toMatchObject({ version: '0.86.1', response_time_ms: 412 })
  expect(Object.keys(records.health)).toEqual(['aider'])
})

test('how a tool was found is in its health, whether it was known before or not', () => {
  const records = told(one(), [[0, { type: 'tool.recovered', tool: 'aider' }]])
  tell(records, { type: 'tool.measured', tool: 'aider', health: 'degraded', detail: 'high latency' })
  tell(records, { type: 'tool.measured', tool: 'codex', health: 'missing', detail: 'not found' })
  expect(records.health).toMatchObject({
    aider: { status: 'degraded', warning: 'high latency', response_time_ms: null },
    codex: { status: 'missing', warning: 'not found', last_check: expect.any(String) },
  })
  tell(records, {
    type: 'tool.measured',
    tool: 'aider',
    health: 'healthy',
    version: '0.86.1',
    responseMs: 412,
  })
  expect(records.health['aider']).not.toHaveProperty('warning')
})

test('what was told is still known when the records are read again', () => {
  const run = tell(told(one(), attempt('t', 1, 2)), settled).state.runs.get('r')
  expect(run).toBeDefined()
  if (run !== undefined)
    expect(thawRun(freezeRun(run)).tasks.get('t')?.left).toEqual(run.tasks.get('t')?.left)
})
