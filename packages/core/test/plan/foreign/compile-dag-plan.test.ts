import { expect, test } from 'vitest'
import { compilePlan } from '../../../src/plan/parse-plan.ts'
import type { Plan } from '../../../src/plan/plan.ts'

async function compile(plan: object): Promise<Plan> {
  const result = await compilePlan({ plan_id: 'p', ...plan })
  expect(result.ok ? [] : result.problems).toEqual([])
  if (!result.ok) throw new Error('unreachable')
  return result.plan
}

const node = { id: 'n1', tool: 'aider', goal: 'Do it', path_claims: [{ path: 'src/**' }] }

test('numbers of priority are words: 1 is high, 2 to 4 medium, 5 and above low', async () => {
  const nodes = [1, 2, 4, 5, 10].map((priority, index) => ({ ...node, id: `n${index}`, priority }))
  const { workstreams } = await compile({ nodes })
  expect(workstreams.map(({ priority }) => priority)).toEqual([1, 2, 2, 3, 3])
})

test('both spellings of a setting are read', async () => {
  const long = {
    ...node,
    dependencies: ['n0'],
    capabilities_required: ['tests'],
    estimated_cost: 2,
    estimated_duration_min: 5,
  }
  const short = { ...node, deps: ['n0'], capabilities: ['tests'], est_cost: 2, estimated_duration_min: 5 }
  const base = { id: 'n0', goal: 'First', path_claims: [] }
  expect(await compile({ nodes: [base, long] })).toEqual(await compile({ nodes: [base, short] }))
})

test('a node without a worktree verifies on the target, once what it needs has landed there', async () => {
  const { workstreams } = await compile({
    nodes: [node, { id: 'v', role: 'ipt', goal: 'Verify', deps: ['n1'], outputs: ['report.json'] }],
  })
  expect(workstreams[1]).toMatchObject({
    baseOn: 'target',
    claims: [],
    tasks: [{ role: 'verify', needs: ['n1'] }],
  })
})

test('merging only by hand, and checks that are not required, are told apart', async () => {
  const policy = { pre_merge_checks: ['lint', 'tests'] }
  const merge = async (more: object) =>
    (await compile({ nodes: [node], merge_policy: { ...policy, ...more } })).merge
  expect(await merge({})).toEqual({ checks: ['lint', 'tests'] })
  expect(await merge({ require_passing_ci: true, auto_merge_on_success: true })).toEqual({
    checks: ['lint', 'tests'],
  })
  expect(await merge({ auto_merge_on_success: false })).toEqual({
    checks: ['lint', 'tests'],
    approve: 'manual',
  })
  expect(await merge({ require_passing_ci: false })).toEqual({
    checks: ['lint', 'tests'],
    advisory: ['lint', 'tests'],
  })
  expect(await merge({ strategy: 'squash' })).toEqual({ checks: ['lint', 'tests'], method: 'squash' })
})

test('a branch is used as given, and else named after the stem', async () => {
  const { workstreams, metadata } = await compile({
    branch_name: 'feature/x',
    nodes: [
      { ...node, branch: 'mine', worktree_path: '/tmp/w' },
      { ...node, id: 'n2', branch: null, worktree_path: null },
    ],
  })
  expect(workstreams.map(({ branch, worktreePath }) => [branch, worktreePath])).toEqual([
    ['mine', '/tmp/w'],
    ['feature/x-n2', undefined],
  ])
  expect(metadata).toEqual({ branchName: 'feature/x' })
})

test('the prompt is what the tool is asked, and the goal where there is none', async () => {
  const { workstreams } = await compile({
    nodes: [
      { ...node, prompt: 'Exactly this' },
      { ...node, id: 'n2' },
    ],
  })
  expect(workstreams.map(({ tasks: [task] }) => [task?.prompt, task?.metadata])).toEqual([
    ['Exactly this', { goal: 'Do it' }],
    ['Do it', undefined],
  ])
})

test('retries and kept worktrees come from the rollback policy', async () => {
  const { onFailure } = await compile({
    nodes: [node],
    rollback_policy: { preserve_worktrees_on_failure: true, max_retry_attempts: 0 },
  })
  expect(onFailure).toEqual({ keepWorktree: true, retries: 0 })
})

test('what the format does not name is kept as metadata', async () => {
  const { metadata, workstreams } = await compile({ team: 'blue', nodes: [{ ...node, ticket: 'T-1' }] })
  expect(metadata).toEqual({ team: 'blue' })
  expect(workstreams[0]?.tasks[0]?.metadata).toEqual({ ticket: 'T-1' })
})

test('Windows separators in paths become slashes', async () => {
  const { workstreams } = await compile({
    nodes: [{ ...node, path_claims: [{ path: 'src\\auth\\**' }], outputs: ['src\\auth\\a.py'] }],
  })
  expect(workstreams[0]?.claims).toEqual([{ path: 'src/auth/**', mode: 'exclusive' }])
  expect(workstreams[0]?.tasks[0]?.outputs).toEqual(['src/auth/a.py'])
})

test('checks that are not required may be none', async () => {
  const { merge } = await compile({ nodes: [node], merge_policy: { require_passing_ci: false } })
  expect(merge).toEqual({ advisory: [] })
})

test('a plan whose nodes are nothing has no workstreams', async () => {
  const result = await compilePlan({ plan_id: 'p', nodes: null })
  expect(result.ok ? [] : result.problems.map(({ path }) => path)).toEqual(['workstreams'])
})
