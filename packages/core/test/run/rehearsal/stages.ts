import type { RunSpec, TaskSpec, WorkstreamSpec } from '../../../src/run/run-spec.ts'
import { contentions } from '../../../src/run/contention.ts'
import { Player } from '../../../src/run/rehearsal/player.ts'
import type { Stage } from '../../../src/run/rehearsal/stage.ts'
import { stageOf } from '../../../src/run/rehearsal/stage-of.ts'
import type { Random } from '../../../src/testing/random.ts'
import { partsOf } from '../plan-notation.ts'

/** What a stage is made of, as tests say it. */
export interface StageDetails {
  /** Minutes for each task by its id. @default 1 */
  readonly minutes?: Readonly<Record<string, number>>
  readonly tasks?: Readonly<Record<string, Partial<TaskSpec>>>
  readonly workstreams?: Readonly<Record<string, Partial<WorkstreamSpec>>>
  /** @default { slots: 3 } */
  readonly capacities?: Readonly<Record<string, number>>
}

/** The stage for a plan in the notation of the run machine's tests, in minutes. */
export function stageFor(notation: string, details: StageDetails = {}): Stage {
  const { minutes = {}, capacities = { slots: 3 }, ...rest } = details
  const parts = partsOf(notation, rest)
  return stageOf(parts, {
    durations: parts.tasks.map(({ id }) => minutes[id] ?? 1),
    contention: contentions(parts.workstreams, { ignoreCase: false }),
    capacities,
    ignoreCase: false,
  })!
}

/** A player that may look as often as it likes. */
export function playerFor(stage: Stage, left = Number.POSITIVE_INFINITY): Player {
  return new Player(stage, stage.graph, { left })
}

/** The tasks in the plan's order. */
export function planOrder({ size }: Stage): Int32Array {
  return Int32Array.from({ length: size }, (_, task) => task)
}

const paths = ['src/**', 'src/a/**', 'src/a/x.ts', 'src/b/**', 'docs/*.md', 'docs/guide.md', 'package.json']

/** A plan of a few workstreams with everything that a rehearsal heeds, and its durations. */
export function randomStage(random: Random): { readonly stage: Stage; readonly plain: readonly number[] } {
  const parts = randomParts(random)
  const stage = stageOf(parts, {
    durations: parts.tasks.map(() => (random.chance(0.1) ? 0 : 1 + random.below(60))),
    contention: contentions(parts.workstreams, { ignoreCase: false }),
    capacities: random.chance(0.1) ? {} : { slots: 1 + random.below(4), cpu: 4, acme: 2 },
    ignoreCase: false,
  })!
  return { stage, plain: [...stage.graph.longestPaths(stage.durations)].slice(0, parts.tasks.length) }
}

function randomParts(random: Random): Pick<RunSpec, 'workstreams' | 'tasks'> {
  const lines: string[] = []
  const tasks: Record<string, Partial<TaskSpec>> = {}
  const before: string[] = []
  const streams = 1 + random.below(8)
  for (let stream = 0; stream < streams; stream++) {
    const claims = paths
      .filter(() => random.chance(0.2))
      .map((path) => (random.chance(0.2) ? `+${path}` : path))
    const own = Array.from({ length: 1 + random.below(4) }, (_, n) => {
      const id = `t${stream}x${n}`
      const needs = before.filter(() => random.chance(0.1))
      if (stream > 0 && random.chance(0.05)) needs.push(`w${random.below(stream)}!`)
      const kind = random.chance(0.05) ? 'person' : 'tool'
      const priority = random.chance(0.1) ? { priority: random.below(4) } : {}
      tasks[id] = { kind, uses: random.chance(0.4) ? { cpu: 1 + random.below(4) } : {}, ...priority }
      before.push(id)
      return needs.length === 0 ? id : `${id} < ${needs.join(' & ')}`
    })
    lines.push(`w${stream} [${claims.join(' ')}]: ${own.join(', ')}`)
  }
  return partsOf(lines.join('\n'), { tasks })
}
