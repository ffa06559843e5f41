// A unit test of a plan: no process, no disk, no clock. What starts when is asked of the scheduler that runs it for real.
import assert from 'node:assert/strict'
import { Plan, resolveRun } from '@ws/core'
import { simulate } from '@ws/core/testing'

const minutes = (count: number) => count * 60_000

const plan = Plan.parse({
  workstreams: [
    {
      id: 'schema',
      claims: ['db/**'],
      tasks: [{ id: 'migrate', run: 'make migrate', estimate: { minutes: 10 } }],
    },
    {
      id: 'api',
      claims: ['api/**'],
      tasks: [{ id: 'serve', needs: ['migrate'], run: 'make api', estimate: { minutes: 20 } }],
    },
    { id: 'docs', claims: ['docs/**'], tasks: [{ id: 'write', run: 'make docs', estimate: { minutes: 5 } }] },
    {
      id: 'examples',
      claims: ['docs/examples/**'],
      tasks: [{ id: 'show', run: 'make examples', estimate: { minutes: 5 } }],
    },
  ],
})

const { tasks, workstreams } = resolveRun(plan, { runId: 'test', user: 'me' })
const claims = new Map(workstreams.map(({ id, claims: held }) => [id, held]))
const { makespanMs, starts } = await simulate({
  tasks: tasks.map(({ id, workstream, needs, estimateMs = minutes(5) }) => ({
    id,
    workstream,
    needs,
    durationMs: estimateMs,
    claims: claims.get(workstream) ?? [],
  })),
  limits: { concurrency: 3 },
})

assert.equal(makespanMs, minutes(30), 'the longest way is migrate, then serve')
assert.equal(starts.get('serve'), minutes(10))
const [first, second] = [starts.get('write') ?? 0, starts.get('show') ?? 0].toSorted((a, b) => a - b)
assert.deepEqual([first, second], [0, minutes(5)], 'both claim docs/examples: they take turns')
console.log(`as planned: ${makespanMs / minutes(1)} minutes, ${[...starts.keys()].join(', ')}`)
