import { Random } from '@ws/core/testing'
import type { SimulatedTask, SimulationOptions } from '@ws/core/testing'

type Workload = Pick<SimulationOptions, 'tasks' | 'limits'>

/** Plans of different shapes, of any size; the same in every run. */
export const shapes: Readonly<Record<string, (size: number) => Workload>> = {
  independent: (size) => ({
    limits: { concurrency: 8 },
    tasks: tasksOf(size, (at) => ({ claims: [`packages/p${at}/**`] })),
  }),
  // A hundred abreast; each needs two of the layer before and shares its directory with others of its layer.
  layers: (size) => ({
    limits: { concurrency: 8 },
    tasks: tasksOf(size, (at, random) => {
      const layer = Math.floor(at / 100)
      const need = () => `t${(layer - 1) * 100 + random.below(100)}`
      return {
        needs: layer === 0 ? [] : [...new Set([need(), need()])],
        claims: [`packages/p${random.below(60)}/**`],
      }
    }),
  }),
  chain: (size) => ({
    limits: { concurrency: 8 },
    tasks: tasksOf(size, (at) => ({
      needs: at === 0 ? [] : [`t${at - 1}`],
      claims: [`packages/p${at % 50}/**`],
    })),
  }),
  'one hot file': (size) => ({
    limits: { concurrency: 8 },
    tasks: tasksOf(size, (at) => ({ claims: at % 2 === 0 ? [`packages/p${at}/**`] : ['package.json'] })),
  }),
  // No two claim the same, so none shares the fate of another.
  'one hot file and an own directory': (size) => ({
    limits: { concurrency: 8 },
    tasks: tasksOf(size, (at) => ({
      claims: at % 2 === 0 ? [`packages/p${at}/**`] : [`packages/p${at}/**`, 'package.json'],
    })),
  }),
  // Patterns without a directory in front: whether two of them meet only their automata tell.
  'globs that may all meet': (size) => ({
    limits: { concurrency: 8 },
    tasks: tasksOf(size, (at) => ({ claims: [`*/part${at}/*.ts`] })),
  }),
  resources: (size) => ({
    limits: { concurrency: 32, cpu: 24, memoryMb: 64_000, licences: 3 },
    tasks: tasksOf(size, (at, random) => ({
      claims: [`packages/p${at}/**`],
      uses: {
        cpu: 1 + random.below(4),
        memoryMb: 1_000 * (1 + random.below(6)),
        ...(random.chance(0.1) ? { licences: 1 } : {}),
      },
    })),
  }),
  // Workstreams of four tasks, one after another, on directories of which some are shared by neighbours.
  workstreams: (size) => ({
    limits: { concurrency: 8 },
    tasks: tasksOf(size, (at) => {
      const stream = Math.floor(at / 4)
      return {
        workstream: `w${stream}`,
        needs: at % 4 === 0 ? [] : [`t${at - 1}`],
        claims: [`packages/p${Math.floor(stream / 2)}/src/m${at % 4}/**`],
      }
    }),
  }),
}

function tasksOf(
  size: number,
  rest: (at: number, random: Random) => Omit<SimulatedTask, 'id' | 'durationMs'>,
): readonly SimulatedTask[] {
  const random = new Random(1)
  return Array.from({ length: size }, (_, at) => ({
    id: `t${at}`,
    durationMs: 1_000 + random.below(600_000),
    ...rest(at, random),
  }))
}
