import { asList, asMap, ForeignPart, isMap, type Origins, present } from './foreign-part.ts'
import { foreignOrder } from './foreign-order.ts'
import { foreignPatterns, foreignPriority, foreignTask, planSettings } from './foreign-task.ts'

const methods = new Set(['merge', 'squash', 'rebase', 'fast-forward'])

/** A plan of nodes: each becomes a workstream of one task; a node without a worktree runs on the landed target. */
export function compileDagPlan(
  value: Readonly<Record<string, unknown>>,
  origins: Origins,
): Record<string, unknown> {
  const top = new ForeignPart(value, [], [], origins)
  const nodes = asList(top.take('workstreams', 'nodes')) ?? []
  const stem = top.take('branch_name', 'branch_name')
  const usd = top.take(['budget', 'usd'], 'global_budget_usd')
  const settings = {
    id: top.take('id', 'plan_id'),
    correlationId: top.take('correlationId', 'correlation_id'),
    createdAt: top.take('createdAt', 'created_at'),
    createdBy: top.take('createdBy', 'created_by'),
    base: top.take('base', 'branch_base'),
    merge: merge(top.part('merge_policy', ['merge'])),
    onFailure: onFailure(top.part('rollback_policy', ['onFailure'])),
  }
  top.take('order', 'execution_order')
  return {
    version: 1,
    ...top.takeAll(planSettings),
    ...present(settings),
    ...(usd === undefined ? {} : { budget: { usd } }),
    ...present({
      order: foreignOrder(value['execution_order'], ['execution_order'], origins, (name) => name),
    }),
    ...present({ metadata: top.rest({ branchName: stem, policies: policies(value) }) }),
    workstreams: nodes.map((node, index) => compileNode(node, index, stem, origins)),
  }
}

function compileNode(node: unknown, index: number, stem: unknown, origins: Origins): unknown {
  if (!isMap(node)) return node
  const stream = new ForeignPart(node, ['nodes', index], ['workstreams', index], origins)
  const at = ['workstreams', index, 'tasks', 0]
  const part = new ForeignPart(node, ['nodes', index], at, origins)
  const id = stream.take('id', 'id')
  const role = part.take('role', 'role')
  const isVerify = role === 'ipt'
  const branch = stream.take('branch', 'branch')
  part.take('id', 'id')
  const task = {
    id,
    role: role === 'wt' ? undefined : isVerify ? 'verify' : role,
    ...foreignTask(part),
    needs: part.take('needs', 'dependencies', 'deps'),
    // Kept only where it is not what the tool is asked.
    ...present({ metadata: nodeMetadata(part, node) }),
  }
  for (const key of ['inputs', 'outputs', 'files'] as const)
    if (key in task) Object.assign(task, { [key]: foreignPatterns(Reflect.get(task, key)) })
  const ownBranch =
    branch ?? (typeof stem === 'string' && typeof id === 'string' && !isVerify ? `${stem}-${id}` : undefined)
  return {
    id,
    ...present({
      name: stream.take('name', 'label'),
      priority: foreignPriority(stream.take('priority', 'priority')),
      claims: foreignPatterns(stream.take('claims', 'path_claims')) ?? (isVerify ? [] : undefined),
      branch: ownBranch,
      worktreePath: stream.take('worktreePath', 'worktree_path'),
      baseOn: isVerify ? 'target' : undefined,
    }),
    tasks: [present(task)],
  }
}

/** What the workstream takes is not left over of the node. */
function nodeMetadata(
  part: ForeignPart,
  node: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  part.takeAll(['label', 'priority', 'path_claims', 'branch', 'worktree_path'])
  const goal = node['prompt'] !== undefined && node['prompt'] !== null ? node['goal'] : undefined
  part.take('goal', 'goal')
  const gapIds = part.take(['metadata', 'gapIds'], 'gap_ids')
  return part.rest({ goal, gapIds })
}

function merge(policy: ForeignPart): Record<string, unknown> | undefined {
  const strategy = policy.take('method', 'strategy')
  const checks = policy.take('checks', 'pre_merge_checks', 'checklist')
  const isAdvisory = policy.take('advisory', 'require_passing_ci') === false
  const isManual = policy.take('approve', 'auto_merge_on_success') === false
  const settings = present({
    method: typeof strategy === 'string' && methods.has(strategy) ? strategy : undefined,
    checks,
    advisory: isAdvisory ? (checks ?? []) : undefined,
    approve: isManual ? 'manual' : undefined,
  })
  return Object.keys(settings).length === 0 ? undefined : settings
}

function onFailure(policy: ForeignPart): Record<string, unknown> | undefined {
  const settings = present({
    keepWorktree: policy.take('keepWorktree', 'preserve_worktrees_on_failure'),
    retries: policy.take('retries', 'max_retry_attempts'),
  })
  return Object.keys(settings).length === 0 ? undefined : settings
}

/** The names of policies that need no setting here: a queue and a worktree for each are what there is. */
function policies(value: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  const named = present({
    merge: asMap(value['merge_policy'])['strategy'],
    rollback: asMap(value['rollback_policy'])['strategy'],
  })
  return Object.keys(named).length === 0 ? undefined : named
}
