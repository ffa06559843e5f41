import type { Claim } from '../claims/claim.ts'
import type { LandingWork, RunWork, TaskWork, WorkstreamWork } from '../run/work-spec.ts'
import type { Config } from './config.ts'
import type { Plan } from './plan.ts'
import { stricterGuardrails } from './stricter-guardrails.ts'
import { type Task, timeoutMsOf } from './task.ts'
import type { Workstream } from './workstream.ts'

/** What a plan says and, where it is silent, the project. */
export interface WorkSettings {
  readonly plan: Plan
  readonly config: Config | undefined
  readonly target: string
  readonly mode: 'execute' | 'analyze'
}

/** What hosts need to know of the run as a whole. */
export function runWork({ plan, config, target, mode }: WorkSettings): RunWork {
  return {
    mode,
    base: plan.base ?? config?.base ?? target,
    checks: { ...config?.checks, ...plan.checks },
    remote: {
      name: plan.remote?.name ?? config?.remote?.name ?? 'origin',
      push: plan.remote?.push ?? config?.remote?.push ?? 'none',
    },
    generated: config?.generated ?? {},
    tools: { ...config?.tools, ...plan.tools },
    isolation: plan.run?.isolation ?? config?.run?.isolation ?? 'worktree',
    testEach: plan.merge?.testEach ?? config?.merge?.testEach ?? false,
    keepWorktree: plan.onFailure?.keepWorktree ?? config?.onFailure?.keepWorktree ?? true,
    metadata: withoutUndefined({
      planId: plan.id,
      createdAt: plan.createdAt,
      createdBy: plan.createdBy,
      ...plan.metadata,
    }),
  }
}

/** What hosts need to know of a workstream. */
export function workstreamWork(workstream: Workstream, settings: WorkSettings): WorkstreamWork {
  const { plan, config } = settings
  return withoutUndefined({
    name: workstream.name,
    owner: workstream.owner,
    branch: workstream.branch,
    worktreePath: workstream.worktreePath,
    baseOn: workstream.baseOn ?? 'dependencies',
    setup: plan.setup ?? config?.setup ?? [],
    teardown: plan.teardown ?? config?.teardown ?? [],
    enforce: plan.claims?.enforce ?? config?.claims?.enforce ?? 'quarantine',
    landing: landingWork(workstream, settings),
    metadata: workstream.metadata,
  })
}

function landingWork(workstream: Workstream, { plan, config, target }: WorkSettings): LandingWork {
  const said = workstream.merge
  const checks = workstream.checks ?? plan.merge?.checks ?? config?.merge?.checks ?? []
  const isAdvisory = (name: string) => (plan.checks[name] ?? config?.checks[name])?.advisory === true
  return withoutUndefined({
    target: said?.target ?? target,
    method: said?.method ?? plan.merge?.method ?? config?.merge?.method ?? 'merge',
    approve: said?.approve ?? plan.merge?.approve ?? config?.merge?.approve ?? 'auto',
    checks: checks.filter((name) => !isAdvisory(name)),
    advisory: [
      ...new Set([
        ...(plan.merge?.advisory ?? config?.merge?.advisory ?? []),
        ...checks.filter((name) => isAdvisory(name)),
      ]),
    ],
    priority: said?.priority,
  })
}

/** What hosts need to know of a task; `claims` are those of its workstream. */
export function taskWork(
  task: Task,
  workstream: Workstream,
  { plan, config, claims }: Pick<WorkSettings, 'plan' | 'config'> & { readonly claims: readonly Claim[] },
): TaskWork {
  const { label, phase, role, prompt, run, inputs, files, outputs, artifacts } = task
  return withoutUndefined({
    label,
    phase,
    role,
    prompt,
    run,
    model: task.model ?? plan.defaults?.model ?? config?.defaults?.model,
    inputs,
    files,
    outputs,
    artifacts,
    env: { ...config?.defaults?.env, ...plan.defaults?.env, ...task.env },
    timeoutMs: timeoutMsOf(task, {
      timeoutMs: plan.defaults?.timeoutMs ?? config?.defaults?.timeoutMs,
    }),
    claims,
    guardrails: stricterGuardrails([
      config?.guardrails,
      plan.guardrails,
      workstream.guardrails,
      task.guardrails,
    ]),
    metadata: task.metadata,
  })
}

type Said<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** Without the keys that hold nothing: once it was JSON they would be gone. */
function withoutUndefined<T extends object>(value: T): Said<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Said<T>
}
