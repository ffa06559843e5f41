import { WsError } from '../errors/ws-error.ts'
import { defaultBackoff } from '../run/run-spec.ts'
import type {
  BackoffSpec,
  BudgetSpec,
  RunSpec,
  TaskSpec,
  ToolChoice,
  WorkstreamSpec,
} from '../run/run-spec.ts'
import { mediumPriority } from '../words/priority.ts'
import { personTool } from '../words/tool-name.ts'
import { defaultStopAt } from './check/check-amounts.ts'
import type { Config } from './config.ts'
import { checkPlan } from './parse-plan.ts'
import { claimsOf } from './plan-claims.ts'
import { planNeeds, type PlanNeeds } from './plan-needs.ts'
import type { Plan } from './plan.ts'
import { runWork, taskWork, type WorkSettings, workstreamWork } from './resolve-work.ts'
import { selectTasks, type TaskSelection } from './select-tasks.ts'
import type { Task } from './task.ts'
import { chosenTool, type KnownTool, knownTools, toolsFor } from './tool-choice.ts'
import type { Workstream } from './workstream.ts'

/** What turns a plan into a run. */
export interface ResolveRunOptions {
  /** The id of the run; a plan's own `runId` goes first. */
  readonly runId: string
  /** @default the plan's `correlationId`, else the run's id */
  readonly correlationId?: string
  /** Who pays. */
  readonly user: string
  /** The project's settings: they fill in what the plan leaves open, and their ceilings bind it. */
  readonly config?: Config
  /** The registry's tools. @default the built-in ones */
  readonly tools?: readonly (string | KnownTool)[]
  readonly select?: TaskSelection
  /** `analyze` lets tools read but not write: no claims, nothing lands. @default 'execute' */
  readonly mode?: 'execute' | 'analyze'
  /** Labels that a host must offer to act for this run. @default none */
  readonly requires?: readonly string[]
}

/** How often a failed task is tried again where nothing says otherwise. */
const defaultRetries = 2

/** The share of a budget at which a run warns where nothing says otherwise. */
const defaultWarnAt = 0.8

/** What is set aside for an attempt of which nothing is known: about what a short session of a dear tool costs. */
const defaultReserveUsd = 1

const defaultBranch = 'main'

/**
 * The run that a plan asks for: every default applied, every name resolved.
 * @throws `WS_PLAN_INVALID` with `details.problems`; `WS_SELECTION_UNKNOWN`, `WS_SELECTION_NEEDS`
 */
export function resolveRun(plan: Plan, options: ResolveRunOptions): RunSpec {
  const { config, mode = 'execute' } = options
  const tools = [...knownTools({ tools: config?.tools ?? {} }, options.tools).values()]
  requireSound(plan, tools)
  const target = plan.merge?.target ?? plan.base ?? config?.merge?.target ?? config?.base ?? defaultBranch
  const merged: Settings = { plan, config, target, mode, known: knownTools(plan, tools) }
  const needs = planNeeds(plan)
  const selected = selectTasks(needs, options.select ?? {})
  const included = new Set(selected.map((position) => needs.tasks[position]!.workstream.id))
  const context: TaskContext = { needs, selected: new Set(selected), included, merged }
  const id = plan.runId ?? options.runId
  const budget = budgetOf(merged)
  return {
    id,
    correlationId: options.correlationId ?? plan.correlationId ?? id,
    name: plan.name ?? plan.id ?? id,
    user: options.user,
    target,
    workstreams: plan.workstreams
      .filter((workstream) => included.has(workstream.id))
      .map((workstream) => workstreamSpec(workstream, merged)),
    tasks: selected.map((position) => taskSpec(position, context)),
    limits: limitsOf(merged),
    requires: options.requires ?? [],
    ...(budget === undefined ? {} : { budget }),
    failurePolicy: plan.onFailure?.stop ?? config?.onFailure?.stop ?? 'dependents',
    onQuota: plan.onQuota ?? config?.onQuota ?? 'park',
    reserveUsd: plan.defaults?.reserve ?? config?.defaults?.reserve ?? defaultReserveUsd,
    work: runWork(merged),
  }
}

interface Settings extends WorkSettings {
  readonly known: ReadonlyMap<string, KnownTool>
}

