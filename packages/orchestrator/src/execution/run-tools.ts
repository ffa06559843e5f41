import { isAbsolute } from 'node:path'
import { type RunSpec, type RunWork, toolKey, WsError } from '@ws/core'
import {
  builtInAdapter,
  type Launch,
  type LaunchRequest,
  parseRegistry,
  type ProbedTool,
  type ToolAdapter,
  type ToolRegistry,
} from '@ws/tools'
import type { AskedExecution } from './choose-execution.ts'
import { type FindProgramOptions, isProgramThere } from './find-program.ts'

/** Where tools come from. */
export interface RunToolsOptions {
  /** Adapters by name, before everything else. */
  readonly adapters: Readonly<Record<string, ToolAdapter>>
  /** What a run says of its tools: the project's settings with those of its plan. */
  readonly settingsOf: (runId: string) => RunWork['tools']
}

/** How a tool of a run is started and talked to. */
export interface RunTool {
  readonly adapter: ToolAdapter
  readonly settings: Readonly<Record<string, unknown>>
  readonly model?: string
  /** Warm processes or one for each task, where that was said. */
  readonly execution: AskedExecution
  /** How many processes of it may live at a time on this host. */
  readonly maxInstances?: number
}

/** The tools of a task of which no program is there. */
export interface MissingTools {
  readonly taskId: string
  /** For each tool that could do it, the programs that were looked for. */
  readonly programs: Readonly<Record<string, readonly string[]>>
}

/** What is not there of what a run names. */
export interface MissingOfRun {
  /** Tasks that no tool of theirs could do. */
  readonly tasks: readonly MissingTools[]
  /** Every tool that is not there, with the programs that were looked for. */
  readonly tools: ReadonlyMap<string, readonly string[]>
}

/** A program that nobody knows gets the prompt on its standard input; that it exits is the end of the turn. */
const plainTalk = { end: { exit: true } } as const

/** How the tools of each run are talked to: as the run's plan and project describe them, else as they are built in. */
export class RunTools {
  readonly #options: RunToolsOptions
  readonly #registries = new Map<string, Promise<ToolRegistry>>()

  constructor(options: RunToolsOptions) {
    this.#options = options
  }

