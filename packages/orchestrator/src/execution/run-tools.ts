import { isAbsolute } from 'node:path'
import { type RunSpec, type RunWork, toolKey, WsError } from '@ws/core'
import {
  builtInAdapter,
  type Launch,
  type LaunchRequest,
  parseRegistry,
  type ToolAdapter,
  type ToolRegistry,
} from '@ws/tools'
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
}

/** The tools of a task of which no program is there. */
export interface MissingTools {
  readonly taskId: string
  /** For each tool that could do it, the programs that were looked for. */
  readonly programs: Readonly<Record<string, readonly string[]>>
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
   * The tasks of a run that no tool of theirs could do on this machine, since none of the programs is there.
   * @throws `WS_TOOL_SETTINGS` where a tool is described in a way that cannot be used
   */
  async missing({ tasks, work }: RunSpec, around: FindProgramOptions): Promise<readonly MissingTools[]> {
    const registry = await readRegistry(work?.tools ?? {})
    const programs = new Map<string, readonly string[] | undefined>()
    const missing: MissingTools[] = []
    for (const task of tasks) {
      if (task.kind !== 'tool' || task.tools.length === 0) continue
      const lacking: [string, readonly string[]][] = []
      for (const { tool } of task.tools) {
        if (!programs.has(tool)) programs.set(tool, this.#programsMissing(registry, tool, around))
        const found = programs.get(tool)
        if (found !== undefined) lacking.push([tool, found])
      }
      if (lacking.length === task.tools.length)
        missing.push({ taskId: task.id, programs: Object.fromEntries(lacking) })
    }
    return missing
  }

  #toolOf(registry: ToolRegistry, name: string): RunTool {
    const own = Object.entries(this.#options.adapters).find(([known]) => toolKey(known) === toolKey(name))
    if (own !== undefined) return { adapter: own[1], settings: {} }
    const { model, settings = {} } = registry.request(name, plainRequest)
    return { adapter: registry.adapter(name), settings, ...(model === undefined ? {} : { model }) }
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
