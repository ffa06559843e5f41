// How far simulated runs are from the best makespan there is: on published graphs, and on packings whose best is
// known by construction. Beside p-graph (own duration and heaviest path below) on the same graphs without claims.
// WS_BENCH_STG=<path of the graphs> node --conditions=@ws/source bench/quality.ts [path of the graphs]
import type { Instance } from './quality/instance.ts'
import { bare, ourDistance, pGraphDistance } from './quality/makespans.ts'
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
  console.log('Standard Task Graph Set, mean % over the best makespan published')
  heading()
  for (const lanes of [2, 4, 8, 16]) {
    const instances = published.filter(({ limits }) => limits['concurrency'] === lanes)
    const exact = await row(`P = ${lanes}, ${instances.length} graphs`, instances)
    results.push(`P = ${lanes} ${percent(exact)}`)
  }
}

console.log('\npackings with a known best, mean % over it')
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
    `${''.padEnd(30)}${['exact estimates', 'no estimates', 'p-graph', 'exact to p-graph'].map((name) => name.padStart(18)).join('')}`,
  )
}

/** Prints the means over the instances; returns that with exact estimates. */
async function row(name: string, instances: readonly Instance[]): Promise<number> {
  const exact = await mean(instances, (instance) => ourDistance(instance, 'exact'))
  const none = await mean(instances, (instance) => ourDistance(instance, 'none'))
  const free = instances.map(bare)
  const theirs = await mean(free, pGraphDistance)
  const ours = await mean(free, (instance) => ourDistance(instance, 'exact'))
  // On the same graphs: without claims and resources there, whatever the row is about.
  const ratio =
    theirs === 0 ? (ours === 0 ? 'both exact' : 'theirs exact') : `${(ours / theirs).toFixed(2)} ×`
  console.log(
    `${name.padEnd(30)}${[percent(exact), percent(none), percent(theirs), ratio].map((cell) => cell.padStart(18)).join('')}`,
  )
  return exact
}

async function mean(
  instances: readonly Instance[],
  distance: (instance: Instance) => Promise<number>,
): Promise<number> {
  let sum = 0
  for (const instance of instances) sum += await distance(instance)
  return sum / instances.length
}

function percent(value: number): string {
  return `${value.toFixed(2)} %`
}
