import { expect, test } from 'vitest'
import type { CheckPlanOptions } from '../../../src/plan/check/context.ts'
import { checkPlan } from '../../../src/plan/parse-plan.ts'
import type { PlanInput } from '../../../src/plan/plan.ts'
import type { TaskInput } from '../../../src/plan/task.ts'
import type { WorkstreamInput } from '../../../src/plan/workstream.ts'
import { brief } from '../sample-plans.ts'

function task(id: string, more: Partial<TaskInput> = {}): TaskInput {
  return { id, prompt: 'Do it', ...more }
}

function stream(id: string, more: Partial<WorkstreamInput> = {}): WorkstreamInput {
  return { id, claims: [`${id}/**`], tasks: [task(`${id}1`)], ...more }
}

function said(plan: PlanInput, options: CheckPlanOptions = {}): string[] {
  const { problems, warnings } = checkPlan(plan, options)
  return [...problems, ...warnings].map(brief)
}

function messages(plan: PlanInput, options: CheckPlanOptions = {}): (string | undefined)[] {
  const { problems, warnings } = checkPlan(plan, options)
  return [...problems, ...warnings].flatMap(({ message, hint }) => [message, hint])
}

test('a sound plan says nothing', () => {
  expect(said({ workstreams: [stream('a'), stream('b', { needs: ['a'] })] })).toEqual([])
})

test('every circle of tasks is named once, with its members', () => {
  const tasks = [
    task('a', { needs: ['b'] }),
    task('b', { needs: ['a'] }),
    task('c', { needs: ['e'] }),
    task('d', { needs: ['c'] }),
    task('e', { needs: ['d'] }),
  ]
  const { problems } = checkPlan({ workstreams: [stream('w', { tasks })] })
  expect(problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'WS_PLAN_CYCLE: tasks wait for each other: "a" needs "b", "b" needs "a"',
    'WS_PLAN_CYCLE: tasks wait for each other: "c" needs "e", "e" needs "d", "d" needs "c"',
  ])
})

test('workstreams that wait for each other through a need of the whole, or the order, are named with the cause', () => {
  const whole = [stream('a', { needs: ['b'] }), stream('b', { tasks: [task('b1', { needs: ['a1'] })] })]
  expect(messages({ workstreams: whole })).toEqual([
    'workstreams wait for each other: task "b1" of "b" needs "a1" of "a", "a" needs "b"',
    'take one of these needs out',
  ])
  const ordered = [stream('a', { tasks: [task('a1', { needs: ['b1'] })] }), stream('b')]
  expect(messages({ workstreams: ordered, order: [{ parallel: ['a'] }, { parallel: ['b'] }] })[0]).toBe(
    'workstreams wait for each other: "b" comes after "a" in the order, task "a1" of "a" needs "b1" of "b"',
  )
})

test('circles of workstreams that share no workstream are each named', () => {
  const pair = (a: string, b: string) => [stream(a, { needs: [b] }), stream(b, { needs: [a] })]
  expect(
    said({ workstreams: [...pair('a', 'b'), ...pair('c', 'd')] }).map((line) => line.split(' ')[0]),
  ).toEqual(['WORKSTREAM_CYCLE', 'WORKSTREAM_CYCLE'])
})

test('no split is offered where the circle runs through tasks that need each other', () => {
  const a = stream('a', { needs: ['c'], tasks: [task('a1'), task('a2', { needs: ['a1'] })] })
  const c = stream('c', { tasks: [task('c1', { needs: ['a2'] })] })
  expect(messages({ workstreams: [a, c] })[1]).toBe('take one of these needs out')
})

test('tools are those that are known, in any spelling, and those that the plan describes', () => {
  const using = (tool: string, more: Partial<PlanInput> = {}) =>
    said({ ...more, workstreams: [stream('a', { tasks: [task('t', { tool })] })] })
  for (const tool of ['claude', 'CLAUDE-CLI', 'cursor', 'github-copilot', 'person', 'Codex'])
    expect(using(tool), tool).toEqual([])
  expect(using('mine')).toEqual(['UNKNOWN_TOOL workstreams[0].tasks[0].tool'])
  expect(using('mine', { tools: { Mine: { command: 'mine' } } })).toEqual([])
  expect(
    said({
      defaults: { tool: 'nope' },
      tools: { aider: { fallback: ['nope'] } },
      workstreams: [stream('a')],
    }),
  ).toEqual(['UNKNOWN_TOOL defaults.tool', 'UNKNOWN_TOOL tools.aider.fallback[0]'])
})

