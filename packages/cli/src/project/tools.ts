import { builtInTools, type CheckPlanOptions, type Config, systemClock, toolKey } from '@ws/core'
import { probeTool } from '@ws/pool'
import { checkHealth, type HealthSnapshot, type ProbedTool, ToolRegistry } from '@ws/tools'
import type { Terminal } from '../terminal.ts'

/** How long a program may take to say its version. */
const timeoutMs = 5_000

/** A tool as far as `ws tools` shows it. */
export interface KnownTool extends ProbedTool {
  /** Whether the settings of the repository speak of it. */
  readonly isNamed: boolean
}

/** The tools that are built in, and those that the settings describe. */
export function knownTools({ tools, defaults }: Config): readonly KnownTool[] {
  const built = new ToolRegistry().entries
  const named = new Set([...Object.keys(tools), ...(defaults?.tool === undefined ? [] : [defaults.tool])])
  const isNamed = (name: string) => [...named].some((each) => toolKey(each) === toolKey(name))
  const described = Object.entries(tools).map(([name, tool]): KnownTool => {
    const own = built.find((entry) => toolKey(entry.name) === toolKey(name))
    const program = tool.command ?? own?.detectCommands[0]?.[0] ?? name
    const version = tool.versionCommand ?? [program, '--version']
    return { name, versionCommand: version, healthCommand: tool.healthCommand ?? version, isNamed: true }
  })
  const others = built.filter(({ name }) => !described.some((each) => toolKey(each.name) === toolKey(name)))
  return [...described, ...others.map((entry) => ({ ...entry, isNamed: isNamed(entry.name) }))]
}

/** The tools that a plan may name, with what the settings say of them. */
export function projectTools({ tools }: Config): NonNullable<CheckPlanOptions['tools']> {
  return [...builtInTools, ...Object.entries(tools).map(([name, tool]) => ({ ...tool, name }))]
}

/** Starts each tool to ask for its version, and says how it is. */
export function probeTools(
  tools: readonly KnownTool[],
  { cwd, env }: Pick<Terminal, 'cwd' | 'env'>,
): Promise<HealthSnapshot> {
  const clock = systemClock()
  return checkHealth(tools, {
    clock,
    timeoutMs,
    probe: (argv, options) => probeTool(argv, options, { clock, cwd, inheritedEnv: env }),
  })
}
