import { asList, ForeignPart, isMap, type Origins, present } from './foreign-part.ts'
import { foreignPatterns, foreignPriority, foreignTask, planSettings } from './foreign-task.ts'

/** A plan of workstreams and tasks under other names, with the id that its run is to have. */
export function compilePhasePlan(
  value: Readonly<Record<string, unknown>>,
  origins: Origins,
): Record<string, unknown> {
  const top = new ForeignPart(value, [], [], origins)
  const globals = top.part('globals', [])
  const concurrency = globals.take('concurrency', 'max_concurrency')
  const repoRoot = globals.take(['metadata', 'repoRoot'], 'repo_root')
  const workstreams = asList(top.take('workstreams', 'workstreams')) ?? []
  const runId = top.take('runId', 'run_id')
  return {
    version: 1,
    ...present({ concurrency, runId }),
    ...top.takeAll(
      planSettings.filter((key) => key !== 'runId' && (key !== 'concurrency' || concurrency === undefined)),
    ),
    ...present({ metadata: top.rest({ repoRoot, globals: globals.rest() }) }),
    workstreams: workstreams.map((stream, index) => compileWorkstream(stream, index, origins)),
  }
}

function compileWorkstream(value: unknown, index: number, origins: Origins): unknown {
  if (!isMap(value)) return value
  const at = ['workstreams', index]
  const part = new ForeignPart(value, at, at, origins)
  const tasks = part.take('tasks', 'tasks')
  const gapIds = part.take(['metadata', 'gapIds'], 'gap_ids')
  return present({
    ...part.takeAll([
      'id',
      'name',
      'owner',
      'branch',
      'baseOn',
      'merge',
      'checks',
      'budget',
      'holdUntil',
      'guardrails',
    ]),
    priority: foreignPriority(part.take('priority', 'priority')),
    needs: part.take('needs', 'dependencies', 'needs'),
    claims: foreignPatterns(part.take('claims', 'path_claims', 'claims')),
    metadata: part.rest({ gapIds }),
    tasks: Array.isArray(tasks)
      ? tasks.map((task, place) => compileTask(task, [...at, 'tasks', place], origins))
      : tasks,
  })
}

function compileTask(value: unknown, at: readonly (string | number)[], origins: Origins): unknown {
  if (!isMap(value)) return value
  const part = new ForeignPart(value, at, at, origins)
  const task = foreignTask(part)
  const gapIds = part.take(['metadata', 'gapIds'], 'gap_ids')
  for (const key of ['inputs', 'outputs', 'files']) if (key in task) task[key] = foreignPatterns(task[key])
  return present({
    ...part.takeAll(['id', 'role']),
    ...task,
    priority: foreignPriority(part.take('priority', 'priority')),
    needs: part.take('needs', 'dependencies', 'deps', 'needs'),
    claims: foreignPatterns(part.take('claims', 'path_claims', 'claims')),
    metadata: part.rest({ gapIds }),
  })
}
