import { asList, asMap, ForeignPart, isMap, type Origins, present } from './foreign-part.ts'
import { foreignOrder } from './foreign-order.ts'
import { foreignPatterns, foreignPriority, foreignTask, planSettings } from './foreign-task.ts'

/** The name under which an order asks for the verification of all that has landed. */
const finalStream = 'stream-complete'

/** A plan of streams: each is a workstream, its phases are tasks one after another, its scope is its exclusive claim. */
export function compileStreams(
  value: Readonly<Record<string, unknown>>,
  origins: Origins,
): Record<string, unknown> {
  const top = new ForeignPart(value, [], [], origins)
  const streams = Object.entries(asMap(top.take('workstreams', 'streams')))
  const phases = asMap(top.take('phases', 'phases'))
  const resolve = resolver(streams.map(([key]) => key))
  top.take('order', 'execution_order')
  const order = foreignOrder(value['execution_order'], ['execution_order'], origins, resolve)
  const workstreams = streams.map(([key, stream], index) =>
    compileStream({ key, stream, index, phases, resolve, origins }),
  )
  const hasEnd = JSON.stringify(order ?? []).includes(JSON.stringify(finalStream))
  if (hasEnd && !streams.some(([key]) => key === finalStream)) {
    workstreams.push(verification(streams, phases, workstreams.length, origins))
  }
  return {
    version: 1,
    ...top.takeAll(planSettings),
    ...present({ order, metadata: top.rest() }),
    workstreams,
  }
}

interface StreamContext {
  readonly key: string
  readonly stream: unknown
  readonly index: number
  readonly phases: Readonly<Record<string, unknown>>
  readonly resolve: (name: string) => string
  readonly origins: Origins
}

function compileStream(context: StreamContext): unknown {
  const { key, stream, index, resolve, origins } = context
  if (!isMap(stream)) return stream
  const part = new ForeignPart(stream, ['streams', key], ['workstreams', index], origins)
  const tool = part.take('tool', 'tool')
  const scope = part.take('claims', 'scope')
  const phases = asList(part.take('tasks', 'phases')) ?? []
  // Also where it has none, so that their lack is named in the words of this format.
  origins.set(JSON.stringify(['workstreams', index, 'tasks']), ['streams', key, 'phases'])
  const needs = asList(part.take('needs', 'dependencies'))
  return {
    id: key,
    ...present({
      ...part.takeAll(['name', 'owner', 'branch', 'merge', 'checks', 'budget', 'holdUntil', 'guardrails']),
      priority: foreignPriority(part.take('priority', 'priority')),
      needs: needs?.map((need) => (typeof need === 'string' ? resolve(need) : need)),
      claims: foreignPatterns(asList(scope)),
      metadata: part.rest(),
    }),
    tasks: phases.map((phase, place) =>
      typeof phase === 'string'
        ? compilePhase(phase, place, phases, { ...context, stream, tool, scope })
        : phase,
    ),
  }
}

interface PhaseContext extends StreamContext {
  readonly stream: Readonly<Record<string, unknown>>
  readonly tool: unknown
  readonly scope: unknown
}

function compilePhase(
  phase: string,
  place: number,
  phases: readonly unknown[],
  context: PhaseContext,
): Record<string, unknown> {
  const { key, stream, tool, scope, index, origins } = context
  const at = ['workstreams', index, 'tasks', place]
  const definition = context.phases[phase]
  const isDefined = definition !== undefined && definition !== null
  const from = isDefined ? ['phases', phase] : ['streams', key, 'phases', place]
  const part = new ForeignPart(
    typeof definition === 'string' ? { prompt: definition } : definition,
    from,
    at,
    origins,
  )
  if (typeof definition === 'string') origins.set(JSON.stringify([...at, 'prompt']), from)
  origins.set(JSON.stringify([...at, 'id']), ['streams', key, 'phases', place])
  const task = foreignTask(part)
  const paths = (asList(scope) ?? []).filter((path) => typeof path === 'string')
  const within = paths.length === 0 ? '' : ` Change nothing outside ${paths.join(', ')}.`
  const name = typeof stream['name'] === 'string' ? stream['name'] : key
  if (!isDefined) task['prompt'] = `Carry out the phase "${phase}" of "${name}".${within}`
  if (tool !== undefined && task['run'] === undefined) task['tool'] ??= tool
  const before = phases[place - 1]
  return {
    id: taskId(key, phase),
    ...present({
      label: phase,
      phase,
      ...task,
      needs: typeof before === 'string' ? [taskId(key, before)] : undefined,
      metadata: part.rest(),
    }),
  }
}

function verification(
  streams: readonly (readonly [string, unknown])[],
  phases: Readonly<Record<string, unknown>>,
  index: number,
  origins: Origins,
): unknown {
  const names = streams.map(([key, stream]) => {
    const name = asMap(stream)['name']
    return typeof name === 'string' ? name : key
  })
  const definition = phases[finalStream]
  const at = ['workstreams', index, 'tasks', 0]
  const from = definition === undefined ? ['execution_order'] : ['phases', finalStream]
  const part = new ForeignPart(
    typeof definition === 'string' ? { prompt: definition } : definition,
    from,
    at,
    origins,
  )
  const task = foreignTask(part)
  if (task['prompt'] === undefined && task['run'] === undefined) {
    task['prompt'] =
      `Verify what has landed: that the results of ${names.join(', ')} are complete and fit together. Change nothing.`
  }
  return {
    id: finalStream,
    name: 'Final verification',
    needs: streams.map(([key]) => key),
    claims: [],
    baseOn: 'target',
    tasks: [
      present({ id: finalStream, role: 'verify', phase: 'verification', ...task, metadata: part.rest() }),
    ],
  }
}

function taskId(stream: string, phase: string): string {
  return `${stream}-${phase}`
}

/** Finds a stream by its key in any case, with or without `stream-`. */
function resolver(keys: readonly string[]): (name: string) => string {
  const short = (name: string) => name.toLowerCase().replace(/^stream-/, '')
  const byShort = new Map([
    [short(finalStream), finalStream],
    ...keys.map((key): [string, string] => [short(key), key]),
  ])
  return (name) => (keys.includes(name) ? name : (byShort.get(short(name)) ?? name))
}
