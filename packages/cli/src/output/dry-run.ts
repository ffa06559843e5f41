import {
  buildGraph,
  type Claim,
  criticalPath,
  executionGroups,
  findPlanConflicts,
  formatDuration,
  lowerBound,
  type Plan,
  type RunSpec,
} from '@ws/core'
import type { Terminal } from '../terminal.ts'
import { plainText } from './plain-text.ts'
import { wrapText } from './wrap-text.ts'
import { writeJson } from './write-json.ts'

/** What a dry run shows, and where. */
export interface DryRunOptions {
  readonly plan: Plan
  readonly terminal: Terminal
  readonly concurrency: number
  readonly isJson: boolean
}

/** What an attempt is taken to last where nothing is estimated. */
const unknownMs = 5 * 60_000

/** Shows what a run would do: groups, order, estimates, conflicts, and the bound that no order can beat. */
export function dryRun(run: RunSpec, { plan, terminal, concurrency, isJson }: DryRunOptions): void {
  const claims = new Map(
    run.workstreams.map(({ id, claims: held }): [string, readonly Claim[]] => [id, held]),
  )
  const graph = buildGraph(
    run.tasks.map((task) => ({
      id: task.id,
      needs: [
        ...task.needs,
        ...run.tasks.filter(({ workstream }) => task.needsLanded.includes(workstream)).map(({ id }) => id),
      ],
      durationMs: task.estimateMs ?? unknownMs,
      claims: [...(claims.get(task.workstream) ?? [])],
    })),
  )
  const facts = {
    name: run.name,
    groups: executionGroups(graph),
    criticalPath: criticalPath(graph).path,
    lowerBoundMs: lowerBound(graph, {
      concurrency: Math.min(concurrency, run.limits['slots'] ?? concurrency),
    }).ms,
    estimateUsd: run.tasks.reduce(
      (sum, task) => sum + (task.kind === 'tool' ? (task.estimateUsd ?? run.reserveUsd) : 0),
      0,
    ),
    budgetUsd: run.budget?.usd,
    target: run.target,
    push: run.work?.remote.push ?? 'none',
    conflicts: findPlanConflicts(plan).map(({ a, b, witness }) => ({ a, b, path: witness })),
    tasks: run.tasks.map(({ id, workstream, kind, tools }) => ({
      id,
      workstream,
      by: kind === 'tool' ? tools.map(({ tool }) => tool) : [kind],
    })),
  }
  if (isJson) writeJson(terminal, { type: 'dry-run', ...facts })
  else {
    const told = lines(facts, new Map(facts.tasks.map((task) => [task.id, task])))
    const width = terminal.isLive ? terminal.columns : Number.POSITIVE_INFINITY
    terminal.out(`${told.flatMap((line) => wrapText(line, width, '    ')).join('\n')}\n`)
  }
}

interface Facts {
  readonly name: string
  readonly groups: readonly (readonly string[])[]
  readonly criticalPath: readonly string[]
  readonly lowerBoundMs: number
  readonly estimateUsd: number
  readonly budgetUsd: number | undefined
  readonly target: string
  readonly push: string
  readonly conflicts: readonly { readonly a: string; readonly b: string; readonly path: string }[]
}

function lines(
  facts: Facts,
  tasks: ReadonlyMap<string, { readonly workstream: string; readonly by: readonly string[] }>,
): string[] {
  const of = (id: string) => {
    const task = tasks.get(id)
    return task === undefined ? id : `${id} (${task.workstream}: ${task.by[0] ?? 'no tool'})`
  }
  const budget = facts.budgetUsd === undefined ? 'no limit' : `of ${facts.budgetUsd.toFixed(2)} USD`
  return [
    `${facts.name}: lands on ${facts.target}, pushes ${facts.push === 'none' ? 'nothing' : `the ${facts.push}`}`,
    ...facts.groups.map((group, index) => `  ${index + 1}. ${group.map(of).join(', ')}`),
    `critical path: ${facts.criticalPath.join(' → ')}`,
    `no order is faster than ${formatDuration(facts.lowerBoundMs)}; estimated cost ${facts.estimateUsd.toFixed(2)} USD, ${budget}`,
    ...facts.conflicts.map(({ a, b, path }) => `${a} and ${b} take turns: both claim ${path}`),
  ].map((line) => plainText(line))
}
