import { demandsOf, lackingResource } from './resources.ts'
import type { HostState, RunMachineState, TaskState } from './run-state.ts'
import type { ToolChoice } from './run-spec.ts'
import { usableTools } from './task-class.ts'

/** Where and with what a task may start now, or what it lacks. */
export type Choice =
  | { readonly ok: true; readonly host: HostState; readonly tool: ToolChoice | undefined }
  | { readonly ok: false; readonly lacks: Lack; readonly resource?: string; readonly tool?: string }

export type Lack = 'host' | 'resource' | 'tool' | 'quota' | 'throttle'

/** The first of its tools that can be used now, on the suiting host that does least. */
export function chooseFor(state: RunMachineState, task: TaskState): Choice {
  if (task.spec.kind !== 'tool') return chooseWith(state, task, undefined)
  let first: Choice | undefined
  for (const tool of usableTools(task)) {
    const choice = chooseWith(state, task, tool)
    if (choice.ok) return choice
    first ??= choice
    // A tool that is merely busy is waited for; a sick one, or one without quota where the plan says so, is not.
    const isSick = choice.lacks === 'tool' || choice.lacks === 'host'
    if (!isSick && !(choice.lacks === 'quota' && task.run.spec.onQuota === 'fallback')) return first
  }
  return first ?? { ok: false, lacks: 'tool' }
}

function chooseWith(state: RunMachineState, task: TaskState, choice: ToolChoice | undefined): Choice {
  const tool = choice?.tool
  const named = tool === undefined ? {} : { tool }
  if (choice !== undefined) {
    const lack = lackOfTool(state, choice)
    if (lack !== undefined) return { ok: false, lacks: lack, ...named }
  }
  const [host] = hostsFor(state, task, tool)
  if (host === undefined) return { ok: false, lacks: 'host', ...named }
  const resource = lackingResource(state, task.run, demandsOf(task, tool, choice?.account))
  if (resource !== undefined) return { ok: false, lacks: 'resource', resource, ...named }
  return { ok: true, host, tool: choice }
}

function lackOfTool(state: RunMachineState, { tool, account }: ToolChoice): Lack | undefined {
  const entry = state.tools.get(tool)
  if (entry?.health === 'unhealthy' || entry?.health === 'missing') return 'tool'
  const payer = state.accounts.get(account)
  if (payer?.breaker.state === 'open') return 'quota'
  if (payer?.breaker.state === 'probing' && payer.running > 0) return 'quota'
  if (entry?.throttle !== undefined && entry.running >= entry.throttle.limit) return 'throttle'
  return undefined
}

/** Hosts that offer the tool and what the run requires, the least busy first; any of its tools where none is named. */
export function hostsFor(state: RunMachineState, task: TaskState, tool?: string): readonly HostState[] {
  const suiting: HostState[] = []
  for (const host of state.hosts.values()) if (suits(host, task, tool)) suiting.push(host)
  return suiting.sort((a, b) => a.running - b.running || (a.id < b.id ? -1 : 1))
}

function suits({ offers }: HostState, { run, spec }: TaskState, tool: string | undefined): boolean {
  const has = (label: string) => offers.has('*') || offers.has(label)
  if (!run.spec.requires.every(has)) return false
  if (tool !== undefined) return has(`tool/${tool}`)
  return spec.tools.length === 0 || spec.tools.some((choice) => has(`tool/${choice.tool}`))
}
