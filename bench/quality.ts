// How far simulated runs are from the best makespan there is: on published graphs, and on packings whose best is known
// by construction; with exact estimates, with estimates that are off, and with none. Then both ours and p-graph's own
// scheduler (own duration and heaviest path below), at equal concurrency, on the same graphs without claims.
// WS_BENCH_STG=<path of the graphs> node --conditions=@ws/source bench/quality.ts [path of the graphs]
import type { Instance } from './quality/instance.ts'
import { bare, ourDistance, pGraphDistance } from './quality/makespans.ts'
import { roughDistance } from './quality/rough-run.ts'
import { packing } from './quality/packing.ts'
import type { PackingOptions } from './quality/packing.ts'
import { publishedGraphs } from './quality/published-graphs.ts'

/** Packings of each kind. */
const seeds = 40

const path = process.argv.slice(2).find((arg) => !arg.startsWith('--')) ?? process.env['WS_BENCH_STG']
const results: string[] = []

const published = publishedGraphs(path)
if (published === undefined)
  console.log('published graphs: not run, no file was named (WS_BENCH_STG); generated instances only')
else {
  console.log('Standard Task Graph Set, % over the best makespan published: mean ≤ worst (share at the best)')
  heading()
  for (const lanes of [2, 4, 8, 16]) {
    const instances = published.filter(({ limits }) => limits['concurrency'] === lanes)
    const exact = await row(`P = ${lanes}, ${instances.length} graphs`, instances)
    results.push(`P = ${lanes} ${percent(exact)}`)
  }
}

console.log('\npackings with a known best, % over it: mean ≤ worst (share at the best)')
heading()
const kinds: readonly PackingOptions['with'][] = [
  [],
  ['needs'],
  ['claims'],
  ['resources'],
  ['claims', 'workstreams'],
  ['needs', 'claims', 'resources'],
]
let sum = 0
for (const kind of kinds) {
  const instances = Array.from({ length: seeds }, (_, seed) =>
    packing({
      seed,
      lanes: [3, 4, 8][seed % 3]!,
      tasksPerLane: [6, 12, 24][Math.floor(seed / 3) % 3]!,
      with: kind,
    }),
  )
  sum += await row(kind.join(', ') || 'slots alone', instances)
}
results.push(`packings ${percent(sum / kinds.length)}`)
console.log(`\nmean over the best, exact estimates: ${results.join(', ')}`)

function heading(): void {
  console.log(
    ''.padEnd(30) +
      ['exact estimates', 'rough', 'none', 'ours, no claims', 'p-graph, no claims'].map(column).join(''),
  )
}

/** Prints the distances of the instances; returns the mean with exact estimates. */
async function row(name: string, instances: readonly Instance[]): Promise<number> {
  const free = instances.map(bare)
  const exact = await distances(instances, (instance) => ourDistance(instance, 'exact'))
  const rough = await distances(instances, roughDistance)
  const none = await distances(instances, (instance) => ourDistance(instance, 'none'))
  const ours = await distances(free, (instance) => ourDistance(instance, 'exact'))
  const theirs = await distances(free, pGraphDistance)
  const cells = [spread(exact), percent(mean(rough)), percent(mean(none)), spread(ours), spread(theirs)]
  console.log(name.padEnd(30) + cells.map(column).join(''))
  return mean(exact)
}

async function distances(
  instances: readonly Instance[],
  distance: (instance: Instance, at: number) => Promise<number>,
): Promise<readonly number[]> {
  const found: number[] = []
  for (const [at, instance] of instances.entries()) found.push(await distance(instance, at))
  return found
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Mean, worst, and how many are at the best. */
function spread(values: readonly number[]): string {
  const atBest = values.filter((value) => value < 1e-9).length / values.length
  return `${percent(mean(values))} ≤ ${Math.max(...values).toFixed(1)} (${(atBest * 100).toFixed(0)} %)`
}

function column(text: string, at: number): string {
  return text.padStart(at === 1 || at === 2 ? 10 : 24)
}

function percent(value: number): string {
  return `${value.toFixed(2)} %`
}
