// What a plan would do, before anything is started: node dry-run.ts [plan file]
import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { styleText } from 'node:util'
import {
  buildGraph,
  executionGroups,
  findPlanConflicts,
  formatProblems,
  lowerBound,
  parsePlan,
  resolveRun,
} from '@ws/core'
import type { Plan, RunSpec, TaskSpec } from '@ws/core'
import { simulate } from '@ws/core/testing'

/** What a task is taken to last where the plan does not say. */
const assumedMs = 5 * 60_000
const width = 80

const file = process.argv[2] ?? fileURLToPath(new URL('plans/oauth.yaml', import.meta.url))
const text = await readFile(file, 'utf8')
const result = await parsePlan(text, { file: relative('', file) })
// Conflicts are shown below.
const warnings = result.warnings.filter(({ code }) => code !== 'WS_PLAN_CLAIM_CONFLICT')
if (warnings.length > 0) console.error(`${formatProblems(warnings, { text, width })}\n`)
if (result.ok) await show(result.plan)
else {
  console.error(formatProblems(result.problems, { text, width }))
  process.exitCode = 1
}

interface Bar {
  readonly task: TaskSpec
  readonly readyMs: number
  readonly startMs: number
  readonly endMs: number
}

async function show(plan: Plan): Promise<void> {
  const run = resolveRun(plan, { runId: 'dry-run', user: 'nobody' })
  const tasks = run.tasks.map((task) => ({
    id: task.id,
    workstream: task.workstream,
    durationMs: durationOf(task),
    // A landing is taken to need no time: what waits for it waits for the tasks of what lands.
    needs: [
      ...task.needs,
      ...run.tasks.filter((other) => task.needsLanded.includes(other.workstream)).map(({ id }) => id),
    ],
    claims: run.workstreams.find(({ id }) => id === task.workstream)?.claims ?? [],
    priority: task.priority ?? run.workstreams.find(({ id }) => id === task.workstream)?.priority ?? 2,
    uses: task.uses,
  }))
  const { slots: concurrency = 3, ...resources } = run.limits
  const { starts, makespanMs } = await simulate({
    tasks,
    limits: { concurrency, ...resources },
    estimates: 'exact',
  })
  const endOf = (id: string) =>
    (starts.get(id) ?? 0) + (tasks.find((task) => task.id === id)?.durationMs ?? 0)
  const bars = run.tasks.map((task, index) => {
    const { needs, durationMs } = tasks[index]!
    const startMs = starts.get(task.id) ?? 0
    return { task, readyMs: Math.max(0, ...needs.map(endOf)), startMs, endMs: startMs + durationMs }
  })
  const bound = lowerBound(tasks, { concurrency, capacities: resources })
  heading(
    `${run.name}: ${run.workstreams.length} workstreams, ${run.tasks.length} tasks, ${concurrency} at a time`,
  )
  heading('Groups: each needs only what is in those before it')
  for (const [index, group] of executionGroups(buildGraph(tasks)).entries())
    list(`${index + 1}`, group.join(', '))
  heading('Conflicts: these never run side by side')
  for (const { a, b, witness } of findPlanConflicts(plan))
    list('', `${a} and ${b}, since both claim ${witness}`)
  heading('Schedule: · ready but waiting for a claim, a tool or a slot')
  gantt(bars, makespanMs)
  heading('Estimates')
  list('time', `${minutes(makespanMs)}; no schedule is shorter than ${minutes(bound.ms)} (${bound.because})`)
  list(
    'alone',
    `${minutes(tasks.reduce((sum, { durationMs }) => sum + durationMs, 0))}, one task after another`,
  )
  list('cost', costOf(run))
}

function durationOf({ estimateMs, kind }: TaskSpec): number {
  return estimateMs ?? (kind === 'person' ? 0 : assumedMs)
}

function costOf({ tasks, budget }: RunSpec): string {
  const known = tasks.filter(({ estimateUsd }) => estimateUsd !== undefined)
  const unknown = tasks.filter(({ kind, estimateUsd }) => kind === 'tool' && estimateUsd === undefined).length
  const usd = known.reduce((sum, { estimateUsd = 0 }) => sum + estimateUsd, 0)
  const open = unknown === 0 ? '' : `, and ${unknown} without an estimate`
  return `$${usd.toFixed(2)}${open}${budget === undefined ? '' : ` of a budget of $${budget.usd.toFixed(2)}`}`
}

function gantt(bars: readonly Bar[], makespanMs: number): void {
  const names = Math.min(26, Math.max(...bars.map(({ task }) => task.id.length)))
  const room = width - names - 4
  const at = (ms: number) => Math.round((ms / Math.max(makespanMs, 1)) * room)
  for (const { task, readyMs, startMs, endMs } of bars.toSorted((a, b) => a.startMs - b.startMs)) {
    const waiting = '·'.repeat(at(startMs) - at(readyMs))
    const working = '█'.repeat(Math.max(1, at(endMs) - at(startMs)))
    const name = task.id.length > names ? `${task.id.slice(0, names - 1)}…` : task.id.padEnd(names)
    console.log(
      `  ${name}  ${' '.repeat(at(readyMs))}${styleText('dim', waiting)}${styleText(colourOf(task), working)}`,
    )
  }
  const end = minutes(makespanMs)
  console.log(`  ${' '.repeat(names)}  0${end.padStart(room - 1)}`)
}

function colourOf({ kind }: TaskSpec): 'cyan' | 'green' | 'yellow' {
  return kind === 'tool' ? 'cyan' : kind === 'command' ? 'green' : 'yellow'
}

function minutes(ms: number): string {
  return `${Math.round(ms / 6_000) / 10} min`
}

function heading(words: string): void {
  console.log(styleText('bold', `\n${words}`))
}

function list(name: string, words: string): void {
  console.log(`  ${name.padEnd(8)}${words}`)
}
