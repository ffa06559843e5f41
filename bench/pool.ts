// Prompts through a pool beside bare pipes to the same program, in turns in one run.
// node --conditions=@ws/source --expose-gc bench/pool.ts
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type ClusterManager, launchCluster } from '@ws/pool'
import { echoTool } from '@ws/testing'
import { BarePipe, barePrompts, lineOf } from './pool/bare-pipe.ts'

const text = 'a prompt of ordinary length, as they come: '.repeat(3)
const rounds = 12
const perRound = 500

const overhead = await benchLatency()
const share = await benchThroughput()
await benchLongLines()
await benchStart()
const megabytes = benchMemory()
console.log(
  `\na pooled prompt costs ${(overhead.ms * 1_000).toFixed(0)} µs over a bare pipe (${overhead.ratio.toFixed(2)} ×); ${share.perSecond.toFixed(0)} prompts a second through 5 instances (${share.ratio.toFixed(2)} of bare pipes); ${megabytes.toFixed(0)} MB`,
)

async function benchLatency(): Promise<{ readonly ms: number; readonly ratio: number }> {
  const pipe = new BarePipe()
  await pipe.ready()
  const cluster = await launchCluster(echoTool(), { count: 1, maxQueued: perRound })
  const line = lineOf(text)
  const protocol = await barePrompts()
  const bare: number[] = []
  const spoken: number[] = []
  const pooled: number[] = []
  await sequence(200, () => pipe.ask(line))
  await sequence(200, () => protocol.ask(text))
  await sequence(200, () => cluster.prompt(text))
  for (let round = 0; round < rounds; round++) {
    bare.push(...(await sequence(perRound, () => pipe.ask(line))))
    spoken.push(...(await sequence(perRound, () => protocol.ask(text))))
    pooled.push(...(await sequence(perRound, () => cluster.prompt(text))))
  }
  console.log(`one prompt after another, ${bare.length} each            median µs    p99 µs`)
  const atPipe = report('bare pipe', bare)
  const atProtocol = report('the tool’s protocol over a bare pipe', spoken)
  const atPool = report('pool', pooled)
  const ms = atPool - atPipe
  const ratio = atPool / atPipe
  console.log(
    `  overhead at the median: ${(ms * 1_000).toFixed(0)} µs over the pipe (${ratio.toFixed(2)} ×), ${((atPool - atProtocol) * 1_000).toFixed(0)} µs over the protocol (${(atPool / atProtocol).toFixed(2)} ×)`,
  )

  const together = { bare: [] as number[], pooled: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    together.bare.push(await msOf(() => Promise.all(times(perRound, () => pipe.ask(line)))))
    together.pooled.push(await msOf(() => Promise.all(times(perRound, () => cluster.prompt(text)))))
  }
  const [a, b] = [median(together.bare) / perRound, median(together.pooled) / perRound]
  console.log(
    `${perRound} prompts at once to one instance: ${(a * 1_000).toFixed(0)} µs each through a pipe that holds all of them, ${(b * 1_000).toFixed(0)} µs through the pool, which sends the next after the answer\n`,
  )
  await Promise.all([pipe.close(), protocol.close(), cluster.close()])
  return { ms, ratio }
}