test('with a registry, only its tools are known', () => {
  const plan = { workstreams: [stream('a', { tasks: [task('t', { tool: 'codex' })] })] }
  expect(said(plan, { tools: ['claude-cli', 'aider'] })).toEqual([
    'UNKNOWN_TOOL workstreams[0].tasks[0].tool',
  ])
  expect(said(plan, { tools: ['Codex'] })).toEqual([])
})

test('a tool that is not known for what the task asks is a warning, and nobody for it an error', () => {
  const tools = [{ name: 'aider', capabilities: ['python', 'tests'] }]
  const plan = (more: Partial<TaskInput>) => ({ workstreams: [stream('a', { tasks: [task('t', more)] })] })
  expect(said(plan({ tool: 'aider', capabilities: ['testing'] }), { tools })).toEqual([])
  expect(said(plan({ tool: 'aider', capabilities: ['docs'] }), { tools })).toEqual([
    'MISSING_CAPABILITY workstreams[0].tasks[0].capabilities',
  ])
  expect(said(plan({ capabilities: ['docs'] }), { tools })).toEqual([
    'NO_TOOL workstreams[0].tasks[0].capabilities',
  ])
})

test('a task prompts a tool, runs a command, or is a person’s', () => {
  const kind = (more: Partial<TaskInput>) =>
    said({ workstreams: [stream('a', { tasks: [{ id: 't', ...more }] })] })
  expect(kind({ run: 'make' })).toEqual([])
  expect(kind({ tool: 'person' })).toEqual([])
  expect(kind({})).toEqual(['TASK_KIND workstreams[0].tasks[0]'])
  expect(kind({ run: 'make', prompt: 'Do it' })).toEqual(['TASK_KIND workstreams[0].tasks[0].run'])
  expect(kind({ run: 'make', tool: 'aider' })).toEqual(['TASK_KIND workstreams[0].tasks[0].tool'])
})

test('claims conflict as an error only within a parallel step', () => {
  const workstreams = [
    stream('a', { claims: ['src/**'] }),
    stream('b', { claims: ['src/x.ts'] }),
    stream('c', { claims: ['src/y.ts'] }),
  ]
  expect(said({ workstreams, order: [{ parallel: ['a', 'b'] }] })).toEqual([
    'CLAIM_CONFLICT workstreams[1].claims[0]',
    'CLAIM_CONFLICT workstreams[2].claims[0]',
  ])
  expect(checkPlan({ workstreams, order: [{ parallel: ['a', 'b'] }] }).problems).toHaveLength(1)
  expect(said({ workstreams, order: [{ sequential: ['a', 'b', 'c'] }] })).toEqual([])
})

test('workstreams of which one ends before the other begins never conflict', () => {
  const claims = ['src/**']
  const chain = [
    stream('a', { claims }),
    stream('b', { claims, tasks: [task('b1', { needs: ['a1'] })] }),
    stream('c', { claims, needs: ['b'] }),
  ]
  expect(said({ workstreams: chain })).toEqual([])
  const partly = [
    stream('a', { claims }),
    stream('b', { claims, tasks: [task('b1', { needs: ['a1'] }), task('b2')] }),
  ]
  expect(said({ workstreams: partly })).toEqual(['CLAIM_CONFLICT workstreams[1].claims[0]'])
})

test('case tells paths apart unless the repository says otherwise', () => {
  const plan = { workstreams: [stream('a', { claims: ['SRC/x'] }), stream('b', { claims: ['src/X'] })] }
  expect(said(plan)).toEqual([])
  expect(said(plan, { ignoreCase: true })).toEqual(['CLAIM_CONFLICT workstreams[1].claims[0]'])
})

test('a conflict is placed where the claim was written, an output or a file of a task too', () => {
  const tasks = [task('b1', { files: ['src/x.ts'] })]
  expect(said({ workstreams: [stream('a', { claims: ['src/**'] }), { id: 'b', tasks }] })).toEqual([
    'CLAIM_CONFLICT workstreams[1].tasks[0].files[0]',
  ])
})

