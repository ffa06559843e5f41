import { type ClusterManager, launchCluster } from '@ws/pool'
import { echoTool } from '@ws/testing'
import { BarePipe, barePrompts, lineOf } from './bare-pipe.ts'
import { median, msOf, quantile, row, times, us } from './measure.ts'

const count = 5
const prompts = 5_000
const rounds = 7

interface Taken {
  readonly ms: number[]
  readonly latencies: number[]
}

/** Prompts a second through five instances, beside five bare pipes. */
export async function sideBySide(
  text: string,
): Promise<{ readonly perSecond: number; readonly ratio: number }> {
  const pipes = times(count, () => new BarePipe())
  const near = times(count, () => new BarePipe({ isDetached: false }))
  const protocols = await Promise.all(times(count, barePrompts))
  await Promise.all([...pipes, ...near].map((pipe) => pipe.ready()))
  const cluster = await launchCluster(echoTool(), { count, maxQueued: prompts, routing: 'least-busy' })
  const line = lineOf(text)
  const inTurn = times(count, () => () => cluster.prompt(text))
  const ways: readonly (readonly [string, (latencies: number[]) => Promise<unknown>])[] = [
    [
      `bare pipes, in sessions of their own`,
      (to) =>
        through(
          pipes.map((pipe) => () => pipe.ask(line)),
          to,
        ),
    ],
    [
      'bare pipes, in our own session',
      (to) =>
        through(
          near.map((pipe) => () => pipe.ask(line)),
          to,
        ),
    ],
    [
      'the tool’s protocol over bare pipes',
      (to) =>
        through(
          protocols.map((protocol) => () => protocol.ask(text)),
          to,
        ),
    ],
    [`cluster.prompt, ${count} at a time`, (to) => through(inTurn, to)],
    ['cluster.prompt, all at once', () => Promise.all(times(prompts, () => cluster.prompt(text)))],
    ['cluster.map', () => throughMap(cluster, text)],
  ]
  const taken: Taken[] = ways.map(() => ({ ms: [], latencies: [] }))
  for (let round = -1; round < rounds; round++)
    for (const [at, [, run]] of ways.entries()) {
      const latencies: number[] = []
      const ms = await msOf(() => run(latencies))
      // The first round compiles what the others measure.
      if (round < 0) continue
      taken[at]?.ms.push(ms)
      taken[at]?.latencies.push(...latencies)
    }
  await Promise.all([...[...pipes, ...near, ...protocols].map((each) => each.close()), cluster.close()])

  const perSecond = ({ ms }: Taken) => (prompts / median(ms)) * 1_000
  const bare = taken[0] as Taken
  const shareOf = ({ ms }: Taken) => median(ms.map((each, at) => (bare.ms[at] ?? 0) / each))
  console.log(
    `${count} instances, ${prompts} prompts                  a second    of bare  median µs     p99 µs`,
  )
  for (const [at, [name]] of ways.entries()) {
    const each = taken[at] as Taken
    const isTimed = each.latencies.length > 0
    const times = isTimed ? [us(median(each.latencies)), us(quantile(each.latencies, 0.99))] : []
    row(name, perSecond(each).toFixed(0), shareOf(each).toFixed(2), ...times)
  }
  console.log('')
  const pool = taken[3] as Taken
  return { perSecond: perSecond(pool), ratio: shareOf(pool) }
}

/** So many prompts, each of these ways having one at a time. */
async function through(asks: readonly (() => Promise<unknown>)[], latencies: number[]): Promise<void> {
  let left = prompts
  await Promise.all(
    asks.map(async (ask) => {
      while (left-- > 0) latencies.push(await msOf(ask))
    }),
  )
}

async function throughMap(cluster: ClusterManager, text: string): Promise<void> {
  for await (const { settled } of cluster.map(times(prompts, String), () => text))
    if (!settled.isDone) throw new Error(`a prompt failed: ${settled.failure.reason}`)
}
