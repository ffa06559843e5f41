// Prompts through a pool beside bare pipes to the same program, in turns in one run.
// node --conditions=@ws/source --expose-gc bench/pool.ts
import { type ClusterManager, launchCluster } from '@ws/pool'
import { echoTool } from '@ws/testing'
import { BarePipe, lineOf } from './pool/bare-pipe.ts'
import { median, msOf, times } from './pool/measure.ts'
import { memoryOfOurs } from './pool/memory-of-ours.ts'
import { oneByOne } from './pool/one-by-one.ts'
import { otherPools } from './pool/other-pools.ts'
import { sideBySide } from './pool/side-by-side.ts'

const text = 'a prompt of ordinary length, as they come: '.repeat(3)

const overhead = await oneByOne(text)
const share = await sideBySide(text)
await otherPools(text)
await benchLongLines()
await benchStart()
const megabytes = await memoryOfOurs()
console.log(
  `\na pooled prompt costs ${(overhead.ms * 1_000).toFixed(0)} µs over a bare pipe (${overhead.ratio.toFixed(2)} ×); ${share.perSecond.toFixed(0)} prompts a second through 5 instances (${share.ratio.toFixed(2)} of bare pipes); ${megabytes.toFixed(0)} MB`,
)

async function benchLongLines(): Promise<void> {
  const long = 'x'.repeat(1_000_000)
  const line = lineOf(long)
  const pipe = new BarePipe()
  await pipe.ready()
  const cluster = await launchCluster(echoTool(), { count: 1 })
  const bare: number[] = []
  const pooled: number[] = []
  for (let round = 0; round < 40; round++) {
    bare.push(await msOf(() => pipe.ask(line)))
    pooled.push(await msOf(() => cluster.prompt(long)))
  }
  await Promise.all([pipe.close(), cluster.close()])
  const [a, b] = [median(bare), median(pooled)]
  const ratio = median(pooled.map((ms, at) => ms / (bare[at] ?? ms)))
  console.log(
    `a prompt and an answer of 1 MB in one line each: ${a.toFixed(1)} ms through a pipe, ${b.toFixed(1)} ms through the pool (${ratio.toFixed(2)} ×, ${(2_000 / b).toFixed(0)} MB/s both ways)`,
  )
}

async function benchStart(): Promise<void> {
  const count = 5
  const bare: number[] = []
  const pooled: number[] = []
  for (let round = 0; round < 9; round++) {
    const pipes: BarePipe[] = []
    bare.push(
      await msOf(() => {
        pipes.push(...times(count, () => new BarePipe()))
        return Promise.all(pipes.map((pipe) => pipe.ready()))
      }),
    )
    await Promise.all(pipes.map((pipe) => pipe.close()))
    let cluster: ClusterManager | undefined
    pooled.push(await msOf(async () => (cluster = await launchCluster(echoTool(), { count }))))
    await cluster?.close()
  }
  const ratio = median(pooled.map((ms, at) => ms / (bare[at] ?? ms)))
  console.log(
    `${count} instances up: ${median(pooled).toFixed(0)} ms, ${count} bare spawns ${median(bare).toFixed(0)} ms (${ratio.toFixed(2)} ×)`,
  )
}