test('outputs and claims of a task that its workstream does not cover are named', () => {
  const tasks = [task('t', { outputs: ['a/x', 'b/x'], claims: ['a/*', 'c/*'] })]
  expect(said({ workstreams: [stream('a', { tasks })] })).toEqual([
    'OUTPUT_UNCLAIMED workstreams[0].tasks[0].outputs[1]',
    'CLAIM_BEYOND workstreams[0].tasks[0].claims[1]',
  ])
})

test('reading what another task writes, without an order between the two, is named', () => {
  const writer = stream('a', { tasks: [task('w', { outputs: ['a/schema.json'] })] })
  const reader = (needs: string[]) =>
    stream('b', { tasks: [task('r', { inputs: ['b/x', 'a/*.json'], needs })] })
  expect(said({ workstreams: [writer, reader([])] })).toEqual([
    'INPUT_RACE workstreams[1].tasks[0].inputs[1]',
  ])
  expect(said({ workstreams: [writer, reader(['w'])] })).toEqual([])
  expect(messages({ workstreams: [writer, reader([])] })[0]).toBe(
    'task "r" reads what task "w" writes (a/schema.json), but does not need it',
  )
})

test('budgets below the estimates are errors, those that stop a run before its end warnings', () => {
  const tasks = Array.from({ length: 10 }, (_, index) => task(`t${index}`, { estimate: { usd: 0.1 } }))
  const plan = (usd: number) => said({ budget: { usd }, workstreams: [stream('a', { tasks })] })
  expect(plan(0.99)).toEqual(['OVER_BUDGET budget.usd'])
  expect(plan(1)).toEqual(['TIGHT_BUDGET budget.usd'])
  expect(plan(1.06)).toEqual([])
  expect(said({ workstreams: [stream('a', { tasks, budget: { usd: 0.5 } })] })).toEqual([
    'OVER_BUDGET workstreams[0].budget.usd',
  ])
  expect(said({ budget: { usd: 5, warnAt: 0.9, stopAt: 0.8 }, workstreams: [stream('a')] })).toEqual([
    'VALUE budget.warnAt',
  ])
})

test('checks that nothing defines are named, those of the project and the well-known ones are not', () => {
  const plan: PlanInput = {
    checks: { unit: { run: 'make test' } },
    merge: { checks: ['unit', 'unit_tests', 'security_scan', 'fuzz'] },
    workstreams: [stream('a', { checks: ['unti'] })],
  }
  expect(said(plan)).toEqual(['UNKNOWN_CHECK merge.checks[3]', 'UNKNOWN_CHECK workstreams[0].checks[0]'])
  expect(checkPlan(plan).problems).toEqual([])
  expect(said(plan, { checks: ['fuzz'] })).toEqual(['UNKNOWN_CHECK workstreams[0].checks[0]'])
  expect(checkPlan(plan, { checks: ['fuzz'] }).problems[0]?.hint).toContain('did you mean "unit"?')
})

test('a branch belongs to one workstream', () => {
  expect(said({ workstreams: [stream('a', { branch: 'x' }), stream('b', { branch: 'X' })] })).toEqual([
    'BRANCH_TWICE workstreams[1].branch',
  ])
})

test('regular expressions of guardrails are tried, and their globs checked', () => {
  expect(
    said({ guardrails: { forbidPatterns: ['(', 'ok'], forbidPaths: ['/etc'] }, workstreams: [stream('a')] }),
  ).toEqual(['BAD_GLOB guardrails.forbidPaths[0]', 'BAD_REGEXP guardrails.forbidPatterns[0]'])
})

test('demands that no limit allows are errors, whatever the tool is called', () => {
  const tasks = [task('t', { uses: { cpu: 8, Claude: 1 } })]
  expect(said({ limits: { cpu: 4, 'claude-cli': 0 }, workstreams: [stream('a', { tasks })] })).toEqual([
    'OVER_LIMIT workstreams[0].tasks[0].uses.cpu',
    'OVER_LIMIT workstreams[0].tasks[0].uses.claude',
  ])
  expect(said({ limits: { slots: 4 }, workstreams: [stream('a')] })).toEqual(['VALUE limits.slots'])
})

