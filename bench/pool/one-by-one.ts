import { launchCluster } from '@ws/pool'
import { echoTool } from '@ws/testing'
import { BarePipe, barePrompts, lineOf } from './bare-pipe.ts'
import {
  allOf,
  cpuMsOf,
  median,
  msOf,
  quantile,
  ratioOf,
  type Rounds,
  row,
  sequence,
  times,
  us,
} from './measure.ts'

const rounds = 16
const perRound = 400

type Way = 'pipe' | 'protocol' | 'pool'

/** What a prompt costs that waits for nobody: through a pipe, through its protocol on a pipe, through a pool. */
export async function oneByOne(text: string): Promise<{ readonly ms: number; readonly ratio: number }> {
  const pipe = new BarePipe()
  await pipe.ready()
  const protocol = await barePrompts()
  const cluster = await launchCluster(echoTool(), { count: 1, maxQueued: perRound })
  const line = lineOf(text)
  const ways: Readonly<Record<Way, () => Promise<unknown>>> = {
    pipe: () => pipe.ask(line),
    protocol: () => protocol.ask(text),
    pool: () => cluster.prompt(text),
  }
  const measured: Rounds<Way> = []
  const spent: Rounds<Way> = []
  for (let round = -2; round < rounds; round++) {
    const ms = { pipe: [] as number[], protocol: [] as number[], pool: [] as number[] }
    const cpu = { pipe: [] as number[], protocol: [] as number[], pool: [] as number[] }
    for (const [way, ask] of Object.entries(ways) as [Way, () => Promise<unknown>][]) {
      const used = await cpuMsOf(async () => void ms[way].push(...(await sequence(perRound, ask))))
      cpu[way].push(used / perRound)
    }
    // The first ones compile what the others measure.
    if (round >= 0) measured.push(ms)
    if (round >= 0) spent.push(cpu)
  }
  console.log(
    `one prompt after another, ${rounds * perRound} each        median µs     p99 µs     of pipe    our CPU µs`,
  )
  for (const [way, name] of [
    ['pipe', 'bare pipe'],
    ['protocol', 'the tool’s protocol over a bare pipe'],
    ['pool', 'pool'],
  ] as const) {
    const all = allOf(measured, way)
    const figures = [us(median(all)), us(quantile(all, 0.99)), ratioOf(measured, way, 'pipe').toFixed(2)]
    row(name, ...figures, us(median(allOf(spent, way))))
  }
  const ms = median(measured.map((round) => median(round.pool) - median(round.pipe)))
  const ratio = ratioOf(measured, 'pool', 'pipe')

  const together = { pipe: [] as number[], pool: [] as number[] }
  for (let round = 0; round < rounds; round++)
    for (const way of ['pipe', 'pool'] as const)
      together[way].push(await msOf(() => Promise.all(times(perRound, ways[way]))))
  const [a, b] = [median(together.pipe) / perRound, median(together.pool) / perRound]
  console.log(
    `${perRound} prompts at once to one instance: ${us(a)} µs each through a pipe that holds all of them, ${us(b)} µs through the pool, which sends the next after the answer\n`,
  )
  await Promise.all([pipe.close(), protocol.close(), cluster.close()])
  return { ms, ratio }
}
