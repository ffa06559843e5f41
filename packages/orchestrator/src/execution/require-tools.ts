import { type RunSpec, WsError } from '@ws/core'
import type { WorkEvent } from '@ws/store/records'
import { installHint } from '@ws/tools'
import type { FindProgramOptions } from './find-program.ts'
import type { RunTools } from './run-tools.ts'

/** A run that can be begun here, and what is to be told of its tools before. */
export interface ToolsOfRun {
  readonly run: RunSpec
  readonly told: readonly WorkEvent[]
}

/**
 * Sees that each task has a tool here. Where one is not there and another stands in for it, the task is left to that
 * one: no attempt is spent on what is known before.
 * @throws `WS_TOOL_MISSING` with what to install; `WS_TOOL_SETTINGS`
 */
export async function requireTools(
  run: RunSpec,
  tools: Pick<RunTools, 'missing'>,
  around: FindProgramOptions,
): Promise<ToolsOfRun> {
  const missing = await tools.missing(run, around)
  if (missing.tools.size === 0) return { run, told: [] }
  if (missing.tasks.length > 0) throw toolMissing(missing.tasks)
  const tasks = run.tasks.map((task) => ({
    ...task,
    tools: task.tools.filter(({ tool }) => !missing.tools.has(tool)),
  }))
  const told = [...missing.tools].map(([tool, programs]): WorkEvent => {
    const install = installHint(tool)
    const names = programs.map((name) => JSON.stringify(name)).join(' or ')
    const detail = `no program ${names} was found${install === undefined ? '' : `; ${install}`}`
    return { type: 'tool.measured', tool, health: 'missing', detail }
  })
  return { run: { ...run, tasks }, told }
}

function toolMissing(missing: Awaited<ReturnType<RunTools['missing']>>['tasks']): WsError {
  const said = missing.map(({ taskId, programs }) => {
    const tools = Object.entries(programs).map(
      ([tool, names]) => `${tool}${names.length === 0 ? '' : ` (${names.join(', ')})`}`,
    )
    return `task "${taskId}" needs ${tools.join(' or ')}`
  })
  const names = new Set(missing.flatMap(({ programs }) => Object.keys(programs)))
  const installs = [...names].flatMap((name) => installHint(name) ?? [])
  const install = installs.length === 0 ? 'install it' : `install it (${installs.join('; ')})`
  return new WsError('WS_TOOL_MISSING', `no program was found: ${said.join('; ')}`, {
    details: { missing: missing.map(({ taskId, programs }) => ({ taskId, programs })) },
    hint: `${install}, put its folder on PATH, or say where it is: tools: { <name>: { command: <path> } }`,
  })
}