test('the order names each workstream once', () => {
  const workstreams = [stream('a'), stream('b')]
  expect(said({ workstreams, order: [{ parallel: ['a', 'c'] }, { sequential: ['b', 'a'] }] })).toEqual([
    'ORDER order[0].parallel[1]',
    'ORDER order[1].sequential[1]',
  ])
})

test('a budget that warns after the usual stop says at which share it stops', () => {
  expect(messages({ budget: { usd: 5, warnAt: 0.99 }, workstreams: [stream('a')] })[0]).toBe(
    'the budget warns at 0.99, after it has stopped the run at 0.95',
  )
})

test('of many workstreams that only wait for each other the first fifty pairs are named', () => {
  const workstreams = Array.from({ length: 12 }, (_, index) => stream(`w${index}`, { claims: ['src/**'] }))
  expect(said({ workstreams })).toHaveLength(50)
})

test('what is read in another case is named as its writer wrote it', () => {
  const writer = stream('a', { tasks: [task('w', { outputs: ['a/Schema.json'] })] })
  const reader = stream('b', { tasks: [task('r', { inputs: ['A/schema.json'] })] })
  expect(said({ workstreams: [writer, reader] })).toEqual([])
  expect(messages({ workstreams: [writer, reader] }, { ignoreCase: true })[0]).toBe(
    'task "r" reads what task "w" writes (a/Schema.json), but does not need it',
  )
})

test('beside a circle of tasks, one of workstreams is still named, without a split', () => {
  const knot = stream('k', { tasks: [task('x', { needs: ['y'] }), task('y', { needs: ['x'] })] })
  const a = stream('a', { tasks: [task('a1'), task('a2', { needs: ['b1'] })] })
  const b = stream('b', { tasks: [task('b1', { needs: ['a1'] })] })
  const hints = (...workstreams: WorkstreamInput[]) =>
    checkPlan({ workstreams }).problems.map(({ code, hint }) => [code, hint])
  expect(hints(knot, a, b)).toEqual([
    ['WS_PLAN_CYCLE', 'take one of these needs out, or split a task'],
    ['WS_PLAN_WORKSTREAM_CYCLE', 'take one of these needs out'],
  ])
  expect(hints(a, b)[0]?.[1]).toMatch(/^split "/)
})

test('a circle through a task whose id is there twice is named where the first of them stands', () => {
  const workstreams = [
    stream('a', { tasks: [task('x')] }),
    stream('b', { needs: ['c'], tasks: [task('x')] }),
    stream('c', { needs: ['b'] }),
  ]
  expect(said({ workstreams })).toMatchInlineSnapshot(`
    [
      "DUPLICATE_ID workstreams[1].tasks[0].id",
      "WORKSTREAM_CYCLE workstreams[0]",
    ]
  `)
})

test('a long circle is shown by its first members', () => {
  const tasks = Array.from({ length: 10 }, (_, index) =>
    task(`t${index}`, { needs: [`t${(index + 1) % 10}`] }),
  )
  expect(messages({ workstreams: [stream('a', { tasks })] })[0]).toMatch(/^[^,]*(, [^,]*){7}, and 2 more$/)
})

test('a need that could not be read is not said to be unknown', () => {
  expect(
    said({ workstreams: [stream('a', { needs: [''], tasks: [task('t', { needs: [''], outputs: [''] })] })] }),
  ).toEqual([
    'VALUE workstreams[0].needs[0]',
    'VALUE workstreams[0].tasks[0].needs[0]',
    'VALUE workstreams[0].tasks[0].outputs[0]',
  ])
})

test('a workstream that needs a task is told where to say so, and one beside none that there is none', () => {
  const hint = (...workstreams: WorkstreamInput[]) =>
    checkPlan({ workstreams }).problems.find(({ code }) => code === 'WS_PLAN_UNKNOWN_NEED')?.hint
  expect(hint(stream('a', { needs: ['b1'] }), stream('b'))).toBe(
    'it is a task: list it under the needs of the task that waits for it',
  )
  expect(hint(stream('', { needs: ['b'] }))).toBe('there is none')
})
