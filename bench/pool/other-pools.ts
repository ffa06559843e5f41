import { fileURLToPath } from 'node:url'
import { launchCluster } from '@ws/pool'
import { echoTool } from '@ws/testing'
import { Piscina } from 'piscina'
import { Tinypool } from 'tinypool'
import workerpool from 'workerpool'
import { median, msOf, row, times } from './measure.ts'

const count = 5
const tasks = 2_000
const rounds = 5

interface OtherPool {
  readonly name: string
  readonly run: (text: string) => Promise<unknown>
  readonly close: () => Promise<unknown>
}

/**
 * Pools of workers that are programs of ours, for orientation: they hand a value to a function and know no tools,
 * turns, conversations or trees of processes. piscina has threads only.
 */
export async function otherPools(text: string): Promise<void> {
  const cluster = await launchCluster(echoTool(), { count, maxQueued: tasks, routing: 'least-busy' })
  const pools: readonly OtherPool[] = [
    { name: '@ws/pool', run: (prompt) => cluster.prompt(prompt), close: () => cluster.close() },
    tinypool(),
    workerpoolPool(),
    piscina(),
  ]
  const spent = pools.map((): number[] => [])
  for (let round = -1; round < rounds; round++)
    for (const [at, { run }] of pools.entries()) {
      const ms = await msOf(() => Promise.all(times(tasks, () => run(text))))
      if (round >= 0) spent[at]?.push(ms)
    }
  await Promise.all(pools.map(({ close }) => close()))
  console.log(`${tasks} texts to ${count} workers and back, all at once     a second`)
  for (const [at, { name }] of pools.entries())
    row(name, ((tasks / median(spent[at] ?? [])) * 1_000).toFixed(0))
  console.log('')
}

function tinypool(): OtherPool {
  const filename = import.meta.resolve('./echo-task.ts')
  const pool = new Tinypool({ filename, runtime: 'child_process', minThreads: count, maxThreads: count })
  return { name: 'tinypool, processes', run: (text) => pool.run(text), close: () => pool.destroy() }
}

function workerpoolPool(): OtherPool {
  const script = fileURLToPath(import.meta.resolve('./workerpool-task.ts'))
  const pool = workerpool.pool(script, { workerType: 'process', minWorkers: count, maxWorkers: count })
  return {
    name: 'workerpool, processes',
    run: async (text) => pool.exec('echo', [text]),
    close: async () => pool.terminate(),
  }
}

function piscina(): OtherPool {
  const filename = import.meta.resolve('./echo-task.ts')
  const pool = new Piscina({ filename, minThreads: count, maxThreads: count })
  return { name: 'piscina, threads', run: (text) => pool.run(text), close: () => pool.destroy() }
}
