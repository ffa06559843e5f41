import type { Document, Node, YAMLMap, YAMLSeq } from 'yaml'
import type { Claim } from '../claims/claim.ts'
import { invariant } from '../errors/invariant.ts'
import { formatDuration } from '../words/duration.ts'
import { formatPriority } from '../words/priority.ts'
import type { Plan, PlanInput } from './plan.ts'
import type { Task, TaskInput } from './task.ts'
import type { Workstream, WorkstreamInput } from './workstream.ts'

/** A parsed plan as a person would write it: words, durations, and nothing that goes without saying. */
export function planToInput(plan: Plan): PlanInput {
  const { version, checks, tools, limits, defaults, workstreams, order, metadata, ...settings } = plan
  return {
    version,
    ...settings,
    ...(isEmpty(checks) ? {} : { checks: mapValues(checks, withTimeout) }),
    ...(isEmpty(tools) ? {} : { tools }),
    ...(isEmpty(limits) ? {} : { limits }),
    ...(defaults === undefined ? {} : { defaults: withBackoff(withTimeout(defaults)) }),
    ...(order === undefined ? {} : { order }),
    ...(metadata === undefined ? {} : { metadata }),
    workstreams: workstreams.map(workstreamToInput),
  }
}

/** The canonical plan file, which reads back as the same plan. */
export async function planToYaml(plan: Plan): Promise<string> {
  const yaml = await import('yaml')
  const document: Document = new yaml.Document(planToInput(plan), { aliasDuplicateObjects: false })
  yaml.visit(document, {
    // Without quotes it would be read as a merge.
    Scalar: (_key, node) => {
      if (node.value === '<<') node.type = 'QUOTE_DOUBLE'
    },
    // Short lists and maps of plain values fit on a line, as people write them.
    Collection: (_key, node: YAMLMap | YAMLSeq) => {
      const parts = node.items.flatMap((item): unknown[] =>
        yaml.isPair(item) ? [item.key, item.value] : [item],
      )
      const texts = parts.map((part) => (yaml.isScalar(part) ? String(part.value) : undefined))
      const isShort =
        texts.every((text) => text !== undefined && !text.includes('\n')) &&
        texts.join(', ').length <= shortLength
      if (isShort && parts.length > 0) node.flow = true
    },
  })
  spaceOut(document, yaml)
  return document.toString({ lineWidth: 110, flowCollectionPadding: true })
}

/** What fits on a line beside its key and indentation. */
const shortLength = 60

/** A blank line before each workstream but the first. */
function spaceOut(document: Document, { isSeq }: Pick<typeof import('yaml'), 'isSeq'>): void {
  const workstreams = document.get('workstreams')
  invariant(isSeq<Node>(workstreams), 'plan.workstreams-list')
  for (const item of workstreams.items.slice(1)) item.spaceBefore = true
}

function workstreamToInput(workstream: Workstream): WorkstreamInput {
  const { id, name, owner, priority, needs, claims, tasks, metadata, ...settings } = workstream
  return {
    id,
    ...defined({ name, owner }),
    ...(priority === undefined ? {} : { priority: formatPriority(priority) }),
    ...(needs.length === 0 ? {} : { needs }),
    ...(claims === undefined ? {} : { claims: claims.map(claimToInput) }),
    ...settings,
    ...defined({ metadata }),
    tasks: tasks.map(taskToInput),
  }
}

function taskToInput(task: Task): TaskInput {
  const {
    id,
    role,
    label,
    phase,
    tool,
    model,
    prompt,
    run,
    claims,
    priority,
    env,
    required,
    uses,
    metadata,
    ...others
  } = task
  const { needs, capabilities, inputs, files, outputs, artifacts, ...settings } = others
  const lists = { needs, capabilities, inputs, files, outputs, artifacts }
  return {
    id,
    ...(role === 'work' ? {} : { role }),
    ...defined({ label, phase, tool, model, prompt, run }),
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
    ...(claims === undefined ? {} : { claims: claims.map(claimToInput) }),
    ...(priority === undefined ? {} : { priority: formatPriority(priority) }),
    ...withBackoff(withTimeout(settings)),
    ...(isEmpty(env) ? {} : { env }),
    ...(required ? {} : { required }),
    ...(isEmpty(uses) ? {} : { uses }),
    ...defined({ metadata }),
  }
}

function claimToInput({ path, mode, exclude }: Claim) {
  if (mode === 'exclusive' && exclude === undefined) return path
  return {
    path,
    ...(mode === 'exclusive' ? {} : { mode }),
    ...(exclude === undefined ? {} : { exclude: [...exclude] }),
  }
}

function withTimeout<T extends { timeoutMs?: number | undefined }>({ timeoutMs, ...settings }: T) {
  return { ...settings, ...(timeoutMs === undefined ? {} : { timeout: formatDuration(timeoutMs) }) }
}

function withBackoff<T extends { backoff?: Task['backoff'] }>({ backoff, ...settings }: T) {
  if (backoff === undefined) return settings
  const { baseMs, maxMs, ...others } = backoff
  const durations = {
    ...(baseMs === undefined ? {} : { base: formatDuration(baseMs) }),
    ...(maxMs === undefined ? {} : { max: formatDuration(maxMs) }),
  }
  return { ...settings, backoff: { ...others, ...durations } }
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}

function defined<T extends object>(settings: T): Partial<T> {
  const result: Partial<T> = { ...settings }
  for (const key in result) if (result[key] === undefined) delete result[key]
  return result
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0
}
