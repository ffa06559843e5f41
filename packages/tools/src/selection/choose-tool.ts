import { canonicalCapability, personTool, toolKey } from '@ws/core'
import type { HealthSnapshot, ToolHealthEntry } from '../health/health-snapshot.ts'
import { compareTools, type Rated, rate } from './rate-tool.ts'

/** A tool as far as a choice needs to know it; an entry of the registry is one. */
export interface SelectableTool {
  readonly name: string
  /** What it can do; absent where that is not known. */
  readonly capabilities?: readonly string[] | undefined
  readonly costHint?: number | undefined
  readonly fallback?: readonly string[] | undefined
}

/** What a tool has been doing. */
export interface ToolLoad {
  /** How much waits for it. */
  readonly queueLength?: number
  /** The share of its last attempts that succeeded, 0 to 1. */
  readonly recentSuccess?: number
}

/** What is asked for, and what is known. */
export interface ChooseToolOptions {
  readonly tools: readonly SelectableTool[]
  /** What the task needs. */
  readonly capabilities?: readonly string[]
  /** The tool that was named; its stand-ins follow when it is sick. */
  readonly tool?: string
  readonly health?: HealthSnapshot
  readonly load?: (tool: string) => ToolLoad
  /** What the task may cost with a tool of cost 1. */
  readonly estimateUsd?: number
  /** Tools that are not to be taken: they failed at this already. */
  readonly avoid?: readonly string[]
}

/** A choice, and why. */
export interface ToolSelection {
  readonly tool: string
  readonly estimateUsd: number
  /** How sure it is that the tool can do it and will, 0 to 1. */
  readonly confidence: number
  readonly because: string
  /** What comes after it, in order. */
  readonly alternatives: readonly { readonly tool: string; readonly because: string }[]
}

/** A choice, or why there is none. */
export type ToolAnswer =
  | { readonly isChosen: true; readonly choice: ToolSelection }
  | { readonly isChosen: false; readonly because: string }

/**
 * Chooses a tool: of those that can do all that is asked for, the healthy before the degraded, then the cheapest, the
 * quickest, the least waited for, the most successful. Where a tool is named, it and then its stand-ins.
 */
export function chooseTool(options: ChooseToolOptions): ToolAnswer {
  const { tools, tool, estimateUsd = 0 } = options
  const known = new Map(tools.map((each) => [toolKey(each.name), each]))
  const candidates = tool === undefined ? tools : chainOf(tool, known)
  const able = candidates.filter((each) => isAble(each, options))
  // Of stand-ins the order is their maker's; a choice among all is by what they are.
  const ranked = able.map((each) => rated(each, options)).filter(isUsable)
  if (tool === undefined) ranked.sort(compareTools)
  const standIns = tool === undefined && ranked.length === 0 ? standInsOf(able, known, options) : []
  const [first, ...rest] = [...ranked, ...standIns]
  if (first === undefined) return { isChosen: false, because: whyNone(options, candidates, able) }
  const isStandIn = tool === undefined ? standIns.length > 0 : toolKey(first.tool.name) !== toolKey(tool)
  return {
    isChosen: true,
    choice: {
      tool: first.tool.name,
      estimateUsd: estimateUsd * (first.tool.costHint ?? 1),
      confidence: confidenceOf(first, isStandIn),
      because: whyThis(first, rest, { named: tool, isStandIn }),
      alternatives: rest.map((each) => ({ tool: each.tool.name, because: describe(each) })),
    },
  }
}

function isAble(tool: SelectableTool, { capabilities = [], avoid = [] }: ChooseToolOptions): boolean {
  if (toolKey(tool.name) === personTool || avoid.some((name) => toolKey(name) === toolKey(tool.name)))
    return false
  if (tool.capabilities === undefined) return true
  const has = new Set(tool.capabilities.map(canonicalCapability))
  return capabilities.every((name) => has.has(canonicalCapability(name)))
}

function rated(tool: SelectableTool, { health = {}, load }: ChooseToolOptions): Rated {
  const entry: ToolHealthEntry | undefined = Object.entries(health).find(
    ([name]) => toolKey(name) === toolKey(tool.name),
  )?.[1]
  return rate(tool, entry, load?.(tool.name) ?? {})
}

function isUsable({ status }: Rated): boolean {
  return status !== 'unhealthy' && status !== 'missing'
}

/** A tool and its stand-ins, the nearest first, each once. */
function chainOf(name: string, known: ReadonlyMap<string, SelectableTool>): SelectableTool[] {
  const chain = new Map<string, SelectableTool>()
  const line = [name]
  for (const next of line) {
    const tool = known.get(toolKey(next))
    if (tool === undefined || chain.has(toolKey(next))) continue
    chain.set(toolKey(next), tool)
    line.push(...(tool.fallback ?? []))
  }
  return [...chain.values()]
}

/** Everyone who can is sick: those who stand in for them, whatever they are known for. */
function standInsOf(
  able: readonly SelectableTool[],
  known: ReadonlyMap<string, SelectableTool>,
  options: ChooseToolOptions,
): Rated[] {
  const chains = able.flatMap(({ name }) => chainOf(name, known).slice(1))
  return [...new Set(chains)]
    .filter((tool) => isAble({ ...tool, capabilities: undefined }, options))
    .map((tool) => rated(tool, options))
    .filter(isUsable)
}

/** A number to compare choices by, no probability: each doubt takes its part. */
function confidenceOf({ status, tool, recentSuccess }: Rated, isStandIn: boolean): number {
  const doubts = [
    status === 'degraded' ? 0.6 : status === undefined ? 0.9 : 1,
    tool.capabilities === undefined ? 0.9 : 1,
    isStandIn ? 0.7 : 1,
    recentSuccess ?? 1,
  ]
  return Math.round(doubts.reduce((product, doubt) => product * doubt, 1) * 100) / 100
}

function whyThis(
  first: Rated,
  rest: readonly Rated[],
  { named, isStandIn }: { readonly named: string | undefined; readonly isStandIn: boolean },
): string {
  const facts = describe(first)
  if (named !== undefined) return isStandIn ? `stands in for "${named}"; ${facts}` : `was named; ${facts}`
  if (isStandIn) return `stands in for those that can do it; ${facts}`
  if (rest.length === 0) return `the only one that can do it; ${facts}`
  return `the first of ${rest.length + 1} that can do it: ${facts}`
}

function describe({ status, tool, responseMs, queueLength, recentSuccess }: Rated): string {
  const facts = [
    status ?? 'not looked at yet',
    ...(tool.costHint === undefined ? [] : [`cost ${tool.costHint}`]),
    ...(responseMs === undefined ? [] : [`answers in ${responseMs} ms`]),
    ...(queueLength === 0 ? [] : [`${queueLength} waiting`]),
    ...(recentSuccess === undefined
      ? []
      : [`${Math.round(recentSuccess * 100)} % of its last attempts succeeded`]),
  ]
  return facts.join(', ')
}

function whyNone(
  { tool, capabilities = [] }: ChooseToolOptions,
  candidates: readonly SelectableTool[],
  able: readonly SelectableTool[],
): string {
  if (candidates.length === 0) return tool === undefined ? 'no tool is known' : `there is no tool "${tool}"`
  if (able.length > 0) return `${able.map(({ name }) => `"${name}"`).join(', ')}: none of them works now`
  return capabilities.length === 0
    ? 'every tool that is known is to be avoided'
    : `no tool is known for all of ${capabilities.join(', ')}`
}