  /** @throws `WS_TOOL_UNKNOWN`, `WS_TOOL_SETTINGS` */
  async find(runId: string, name: string): Promise<RunTool> {
    let registry = this.#registries.get(runId)
    if (registry === undefined) {
      registry = readRegistry(this.#options.settingsOf(runId))
      this.#registries.set(runId, registry)
      registry.catch(() => this.#registries.delete(runId))
    }
    return this.#toolOf(await registry, name)
  }

  /**
   * What of a run's tools is not there on this machine, and which tasks no tool of theirs could do.
   * @throws `WS_TOOL_SETTINGS` where a tool is described in a way that cannot be used
   */
  async missing({ tasks, work }: RunSpec, around: FindProgramOptions): Promise<MissingOfRun> {
    const registry = await readRegistry(work?.tools ?? {})
    const looked = new Map<string, readonly string[] | undefined>()
    const lacking: MissingTools[] = []
    for (const { id: taskId, kind, tools } of tasks) {
      if (kind !== 'tool' || tools.length === 0) continue
      for (const { tool } of tools)
        if (!looked.has(tool)) looked.set(tool, this.#programsMissing(registry, tool, around))
      const programs = tools.flatMap(({ tool }) => {
        const names = looked.get(tool)
        return names === undefined ? [] : [[tool, names] as const]
      })
      if (programs.length === tools.length) lacking.push({ taskId, programs: Object.fromEntries(programs) })
    }
    const tools = [...looked].flatMap(([tool, names]) =>
      names === undefined ? [] : [[tool, names] as const],
    )
    return { tasks: lacking, tools: new Map(tools) }
  }

  /** Those of a run's tools that can be asked how they are: a program that nobody knows might take it for work. */
  async probed({ tasks, work }: RunSpec): Promise<readonly ProbedTool[]> {
    const registry = await readRegistry(work?.tools ?? {})
    const own = new Set(Object.keys(this.#options.adapters).map(toolKey))
    const asked = new Set(
      Object.entries(work?.tools ?? {})
        .filter(([, { versionCommand, healthCommand }]) => (versionCommand ?? healthCommand) !== undefined)
        .map(([name]) => toolKey(name)),
    )
    const names = new Set(tasks.flatMap(({ tools }) => tools.map(({ tool }) => tool)))
    return [...names].flatMap((name) => {
      const entry = registry.get(name)
      const key = toolKey(name)
      if (entry === undefined || builtInAdapter(entry.adapter)?.traits.modes.length === 0) return []
      const isKnown = builtInAdapter(entry.adapter) !== undefined && !own.has(key)
      return isKnown || asked.has(key) ? [{ ...entry, name }] : []
    })
  }

  #toolOf(registry: ToolRegistry, name: string): RunTool {
    const own = Object.entries(this.#options.adapters).find(([known]) => toolKey(known) === toolKey(name))
    const { execution = 'auto', maxInstances } = registry.get(name) ?? {}
    const asked = { execution, ...(maxInstances === undefined ? {} : { maxInstances }) }
    if (own !== undefined) return { adapter: own[1], settings: {}, ...asked }
    const { model, settings = {} } = registry.request(name, plainRequest)
    return { adapter: registry.adapter(name), settings, ...asked, ...(model === undefined ? {} : { model }) }
  }

  /** Nothing where one of them is there. */
  #programsMissing(
    registry: ToolRegistry,
    name: string,
    around: FindProgramOptions,
  ): readonly string[] | undefined {
    if (registry.get(name) === undefined && this.#options.adapters[name] === undefined) return []
    const tool = this.#toolOf(registry, name)
    // A path within the worktree may be made by an earlier task.
    const isLater = ({ commands }: Pick<Launch, 'commands'>) => commands.some(isRelativePath)
    return isLater(launchOf(tool, around.cwd)) ? undefined : programsMissing(tool, around)
  }
}

/** The programs that were looked for where none of them is there. */
export function programsMissing(tool: RunTool, around: FindProgramOptions): readonly string[] | undefined {
  const { commands, env } = launchOf(tool, around.cwd)
  const options = { ...around, env: { ...around.env, ...env } }
  return commands.some((command) => isProgramThere(command, options)) ? undefined : commands
}

function isRelativePath(command: string): boolean {
  return /[\\/]/.test(command) && !isAbsolute(command)
}

const plainRequest: LaunchRequest = { mode: 'one-shot', cwd: '.', permission: 'edit' }

function launchOf({ adapter, settings }: RunTool, cwd: string): Pick<Launch, 'commands' | 'env'> {
  const mode = adapter.traits.modes.includes('one-shot') ? 'one-shot' : adapter.traits.modes[0]
  // What this program cannot start yet has no program either.
  if (mode === undefined) return { commands: [], env: {} }
  return adapter.launch({ ...plainRequest, mode, cwd, settings })
}

/** The registry that a run's own descriptions make over the built-in tools. */
async function readRegistry(tools: RunWork['tools']): Promise<ToolRegistry> {
  // Which tool stands in for which was decided with the plan.
  const entries = Object.entries(tools).map(([name, described]) => {
    const settings = { ...described, fallback: undefined }
    const adapter = settings.adapter ?? builtInAdapter(name)?.tool ?? 'generic'
    return [name, adapter === 'generic' ? { ...settings, talk: plainTalk } : settings] as const
  })
  const result = await parseRegistry(JSON.stringify({ version: 1, tools: Object.fromEntries(entries) }))
  if (result.ok) return result.registry
  const problems = result.problems.map(({ path, message, hint }) =>
    [path, message, hint].filter((part) => part !== undefined && part !== '').join(': '),
  )
  throw new WsError('WS_TOOL_SETTINGS', `a tool cannot be used as it is described: ${problems.join('; ')}`, {
    details: { problems },
    hint: 'mend its entry under "tools", in the plan or in ws.yaml',
  })
}
