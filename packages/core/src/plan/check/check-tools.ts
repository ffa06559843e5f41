import { personTool, toolKey } from '../../words/tool-name.ts'
import { list, quote } from '../problem/describe-issue.ts'
import type { DocumentPath, Finding } from '../problem/plan-problem.ts'
import { chosenTool, lackedBy, toolsFor } from '../tool-choice.ts'
import { suggestion } from './check-needs.ts'
import type { CheckContext } from './context.ts'

/** What each task is: a prompt for a tool that exists and can do it, or a command. */
export function* checkTools(context: CheckContext): Generator<Finding, void, undefined> {
  const { plan, tools, needs } = context
  const isKnown = (name: string) => name === '' || toolKey(name) === personTool || tools.has(toolKey(name))
  const names = new Set([...[...tools.values()].map(({ name }) => name), personTool])
  const unknown = (name: string, at: DocumentPath): Finding => ({
    code: 'WS_PLAN_UNKNOWN_TOOL',
    severity: 'error',
    message: `there is no tool ${quote(name)}`,
    hint: `${suggestion(name, names)} (a new one is described under "tools")`,
    at,
  })
  const fallback = plan.defaults?.tool
  if (fallback !== undefined && !isKnown(fallback)) yield unknown(fallback, ['defaults', 'tool'])
  for (const [name, { fallback: chain = [] }] of Object.entries(plan.tools)) {
    for (const [index, next] of chain.entries())
      if (!isKnown(next)) yield unknown(next, ['tools', name, 'fallback', index])
  }
  for (const { task, workstream, at } of needs.tasks) {
    yield* checkKind(task, at)
    if (task.tool !== undefined && !isKnown(task.tool)) {
      yield unknown(task.tool, [...at, 'tool'])
      continue
    }
    if (task.run !== undefined || task.capabilities.length === 0) continue
    const chosen = chosenTool(task, workstream, plan, tools)
    const tool = chosen === undefined ? undefined : tools.get(toolKey(chosen))
    const lacks = tool === undefined ? [] : lackedBy(tool, task.capabilities)
    if (tool !== undefined && lacks.length > 0) {
      const message = `task ${quote(task.id)} goes to ${quote(tool.name)}, which is not known for ${list(lacks)}`
      const hint =
        'take the tool out to have one chosen by capabilities, or the capabilities if it can do it all the same'
      yield {
        code: 'WS_PLAN_MISSING_CAPABILITY',
        severity: 'warning',
        message,
        hint,
        at: [...at, 'capabilities'],
      }
    }
    if (chosen === undefined && toolsFor(task, workstream, plan, tools).length === 0) {
      const message = `no tool is known for all of ${list(task.capabilities, 'and')}, which task ${quote(task.id)} asks for`
      yield {
        code: 'WS_PLAN_NO_TOOL',
        severity: 'error',
        message,
        hint: 'name a tool, or ask for less',
        at: [...at, 'capabilities'],
      }
    }
  }
}

function* checkKind(
  { id, prompt, run, tool }: CheckContext['needs']['tasks'][number]['task'],
  at: DocumentPath,
): Generator<Finding, void, undefined> {
  const wrong = (message: string, hint: string, key?: string): Finding => ({
    code: 'WS_PLAN_TASK_KIND',
    severity: 'error',
    message,
    hint,
    at: key === undefined ? at : [...at, key],
  })
  const isPerson = tool !== undefined && toolKey(tool) === personTool
  if (prompt !== undefined && run !== undefined) {
    yield wrong(
      `task ${quote(id)} has a prompt and a command`,
      'make two tasks of it, the second of which needs the first',
      'run',
    )
  } else if (prompt === undefined && run === undefined && !isPerson) {
    yield wrong(`task ${quote(id)} says nothing to do`, 'add a prompt for a tool, or a command to run')
  } else if (run !== undefined && tool !== undefined) {
    yield wrong(
      `task ${quote(id)} runs a command, so it has no tool`,
      'take the tool out, or write a prompt instead of the command',
      'tool',
    )
  }
}
