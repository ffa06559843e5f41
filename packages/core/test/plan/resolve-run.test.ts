import { expect, test } from 'vitest'
import { Config } from '../../src/plan/config.ts'
import { Plan, type PlanInput } from '../../src/plan/plan.ts'
import { resolveRun, type ResolveRunOptions } from '../../src/plan/resolve-run.ts'
import type { RunSpec, TaskSpec } from '../../src/run/run-spec.ts'
import { planOf, readSample } from './sample-plans.ts'
import { withoutWork } from './without-work.ts'

const prompt = 'Do it'

function resolve(plan: PlanInput, options: Partial<ResolveRunOptions> = {}): RunSpec {
  return withoutWork(resolveRun(Plan.parse(plan), { runId: 'r1', user: 'ada', ...options }))
}

function task({ tasks }: RunSpec, id: string): TaskSpec {
  const found = tasks.find((one) => one.id === id)
  if (found === undefined) throw new Error(`no task ${id}`)
  return found
}

test('what a plan leaves open has its defaults', () => {
  expect(
    resolve({ workstreams: [{ id: 'a', claims: ['src/**'], tasks: [{ id: 't', tool: 'aider', prompt }] }] }),
  ).toMatchInlineSnapshot(`
    {
      "correlationId": "r1",
      "failurePolicy": "dependents",
      "id": "r1",
      "limits": {},
      "name": "r1",
      "onQuota": "park",
      "requires": [],
      "reserveUsd": 1,
      "target": "main",
      "tasks": [
        {
          "backoff": {
            "baseMs": 1000,
            "factor": 2,
            "maxMs": 300000,
          },
          "estimateKey": "aider work",
          "id": "t",
          "isRequired": true,
          "kind": "tool",
          "needs": [],
          "needsLanded": [],
          "retries": 2,
          "tools": [
            {
              "account": "aider",
              "tool": "aider",
            },
          ],
          "uses": {},
          "workstream": "a",
        },
      ],
      "user": "ada",
      "workstreams": [
        {
          "claims": [
            {
              "mode": "exclusive",
              "path": "src/**",
            },
          ],
          "holdUntil": "landed",
          "id": "a",
          "lands": true,
          "priority": 2,
        },
      ],
    }
  `)
})

test('a plan in another format becomes a run', async () => {
  const run = withoutWork(resolveRun(await planOf(readSample('dag-plan.json')), { runId: 'r1', user: 'ada' }))
  expect({
    ...run,
    tasks: run.tasks.map(({ id, tools: [tool], needs, needsLanded, estimateMs, estimateUsd }) => ({
      id,
      tool: tool?.tool,
      needs,
      needsLanded,
      estimateMs,
      estimateUsd,
    })),
  }).toMatchInlineSnapshot(`
    {
      "budget": {
        "stopAt": 0.95,
        "usd": 15,
        "warnAt": 0.8,
      },
      "correlationId": "corr_xyz789",
      "failurePolicy": "dependents",
      "id": "r1",
      "limits": {},
      "name": "plan_abc123",
      "onQuota": "park",
      "requires": [],
      "reserveUsd": 1,
      "target": "main",
      "tasks": [
        {
          "estimateMs": 900000,
          "estimateUsd": 4,
          "id": "n1",
          "needs": [],
          "needsLanded": [],
          "tool": "aider",
        },
        {
          "estimateMs": 720000,
          "estimateUsd": 3.5,
          "id": "n2",
          "needs": [
            "n1",
          ],
          "needsLanded": [],
          "tool": "aider",
        },
        {
          "estimateMs": 600000,
          "estimateUsd": 2,
          "id": "n3",
          "needs": [
            "n1",
            "n2",
          ],
          "needsLanded": [],
          "tool": "cursor-agent",
        },
        {
          "estimateMs": 480000,
          "estimateUsd": 3,
          "id": "n4",
          "needs": [],
          "needsLanded": [
            "n1",
            "n2",
            "n3",
          ],
          "tool": "claude",
        },
      ],
      "user": "ada",
      "workstreams": [
        {
          "claims": [
            {
              "mode": "exclusive",
              "path": "src/auth/**",
            },
            {
              "mode": "exclusive",
              "path": "src/middleware/**",
            },
          ],
          "holdUntil": "landed",
          "id": "n1",
          "lands": true,
          "priority": 1,
        },
        {
          "claims": [
            {
              "mode": "exclusive",
              "path": "tests/**",
            },
          ],
          "holdUntil": "landed",
          "id": "n2",
          "lands": true,
          "priority": 2,
        },
        {
          "claims": [
            {
              "mode": "exclusive",
              "path": "docs/**",
            },
            {
              "mode": "exclusive",
              "path": "README.md",
            },
          ],
          "holdUntil": "landed",
          "id": "n3",
          "lands": true,
          "priority": 3,
        },
        {
          "claims": [],
          "holdUntil": "landed",
          "id": "n4",
          "lands": false,
          "priority": 3,
        },
      ],
    }
  `)
})

