import type { Meter } from './meters.ts'
import { lackingResource } from './resources.ts'
import type { HostState, RunMachineState, TaskState } from './run-state.ts'
import type { ToolChoice } from './run-spec.ts'
import type { Way } from './task-class.ts'

/** Where and with what a task may start now, or what it lacks. */
export type Choice =
  | { readonly ok: true; readonly host: HostState; readonly way: Way }
  | { readonly ok: false; readonly lacks: Exclude<Lack, 'resource'>; readonly meter?: undefined }
  | { readonly ok: false; readonly lacks: 'resource'; readonly meter: Meter }

export type Lack = 'host' | 'resource' | 'tool' | 'quota' | 'throttle'

/** The first of its tools that can be used now, on the suiting host that does least. */
export function chooseFor(state: RunMachineState, task: TaskState): Choice {
  let first: Choice | undefined
  for (const way of task.class.ways) {
    const choice = chooseWay(state, task, way)
    if (choice.ok) return choice
    first ??= choice
    // A tool that is merely busy is waited for; a sick one, or one without quota where the plan says so, is not.
    const isSick = choice.lacks === 'tool' || choice.lacks === 'host'
    if (!isSick && !(choice.lacks === 'quota' && task.run.spec.onQuota === 'fallback')) return first
  }
  return first ?? lacksTool
}

/** The same for one of its tools alone. */
export function chooseWay(state: RunMachineState, task: TaskState, way: Way): Choice {
  const { tool } = way
  if (tool !== undefined) {
    const lacks = lackOfTool(state, tool)
    if (lacks !== undefined) return { ok: false, lacks }
  }
  const host = leastBusy(state, task, tool?.tool)
  if (host === undefined) return { ok: false, lacks: 'host' }
  const meter = lackingResource(way.demands)
  return meter === undefined ? { ok: true, host, way } : { ok: false, lacks: 'resource', meter }
}

const lacksTool: Choice = { ok: false, lacks: 'tool' }

function lackOfTool(
  state: RunMachineState,
  { tool, account }: ToolChoice,
): Exclude<Lack, 'resource'> | undefined {
  const entry = state.tools.get(tool)
  if (entry?.health === 'unhealthy' || entry?.health === 'missing') return 'tool'
  const payer = state.accounts.get(account)
  if (payer?.breaker.state === 'open') return 'quota'
  if (payer?.breaker.state === 'probing' && payer.running > 0) return 'quota'
  if (entry?.throttle !== undefined && entry.running >= entry.throttle.limit) return 'throttle'
  return undefined
}

/** Of the hosts that offer the tool and what the run requires, the one that does least. */
function leastBusy(state: RunMachineState, task: TaskState, tool: string | undefined): HostState | undefined {
  let best: HostState | undefined
  for (const host of state.hosts.values()) {
    if (!suits(host, task, tool)) continue
    if (
      best === undefined ||
      host.running < best.running ||
      (host.running === best.running && host.id < best.id)
    )
      best = host
  }
  return best
}

/** Whether any host offers one of the task's tools, and what its run requires. */
export function hasHost(state: RunMachineState, task: TaskState): boolean {
  for (const host of state.hosts.values()) if (suits(host, task, undefined)) return true
  return false
}

/** Offers the tool, or any of the task's where none is named, and what the run requires. */
function suits({ offers }: HostState, { run, spec }: TaskState, tool: string | undefined): boolean {
  if (offers.has('*')) return true
  if (!run.spec.requires.every((label) => offers.has(label))) return false
  if (tool !== undefined) return offers.has(`tool/${tool}`)
  return spec.tools.length === 0 || spec.tools.some((choice) => offers.has(`tool/${choice.tool}`))
}
