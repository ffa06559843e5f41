import { canonicalCapability } from '../words/capability.ts'
import { builtInTools, canonicalTool, personTool, toolKey } from '../words/tool-name.ts'
import type { OutlineTask, OutlineWorkstream, PlanOutline } from './outline.ts'

/** A tool as far as choosing needs to know it. */
export interface KnownTool {
  readonly name: string
  /** What it can do; absent where that is not known. */
  readonly capabilities?: readonly string[] | undefined
  readonly fallback?: readonly string[] | undefined
  /** Who pays for it. @default its name */
  readonly account?: string | undefined
  /** How dear it is beside the others. */
  readonly costHint?: number | undefined
}

type PlanTools = Readonly<Record<string, Omit<KnownTool, 'name'>>>

/** The tools that a plan may name: the registry's, with what the plan says about them. */
export function knownTools(
  plan: { readonly tools: PlanTools },
  registry: readonly (string | KnownTool)[] = builtInTools,
): Map<string, KnownTool> {
  const known = new Map<string, KnownTool>()
  const add = (tool: KnownTool) => {
    const key = toolKey(tool.name)
    const before = known.get(key)
    const said = Object.entries(tool).filter(([, value]) => value !== undefined)
    known.set(key, { ...before, ...Object.fromEntries(said), name: before?.name ?? canonicalTool(tool.name) })
  }
  for (const tool of registry) add(typeof tool === 'string' ? { name: tool } : tool)
  for (const [name, settings] of Object.entries(plan.tools)) add({ ...settings, name })
  return known
}

/** The tool that the plan chooses for a task, if it does: its own, its owner's, or the default of those that ask for nothing. */
export function chosenTool(
  task: OutlineTask,
  workstream: OutlineWorkstream,
  plan: Pick<PlanOutline, 'defaults'>,
  known: ReadonlyMap<string, KnownTool>,
): string | undefined {
  if (task.run !== undefined && task.tool === undefined) return undefined
  if (task.tool !== undefined) return task.tool
  const owner = workstream.owner === undefined ? undefined : known.get(toolKey(workstream.owner))
  if (owner !== undefined) return owner.name
  return task.capabilities.length === 0 ? plan.defaults?.tool : undefined
}

/** Which of the capabilities a tool is known to lack. */
export function lackedBy(tool: KnownTool, capabilities: readonly string[]): string[] {
  if (tool.capabilities === undefined) return []
  const has = new Set(tool.capabilities.map(canonicalCapability))
  return capabilities.filter((name) => name !== '' && !has.has(name))
}

/**
 * The tools that may do a task, the preferred one first: the one that was chosen and what stands in for it, else all
 * that can do what the task asks for, the default first, then the cheapest.
 */
export function toolsFor(
  task: OutlineTask,
  workstream: OutlineWorkstream,
  plan: Pick<PlanOutline, 'defaults'>,
  known: ReadonlyMap<string, KnownTool>,
): KnownTool[] {
  const chosen = chosenTool(task, workstream, plan, known)
  if (chosen !== undefined) return withFallbacks(chosen, known)
  const preferred = plan.defaults?.tool === undefined ? undefined : toolKey(plan.defaults.tool)
  const rank = (tool: KnownTool) =>
    toolKey(tool.name) === preferred ? -1 : (tool.costHint ?? Number.MAX_VALUE)
  const able = [...known.values()].filter(
    (tool) => toolKey(tool.name) !== personTool && lackedBy(tool, task.capabilities).length === 0,
  )
  return able.toSorted((a, b) => rank(a) - rank(b))
}

/** A tool, its stand-ins, and theirs: breadth first, each once, so that a circle of them ends. */
function withFallbacks(name: string, known: ReadonlyMap<string, KnownTool>): KnownTool[] {
  const chain = new Map<string, KnownTool>()
  const line = [name]
  for (const next of line) {
    const key = toolKey(next)
    if (chain.has(key)) continue
    const tool = known.get(key) ?? { name: next }
    chain.set(key, tool)
    line.push(...(tool.fallback ?? []))
  }
  return [...chain.values()]
}