function requireSound(plan: Plan, tools: readonly KnownTool[]): void {
  const { problems } = checkPlan(plan, { tools })
  if (problems.length === 0) return
  const shown = problems.slice(0, 3).map(({ message }) => message)
  const more = problems.length - shown.length
  throw new WsError(
    'WS_PLAN_INVALID',
    `the plan cannot be run: ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
    {
      details: { problems },
      hint: 'parsePlan and checkPlan name every problem with its place',
    },
  )
}

function workstreamSpec(workstream: Workstream, merged: Settings): WorkstreamSpec {
  const { plan, config, mode } = merged
  const claims = mode === 'analyze' ? [] : claimsOf(workstream).claims
  return {
    id: workstream.id,
    priority: workstream.priority ?? mediumPriority,
    claims,
    holdUntil: workstream.holdUntil ?? plan.claims?.holdUntil ?? config?.claims?.holdUntil ?? 'landed',
    lands: claims.length > 0,
    ...(workstream.budget === undefined ? {} : { budgetUsd: workstream.budget.usd }),
    work: workstreamWork(workstream, merged),
  }
}

interface TaskContext {
  readonly needs: PlanNeeds<Workstream>
  readonly selected: ReadonlySet<number>
  readonly included: ReadonlySet<string>
  readonly merged: Settings
}

/** What was not selected has succeeded before, so it is not waited for. */
function taskSpec(position: number, { needs, selected, included, merged }: TaskContext): TaskSpec {
  const { plan, config, mode } = merged
  const { task, workstream } = needs.tasks[position]!
  const kind = kindOf(task, workstream, merged)
  const tools = kind === 'tool' ? choicesFor(task, workstream, merged) : []
  const { usd, minutes } = task.estimate ?? {}
  const isNarrowed = mode === 'execute' && (task.claims !== undefined || task.role === 'verify')
  const narrowed = isNarrowed ? claimsOf({ tasks: [task] }).claims : undefined
  const claims = narrowed ?? (mode === 'analyze' ? [] : claimsOf(workstream).claims)
  return {
    id: task.id,
    workstream: workstream.id,
    kind,
    tools,
    needs: needs.needs[position]!.filter((need) => selected.has(need)).map(
      (need) => needs.tasks[need]!.task.id,
    ),
    needsLanded: needs.landed[position]!.filter((id) => included.has(id)),
    isRequired: task.required,
    ...(task.priority === undefined ? {} : { priority: task.priority }),
    ...(minutes === undefined ? {} : { estimateMs: minutes * 60_000 }),
    ...(usd === undefined ? {} : { estimateUsd: usd }),
    retries:
      task.retries ??
      plan.defaults?.retries ??
      plan.onFailure?.retries ??
      config?.defaults?.retries ??
      config?.onFailure?.retries ??
      defaultRetries,
    backoff: backoffOf([task.backoff, plan.defaults?.backoff, config?.defaults?.backoff]),
    uses: task.uses,
    ...(narrowed === undefined ? {} : { claims: narrowed }),
    estimateKey: estimateKeyOf(task, kind, tools[0]),
    work: taskWork(task, workstream, { plan, config, claims }),
  }
}

function kindOf(task: Task, workstream: Workstream, { plan, known }: Settings): TaskSpec['kind'] {
  const tool = chosenTool(task, workstream, plan, known)
  if (tool === personTool) return 'person'
  return task.run === undefined ? 'tool' : 'command'
}

function choicesFor(task: Task, workstream: Workstream, { plan, config, known }: Settings): ToolChoice[] {
  const defaults = plan.defaults?.tool === undefined ? config?.defaults : plan.defaults
  return toolsFor(task, workstream, { defaults }, known).map(({ name, account }) => ({
    tool: name,
    account: account ?? name,
  }))
}

/** What the nearest says of each number. */
function backoffOf(settings: readonly Task['backoff'][]): BackoffSpec {
  const said = settings.filter((backoff) => backoff !== undefined)
  return {
    baseMs: said.find(({ baseMs }) => baseMs !== undefined)?.baseMs ?? defaultBackoff.baseMs,
    factor: said.find(({ factor }) => factor !== undefined)?.factor ?? defaultBackoff.factor,
    maxMs: said.find(({ maxMs }) => maxMs !== undefined)?.maxMs ?? defaultBackoff.maxMs,
  }
}

/** The same command takes as long again; of prompts all that is known beforehand is who does what kind of work. */
function estimateKeyOf(
  { run, role, capabilities }: Task,
  kind: TaskSpec['kind'],
  tool: ToolChoice | undefined,
): string {
  if (kind === 'command') return `run ${typeof run === 'string' ? run : JSON.stringify(run)}`
  return [kind === 'person' ? personTool : (tool?.tool ?? ''), role, ...capabilities.toSorted()].join(' ')
}

/** The plan's own limits; those of the project bind every run and are not repeated here. */
function limitsOf({ plan, config }: Settings): Record<string, number> {
  const slots = Math.min(
    plan.concurrency ?? Number.POSITIVE_INFINITY,
    config?.ceilings?.concurrency ?? Number.POSITIVE_INFINITY,
  )
  return { ...plan.limits, ...(Number.isFinite(slots) ? { slots } : {}) }
}

function budgetOf({ plan, config }: Settings): BudgetSpec | undefined {
  const budget = plan.budget ?? config?.budget
  const usd = Math.min(
    budget?.usd ?? Number.POSITIVE_INFINITY,
    config?.ceilings?.usd ?? Number.POSITIVE_INFINITY,
  )
  if (!Number.isFinite(usd)) return undefined
  return {
    usd,
    warnAt: plan.budget?.warnAt ?? config?.budget?.warnAt ?? defaultWarnAt,
    stopAt: plan.budget?.stopAt ?? config?.budget?.stopAt ?? defaultStopAt,
  }
}
