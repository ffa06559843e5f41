import { expect, test } from 'vitest'
import { Config, type ConfigInput } from '../../src/plan/config.ts'
import { Plan, type PlanInput } from '../../src/plan/plan.ts'
import { resolveRun, type ResolveRunOptions } from '../../src/plan/resolve-run.ts'

const task = { id: 't', tool: 'aider', prompt: 'Do it' }

function resolve(plan: Partial<PlanInput>, config?: ConfigInput, options: Partial<ResolveRunOptions> = {}) {
  const full = Plan.parse({ workstreams: [{ id: 'a', claims: ['src/**'], tasks: [task] }], ...plan })
  return resolveRun(full, {
    runId: 'r1',
    user: 'ada',
    ...(config === undefined ? {} : { config: Config.parse(config) }),
    ...options,
  })
}

const project: ConfigInput = {
  base: 'trunk',
  checks: { lint: { run: 'lint all' }, style: { run: 'style', advisory: true } },
  merge: { method: 'squash', approve: 'manual', checks: ['lint'], advisory: ['style'], testEach: true },
  remote: { name: 'upstream', push: 'branches' },
  run: { isolation: 'none' },
  onFailure: { keepWorktree: false },
  setup: 'npm ci',
  teardown: 'npm run stop',
  claims: { enforce: 'warn' },
  defaults: { model: 'small', env: { A: 'project', B: 'project' }, timeout: '7m' },
  generated: { 'package-lock.json': 'npm install --package-lock-only' },
  tools: { aider: { command: 'aider-next' } },
}

test('what the plan leaves open, the project says', () => {
  const run = resolve({}, project)
  expect(run.work).toMatchObject({
    base: 'trunk',
    remote: { name: 'upstream', push: 'branches' },
    isolation: 'none',
    testEach: true,
    keepWorktree: false,
    generated: { 'package-lock.json': 'npm install --package-lock-only' },
    tools: { aider: { command: 'aider-next' } },
  })
  expect(run.workstreams[0]?.work).toMatchObject({
    setup: ['npm ci'],
    teardown: ['npm run stop'],
    enforce: 'warn',
    landing: {
      target: 'trunk',
      method: 'squash',
      approve: 'manual',
      checks: ['lint'],
      advisory: ['style'],
    },
  })
  expect(run.tasks[0]?.work).toMatchObject({
    model: 'small',
    env: { A: 'project', B: 'project' },
    timeoutMs: 420_000,
  })
})

test('the plan goes before the project, and the nearest place before the plan', () => {
  const run = resolve(
    {
      base: 'next',
      checks: { lint: { run: 'lint changed' } },
      merge: { method: 'rebase', approve: 'auto', checks: ['style'], advisory: [], testEach: false },
      remote: { name: 'fork', push: 'target' },
      run: { isolation: 'worktree' },
      onFailure: { keepWorktree: true },
      setup: ['make'],
      teardown: ['make clean'],
      claims: { enforce: 'revert' },
      defaults: { model: 'large', env: { B: 'plan', C: 'plan' }, timeout: '8m' },
      workstreams: [
        {
          id: 'a',
          claims: ['src/**'],
          checks: ['lint', 'style'],
          merge: { method: 'merge', approve: 'manual', target: 'release', priority: 1 },
          tasks: [{ ...task, model: 'huge', env: { C: 'task' }, timeout: '9m' }],
        },
      ],
    },
    project,
  )
  expect(run.work).toMatchObject({
    base: 'next',
    checks: { lint: { run: 'lint changed' }, style: { run: 'style' } },
    remote: { name: 'fork', push: 'target' },
    isolation: 'worktree',
    testEach: false,
    keepWorktree: true,
  })
  expect(run.workstreams[0]?.work).toMatchObject({
    setup: ['make'],
    teardown: ['make clean'],
    enforce: 'revert',
    landing: {
      target: 'release',
      method: 'merge',
      approve: 'manual',
      checks: ['lint'],
      advisory: ['style'],
      priority: 1,
    },
  })
  expect(run.tasks[0]?.work).toMatchObject({
    model: 'huge',
    env: { A: 'project', B: 'plan', C: 'task' },
    timeoutMs: 540_000,
  })
})

test('a landing takes the plan’s checks and method where its workstream says nothing', () => {
  const run = resolve({ merge: { method: 'squash', approve: 'manual', checks: ['lint'] } })
  expect(run.workstreams[0]?.work?.landing).toEqual({
    target: 'main',
    method: 'squash',
    approve: 'manual',
    checks: ['lint'],
    advisory: [],
  })
})

test('a task may write what its own claims say, else its workstream’s, and nothing when it only reads', () => {
  const workstreams: PlanInput['workstreams'] = [
    {
      id: 'a',
      claims: ['src/**', 'docs/**'],
      tasks: [
        { ...task, claims: ['docs/**'] },
        { ...task, id: 'u' },
        { ...task, id: 'v', role: 'verify' },
      ],
    },
  ]
  const claims = (mode: 'execute' | 'analyze') =>
    resolve({ workstreams }, undefined, { mode }).tasks.map(({ work }) =>
      work?.claims.map(({ path }) => path),
    )
  expect(claims('execute')).toEqual([['docs/**'], ['src/**', 'docs/**'], []])
  expect(claims('analyze')).toEqual([[], [], []])
})