test('a workstream that needs another waits with its first tasks for the last tasks of the other', () => {
  const a = {
    id: 'a',
    claims: [],
    tasks: [
      { id: 'a1', prompt },
      { id: 'a2', prompt, needs: ['a1'] },
      { id: 'a3', prompt, needs: ['a1'] },
    ],
  }
  const b = {
    id: 'b',
    claims: [],
    needs: ['a'],
    tasks: [
      { id: 'b1', prompt },
      { id: 'b2', prompt, needs: ['b1'] },
    ],
  }
  const run = resolve({ workstreams: [a, b] })
  expect([task(run, 'b1').needs, task(run, 'b2').needs]).toEqual([['a2', 'a3'], ['b1']])
})

test('each step of the order waits for the one before', () => {
  const streams = ['a', 'b', 'c', 'd', 'e'].map((id) => ({
    id,
    claims: [],
    tasks: [{ id: `${id}1`, prompt }],
  }))
  const run = resolve({ workstreams: streams, order: [{ parallel: ['a', 'b'] }, { sequential: ['c', 'd'] }] })
  expect(run.tasks.map(({ id, needs }) => [id, ...needs])).toEqual([
    ['a1'],
    ['b1'],
    ['c1', 'a1', 'b1'],
    ['d1', 'c1'],
    ['e1'],
  ])
})

test('a workstream on the target waits for landings, and so does work that only verifies', () => {
  const work = { id: 'a', claims: ['src/**'], tasks: [{ id: 'a1', prompt }] }
  const onTarget = {
    id: 'b',
    claims: ['docs/**'],
    baseOn: 'target' as const,
    tasks: [
      { id: 'b1', prompt, needs: ['a1'] },
      { id: 'b2', prompt, needs: ['b1'] },
    ],
  }
  const review = { id: 'c', needs: ['a'], tasks: [{ id: 'c1', role: 'verify' as const, prompt }] }
  const run = resolve({ workstreams: [work, onTarget, review] })
  expect(run.tasks.map(({ id, needs, needsLanded }) => [id, needs, needsLanded])).toEqual([
    ['a1', [], []],
    ['b1', [], ['a']],
    ['b2', ['b1'], []],
    ['c1', [], ['a']],
  ])
  expect(run.workstreams.map(({ id, lands }) => [id, lands])).toEqual([
    ['a', true],
    ['b', true],
    ['c', false],
  ])
})

test('commands have no tool, and persons no slot', () => {
  const tasks = [
    { id: 'c', run: ['pytest', '-q'] },
    { id: 'p', tool: 'Person', prompt },
    { id: 'o', prompt },
  ]
  const run = resolve({ workstreams: [{ id: 'a', owner: 'Codex', claims: [], tasks }] })
  expect(run.tasks.map(({ kind, tools: [tool] }) => [kind, tool?.tool])).toEqual([
    ['command', undefined],
    ['person', undefined],
    ['tool', 'codex'],
  ])
})

test('a task that claims less than its workstream, or only verifies, is narrowed', () => {
  const tasks = [
    { id: 'n', prompt, claims: ['src/a.ts'] },
    { id: 'v', role: 'verify' as const, prompt },
    { id: 'w', prompt },
  ]
  const run = resolve({ workstreams: [{ id: 'a', claims: ['src/**'], tasks }] })
  expect(run.tasks.map(({ claims }) => claims?.map(({ path }) => path))).toEqual([
    ['src/a.ts'],
    [],
    undefined,
  ])
})

test('to analyze is to claim and to land nothing', () => {
  const run = resolve(
    { workstreams: [{ id: 'a', claims: ['src/**'], tasks: [{ id: 't', prompt }] }] },
    { mode: 'analyze' },
  )
  expect(run.workstreams).toMatchObject([{ claims: [], lands: false }])
})

