// Whole runs in virtual time through the real machine and host, beside p-graph on the same graphs, which knows
// neither claims nor resources. Each figure comes from a process of its own, so that a peak of memory is its own.
// node --conditions=@ws/source bench/simulate.ts [--largest 1000000] [--shape chain]
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { simulate } from '@ws/core/testing'
import { PGraph } from 'p-graph'
import { shapes } from './simulate/shapes.ts'

const sizes = [1_000, 10_000, 25_000, 50_000, 100_000, 200_000, 400_000, 1_000_000]
/** What is aimed at, on an otherwise idle machine. */
const target = { tasks: 100_000, seconds: 3 }
/** Longer than this is no figure that anybody waits for. */
const longestMs = 60_000

interface Figure {
  readonly seconds: number
  /** Of the main thread: what `seconds` would be if nothing else ran on the machine. */
  readonly cpuSeconds: number
  readonly peakMb: number
}

const { values } = parseArgs({
  options: {
    largest: { type: 'string', default: '200000' },
    shape: { type: 'string' },
    measure: { type: 'string' },
  },
})

if (values.measure === undefined) compareAll()
else console.log(JSON.stringify(await measure(values.measure)))

function compareAll(): void {
  const lines = Object.keys(shapes)
    .filter((shape) => values.shape === undefined || shape === values.shape)
    .flatMap(compare)
  console.log(`\n${lines.join('; ')} (CPU time; the target is ${target.seconds} s for ${target.tasks} tasks)`)
}

/** Prints a table for one shape; returns the line that matters most of it. */
function compare(shape: string): readonly string[] {
  console.log(`\n${shape}`)
  console.log(
    '     tasks   seconds     CPU s   µs a task   peak MB   per doubling   p-graph CPU s   ours to p-graph',
  )
  const result: string[] = []
  let before: { size: number; cpuSeconds: number } | undefined
  for (const size of sizes) {
    if (size > Number(values.largest)) break
    const ours = inOwnProcess('ours', shape, size)
    if (ours === undefined) {
      console.log(
        `${String(size).padStart(10)}   more than ${longestMs / 1_000} s, or more memory than there is`,
      )
      if (size <= target.tasks) result.push(`${shape} no figure`)
      break
    }
    const theirs = inOwnProcess('p-graph', shape, size)
    const { seconds, cpuSeconds, peakMb } = ours
    console.log(
      [
        String(size).padStart(10),
        seconds.toFixed(2).padStart(10),
        cpuSeconds.toFixed(2).padStart(10),
        ((cpuSeconds / size) * 1e6).toFixed(1).padStart(12),
        peakMb.toFixed(0).padStart(10),
        growth(before, { size, cpuSeconds }).padStart(15),
        (theirs?.cpuSeconds.toFixed(2) ?? 'failed').padStart(16),
        (theirs === undefined ? '' : `${(cpuSeconds / theirs.cpuSeconds).toFixed(1)} ×`).padStart(18),
      ].join(''),
    )
    if (size === target.tasks) result.push(`${shape} ${cpuSeconds.toFixed(2)} s`)
    before = { size, cpuSeconds }
  }
  return result
}

/** By how much the time grows when the tasks double: 2 is linear. */
function growth(
  before: { size: number; cpuSeconds: number } | undefined,
  now: { size: number; cpuSeconds: number },
): string {
  if (before === undefined) return ''
  return `${((now.cpuSeconds / before.cpuSeconds) ** (1 / Math.log2(now.size / before.size))).toFixed(2)} ×`
}

function inOwnProcess(who: 'ours' | 'p-graph', shape: string, size: number): Figure | undefined {
  const args = [...process.execArgv, import.meta.filename, '--measure', `${who}/${shape}/${size}`]
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: longestMs,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return status === 0 ? (JSON.parse(stdout) as Figure) : undefined
}

async function measure(what: string): Promise<Figure> {
  const [who, shape = '', size] = what.split('/')
  const workload = shapes[shape]!(Number(size))
  // What is measured once has to be compiled within it, as in a program that simulates once.
  const start = performance.now()
  const startCpu = cpuMs()
  if (who === 'p-graph') await runGraph(workload.tasks, workload.limits?.['concurrency'] ?? 1)
  else {
    const { starts } = await simulate(workload)
    if (starts.size !== workload.tasks.length) throw new Error(`${starts.size} tasks ran`)
  }
  return {
    seconds: (performance.now() - start) / 1_000,
    cpuSeconds: (cpuMs() - startCpu) / 1_000,
    peakMb: process.resourceUsage().maxRSS / 1_024,
  }
}

function runGraph(
  tasks: readonly { id: string; durationMs: number; needs?: readonly string[] }[],
  concurrency: number,
): Promise<void> {
  const nodes = new Map(tasks.map(({ id, durationMs }) => [id, { priority: durationMs }]))
  const edges = tasks.flatMap(({ id, needs = [] }) => needs.map((need): [string, string] => [need, id]))
  return new PGraph(nodes, edges).run({ concurrency, run: () => Promise.resolve() })
}

function cpuMs(): number {
  // Line 22 knows only the whole process, which counts collecting garbage beside the main thread too.
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage()
  return (user + system) / 1_000
}