async function benchThroughput(): Promise<{ readonly perSecond: number; readonly ratio: number }> {
  const count = 5
  const prompts = 5_000
  const pipes = times(count, () => new BarePipe())
  const near = times(count, () => new BarePipe({ isDetached: false }))
  const protocols = await Promise.all(times(count, barePrompts))
  await Promise.all([...pipes, ...near].map((pipe) => pipe.ready()))
  const cluster = await launchCluster(echoTool(), { count, maxQueued: prompts, routing: 'least-busy' })
  const line = lineOf(text)
  const through = async (asks: readonly (() => Promise<unknown>)[]) => {
    let left = prompts
    await Promise.all(
      asks.map(async (ask) => {
        while (left-- > 0) await ask()
      }),
    )
  }
  const nearAsks = near.map((pipe) => () => pipe.ask(line))
  const pipeAsks = pipes.map((pipe) => () => pipe.ask(line))
  const protocolAsks = protocols.map((protocol) => () => protocol.ask(text))
  const poolAsks = times(count, () => () => cluster.prompt(text))
  const inSession: number[] = []
  const bare: number[] = []
  const spoken: number[] = []
  const inTurn: number[] = []
  const all: number[] = []
  const mapped: number[] = []
  for (let round = 0; round < 7; round++) {
    inSession.push(await msOf(() => through(nearAsks)))
    bare.push(await msOf(() => through(pipeAsks)))
    spoken.push(await msOf(() => through(protocolAsks)))
    inTurn.push(await msOf(() => through(poolAsks)))
    all.push(await msOf(() => Promise.all(times(prompts, () => cluster.prompt(text)))))
    mapped.push(await msOf(() => throughMap(cluster, prompts)))
  }
  await Promise.all([...[...pipes, ...near, ...protocols].map((each) => each.close()), cluster.close()])
  const perSecond = (ms: readonly number[]) => (prompts / median(ms)) * 1_000
  console.log(`${count} instances, ${prompts} prompts                     a second    of bare`)
  for (const [name, ms] of [
    ['bare pipes, in our own session', inSession],
    ['bare pipes, in sessions of their own', bare],
    ['the tool’s protocol over bare pipes', spoken],
    [`cluster.prompt, ${count} at a time`, inTurn],
    ['cluster.prompt, all at once', all],
    ['cluster.map', mapped],
  ] as const)
    console.log(
      `  ${name.padEnd(40)}${perSecond(ms).toFixed(0).padStart(10)}${(perSecond(ms) / perSecond(bare)).toFixed(2).padStart(11)}`,
    )
  console.log('')
  return { perSecond: perSecond(inTurn), ratio: perSecond(inTurn) / perSecond(bare) }
}

async function throughMap(cluster: ClusterManager, prompts: number): Promise<void> {
  for await (const { settled } of cluster.map(times(prompts, String), () => text))
    if (!settled.isDone) throw new Error(`a prompt failed: ${settled.failure.reason}`)
}

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
  console.log(
    `a prompt and an answer of 1 MB in one line each: ${a.toFixed(1)} ms through a pipe, ${b.toFixed(1)} ms through the pool (${(b / a).toFixed(2)} ×, ${(2_000 / b).toFixed(0)} MB/s both ways)`,
  )
}

async function benchStart(): Promise<void> {
  const count = 5
  const bare: number[] = []
  const pooled: number[] = []
  for (let round = 0; round < 7; round++) {
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
  const [a, b] = [median(bare), median(pooled)]
  console.log(
    `${count} instances up: ${b.toFixed(0)} ms, ${count} bare spawns ${a.toFixed(0)} ms (${(b / a).toFixed(2)} ×)`,
  )
}

/** Of this side alone; the tools have theirs. */
function benchMemory(): number {
  const program = fileURLToPath(import.meta.resolve('./pool/memory.ts'))
  const flags = ['--conditions=@ws/source', '--disable-warning=ExperimentalWarning', program]
  const run = (...args: string[]) =>
    Number(execFileSync(process.execPath, [...flags, ...args], { encoding: 'utf8' })) / 1_000_000
  const nothing = run('nothing')
  const five = run()
  console.log(
    `memory with 5 instances: ${five.toFixed(0)} MB, ${nothing.toFixed(0)} MB of it Node and the echo tool alone (sources, types stripped as they load)`,
  )
  return five
}

async function sequence(count: number, body: () => Promise<unknown>): Promise<number[]> {
  const spent: number[] = []
  for (let at = 0; at < count; at++) spent.push(await msOf(body))
  return spent
}

function times<T>(count: number, make: (at: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => make(at))
}

async function msOf(body: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await body()
  return performance.now() - start
}

function report(name: string, ms: readonly number[]): number {
  const sorted = ms.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
  const cells = [at(0.5), at(0.99)].map((each) => (each * 1_000).toFixed(0).padStart(10))
  console.log(`  ${name.padEnd(40)}${cells.join('')}`)
  return at(0.5)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
