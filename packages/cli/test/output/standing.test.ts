import type { RunEvent } from '@ws/core'
import { openRepository } from '@ws/git'
import { withTempRepository } from '@ws/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exitCodes } from '../../src/index.ts'
import { Standing } from '../../src/output/standing.ts'
import { readRunEvents } from '../../src/project/read-log.ts'
import { cli } from '../cli.ts'

const runId = '01M8067SA631J7RRNMWJCF7SAT'

const asked = {
  type: 'landing.requested' as const,
  ...{ runId, workstreamId: 'api', round: 1, attempt: 1, after: [] },
}
const landed: RunEvent = {
  type: 'landing.settled',
  ...{ runId, workstreamId: 'api', round: 1, attempt: 1 },
  outcome: { kind: 'landed', commit: '6e45932b4b7954b00356aa49586ad51c52c7db7f' },
}

test('knows the same whether it was told of the past before the present, after it, or twice', () => {
  const events: readonly RunEvent[] = [
    { ...asked, workstreamId: 'api' },
    { type: 'tool.throttled', tool: 'aider', limit: 2, raiseAt: 1 },
    ...[1, 2].map((costUsd) => ({
      ...{ type: 'task.metered' as const, runId, taskId: 'read', attempt: 1 },
      usage: { costUsd, tokens: 0, durationMs: 0 },
    })),
    { type: 'quota.exhausted', account: 'work', until: 1 },
    { ...landed, workstreamId: 'api' },
    { type: 'quota.recovered', account: 'work' },
    { ...asked, workstreamId: 'docs' },
  ]
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...events.keys(), ...events.keys()], { minLength: 2 * events.length }),
      (order) => {
        const standing = new Standing()
        for (const seq of order) {
          const event = events[seq]
          if (event !== undefined) standing.take({ seq, event })
        }
        expect(standing.costUsd(runId)).toBe(2)
        expect(standing.lines()).toEqual(['tools: aider 2 at a time', 'queue: 1 to land'])
      },
    ),
  )
})

test('knows from the log what was before', () =>
  withTempRepository(async ({ path, commit }) => {
    const tasks = (name: string) => [{ id: name, run: `echo 1 > ${name}` }]
    const workstreams = ['api', 'docs'].map((id) => ({ id, claims: [id], tasks: tasks(id) }))
    commit('the plan', { 'plan.json': JSON.stringify({ merge: { approve: 'manual' }, workstreams }) })
    expect((await cli(path, ['run', 'plan.json'])).code).toBe(exitCodes.needsPerson)
    expect(await linesOf(path)).toEqual(['queue: 2 to land, 2 of them for approval'])
    await cli(path, ['merge', 'approve', 'api'])
    expect(await linesOf(path)).toEqual(['queue: 1 to land, 1 of them for approval'])
  }))

async function linesOf(path: string): Promise<readonly string[]> {
  const repository = await openRepository(path)
  const standing = new Standing()
  try {
    await readRunEvents(repository.facts, (each) => standing.take(each))
  } finally {
    await repository.close()
  }
  return standing.lines()
}
