import type { TaskState } from './run-state.ts'
import type { ToolChoice } from './run-spec.ts'

/** The tools that may still do the task: those that refused it are out; the last one never is. */
export function usableTools({ spec, avoided }: Pick<TaskState, 'spec' | 'avoided'>): readonly ToolChoice[] {
  if (avoided.size === 0) return spec.tools
  return spec.tools.filter(({ tool }) => !avoided.has(tool))
}

/** Equal for tasks of a run that need the same tools and resources: what limits one limits all of them. */
export function classKeyOf(task: Pick<TaskState, 'spec' | 'avoided' | 'run'>): string {
  const { kind, uses } = task.spec
  const tools = usableTools(task).map(({ tool, account }) => [tool, account])
  const demands = Object.entries(uses).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([task.run.id, kind, tools, demands])
}
