import type { Claim } from '../../src/claims/claim.ts'
import type { RunSpec, TaskSpec, WorkstreamSpec } from '../../src/run/run-spec.ts'
import type { Random } from '../../src/testing/random.ts'

const paths = [
  'src/a/**',
  'src/b/**',
  'src/**',
  'docs/*.md',
  'docs/guide.md',
  '**/*.json',
  'test/x?.ts',
  'src/a/x.ts',
]
const tools = [
  { tool: 'alpha', account: 'one' },
  { tool: 'beta', account: 'one' },
  { tool: 'gamma', account: 'two' },
]

/** A small plan in which anything that a plan may say is said now and then. */
export function randomRun(random: Random, id: string): RunSpec {
  const streams = 1 + random.below(6)
  const workstreams: WorkstreamSpec[] = []
  const tasks: TaskSpec[] = []
  for (let i = 0; i < streams; i++) {
    workstreams.push(randomWorkstream(random, i))
    const count = 1 + random.below(3)
    for (let n = 0; n < count; n++) tasks.push(randomTask(random, i, n, tasks))
  }
  return {
    id,
    correlationId: id,
    name: id,
    user: 'ada',
    target: 'main',
    limits: random.chance(0.2) ? { slots: 2, cpu: 3 } : {},
    requires: [],
    ...(random.chance(0.4) ? { budget: { usd: 2 + random.below(10), warnAt: 0.8, stopAt: 0.95 } } : {}),
    failurePolicy: random.pick(['none', 'dependents', 'dependents', 'run']),
    onQuota: random.pick(['park', 'fallback']),
    reserveUsd: 0.5,
    workstreams,
    tasks,
  }
}

export function randomWorkstream(random: Random, index: number): WorkstreamSpec {
  const claims: Claim[] = []
  const count = random.below(3)
  for (let i = 0; i < count; i++) {
    const path = random.pick(paths)
    if (claims.some((claim) => claim.path === path)) continue
    claims.push({ path, mode: random.chance(0.75) ? 'exclusive' : 'shared' })
  }
  return {
    id: `w${index}`,
    priority: random.below(5),
    claims,
    holdUntil: random.chance(0.85) ? 'landed' : 'finished',
    lands: random.chance(0.85),
    ...(random.chance(0.05) ? { budgetUsd: 1 + random.below(3) } : {}),
  }
}

export function randomTask(random: Random, stream: number, n: number, before: readonly TaskSpec[]): TaskSpec {
  const kind = random.chance(0.7) ? 'tool' : random.chance(0.9) ? 'command' : 'person'
  const needs = before.filter(() => random.chance(0.18)).map((task) => task.id)
  const landed = [...Array(stream).keys()].filter(() => random.chance(0.04)).map((index) => `w${index}`)
  const choices = tools.filter(() => random.chance(0.5))
  return {
    id: `t${stream}-${n}`,
    workstream: `w${stream}`,
    kind,
    tools: kind === 'tool' ? (choices.length > 0 ? choices : [random.pick(tools)]) : [],
    needs,
    needsLanded: landed,
    isRequired: random.chance(0.85),
    ...(random.chance(0.1) ? { priority: random.below(5) } : {}),
    ...(random.chance(0.7) ? { estimateMs: 1_000 * (1 + random.below(600)) } : {}),
    ...(kind === 'tool' && random.chance(0.7) ? { estimateUsd: 0.25 * (1 + random.below(6)) } : {}),
    retries: random.below(3),
    backoff: { baseMs: 1_000, factor: 2, maxMs: 60_000 },
    uses: random.chance(0.3) ? { cpu: 1 + random.below(3) } : {},
    estimateKey: `kind-${random.below(4)}`,
  }
}