test('the plan goes before the project, but not above its ceilings', () => {
  const config = Config.parse({
    base: 'trunk',
    concurrency: 9,
    budget: { usd: 50, stopAt: 0.9 },
    defaults: { retries: 5, reserve: 0.2 },
    onFailure: { stop: 'run' },
    ceilings: { usd: 10, concurrency: 4 },
  })
  const workstreams = [{ id: 'a', claims: [], tasks: [{ id: 't', prompt, priority: 1 }] }]
  expect(resolve({ workstreams }, { config })).toMatchObject({
    target: 'trunk',
    limits: { slots: 4 },
    budget: { usd: 10, warnAt: 0.8, stopAt: 0.9 },
    failurePolicy: 'run',
    reserveUsd: 0.2,
    tasks: [{ retries: 5, priority: 1 }],
  })
  const plan = {
    base: 'dev',
    concurrency: 2,
    budget: { usd: 3 },
    defaults: { retries: 0, tool: 'codex' },
    onFailure: { stop: 'none' as const },
    workstreams: [{ ...workstreams[0]!, budget: { usd: 2 } }],
  }
  expect(resolve(plan, { config })).toMatchObject({
    target: 'dev',
    limits: { slots: 2 },
    budget: { usd: 3 },
    failurePolicy: 'none',
    workstreams: [{ budgetUsd: 2 }],
    tasks: [{ retries: 0, tools: [{ tool: 'codex' }] }],
  })
})

test('accounts and stand-ins come from the registry', () => {
  const tools = [{ name: 'claude-cli', account: 'team', fallback: ['aider'] }, 'aider']
  const run = resolve(
    { workstreams: [{ id: 'a', claims: [], tasks: [{ id: 't', tool: 'claude', prompt }] }] },
    { tools },
  )
  expect(task(run, 't').tools).toEqual([
    { tool: 'claude', account: 'team' },
    { tool: 'aider', account: 'aider' },
  ])
})

test('tasks that resemble each other share what is learned about them', () => {
  const tasks = [
    { id: 'a', tool: 'aider', prompt: 'One' },
    { id: 'b', tool: 'Aider', prompt: 'Two' },
    { id: 'c', tool: 'aider', prompt, capabilities: ['docs', 'api'] },
    { id: 'd', run: 'make' },
    { id: 'e', run: 'make' },
  ]
  const keys = resolve({ workstreams: [{ id: 'w', claims: [], tasks }] }).tasks.map(
    ({ estimateKey }) => estimateKey,
  )
  expect(keys).toEqual(['aider work', 'aider work', 'aider work api documentation', 'run make', 'run make'])
  const any = [{ id: 'w', claims: [], tasks: [{ id: 't', prompt }] }]
  const nobody = resolve({ workstreams: any }, { tools: [] })
  expect(task(nobody, 't')).toMatchObject({ tools: [], estimateKey: ' work' })
})

test('a plan that cannot be run is refused with all its problems', () => {
  const plan = Plan.parse({
    workstreams: [{ id: 'a', claims: [], tasks: [{ id: 't', prompt, needs: ['t'] }, { id: 'u' }] }],
  })
  expect(() => resolveRun(plan, { runId: 'r1', user: 'ada' })).toThrow(
    expect.objectContaining({
      code: 'WS_PLAN_INVALID',
      message: 'the plan cannot be run: task "t" needs itself; task "u" says nothing to do',
    }),
  )
  const tasks = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, prompt, needs: [id] }))
  const run = () => resolve({ workstreams: [{ id: 'w', claims: [], tasks }] })
  expect(run).toThrow(/"c" needs itself; and 2 more$/)
})

test('the ids of the plan go before those that are made', () => {
  const workstreams = [{ id: 'a', claims: [], tasks: [{ id: 't', prompt }] }]
  expect(resolve({ workstreams, runId: 'mine', correlationId: 'c' })).toMatchObject({
    id: 'mine',
    correlationId: 'c',
    name: 'mine',
  })
  expect(resolve({ workstreams, name: 'A plan' }, { correlationId: 'd' })).toMatchObject({
    id: 'r1',
    correlationId: 'd',
    name: 'A plan',
  })
})
