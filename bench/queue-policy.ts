// How long entries take through the merge queue, from arrival to their end, under its own policy and under the three
// classic ones, in virtual time through the real machine and host, on the same arrivals and check runs. A cell is
// stable when the best policy's queue does not grow over the second half of the arrivals.
// The whole grid takes some ten minutes of CPU time; with --keep <file> a bench that was ended goes on where it was.
// node --conditions=@ws/source bench/queue-policy.ts [--seeds 10] [--entries 200] [--slots 4] [--keep cells.jsonl]
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import type { Cell } from './queue-policy/grid.ts'
import { allCells, loads, policies } from './queue-policy/grid.ts'
import { keepCells } from './queue-policy/kept-cells.ts'
import type { CellFigures } from './queue-policy/measure-cell.ts'
import { measureCell } from './queue-policy/measure-cell.ts'

/** What is asked, and what is aimed at: p95 beside the best of the others. */
const asked = 1.1
const aimed = 1 / 1.5
/** A queue that grows less than this is not told from one that fluctuates. */
const growth = { factor: 1.2, entries: 0.5 }

interface Task {
  readonly cells: readonly Cell[]
  readonly seeds: number
  readonly entries: number
}

if (isMainThread) await compareAll()
else {
  const { cells, ...options } = workerData as Task
  for (const cell of cells) parentPort?.postMessage(await measureCell(cell, options))
}

async function compareAll(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '10' },
      entries: { type: 'string', default: '200' },
      slots: { type: 'string' },
      keep: { type: 'string' },
    },
  })
  const cells = allCells().filter(({ slots }) => values.slots === undefined || slots === Number(values.slots))
  const options = { seeds: Number(values.seeds), entries: Number(values.entries) }
  const kept = keepCells(values.keep, options)
  const found = new Map(kept.found.map((figures) => [JSON.stringify(figures.cell), figures]))
  const missing = cells.filter((cell) => !found.has(JSON.stringify(cell)))
  await inThreads(missing, options, (figures) => {
    found.set(JSON.stringify(figures.cell), figures)
    kept.keep(figures)
  })
  const rows = cells.map((cell) => found.get(JSON.stringify(cell))!)
  printTable(rows)
  const stable = rows.filter(isStable)
  const worst = stable.reduce((a, b) => (ratioOf(b) > ratioOf(a) ? b : a))
  const held = stable.reduce((sum, row) => sum + row.held, 0) / stable.length
  const errors = stable.flatMap((row) => row.errors).sort((a, b) => a - b)
  const medianError = errors[errors.length >> 1] ?? 0
  const better = stable.filter((row) => ratioOf(row) <= aimed).length
  const over = stable.filter((row) => ratioOf(row) > asked).length
  console.log(
    [
      `\np95 turnaround, ${stable.length} stable cells of ${rows.length}: worst ${ratioOf(worst).toFixed(2)} × the best other (${nameOf(worst.cell)})`,
      `${over} over ${asked} ×, ${better} at least 1.5 × better`,
      `waits foretold: ${percent(held)} within the 80 % interval, median error ${percent(medianError)}`,
    ].join('; '),
  )
}

async function inThreads(
  cells: readonly Cell[],
  options: { readonly seeds: number; readonly entries: number },
  onFound: (figures: CellFigures) => void,
): Promise<void> {
  const threads = Math.min(availableParallelism(), cells.length)
  const parts = Array.from({ length: threads }, (_, i) => cells.filter((_cell, at) => at % threads === i))
  await Promise.all(
    parts.map(
      (part) =>
        new Promise<void>((resolve, reject) => {
          const task: Task = { cells: part, ...options }
          const worker = new Worker(new URL(import.meta.url), { workerData: task, argv: [] })
          worker.on('message', onFound)
          worker.on('error', reject)
          worker.on('exit', () => resolve())
        }),
    ),
  )
}

/** Our p95 beside that of the best other policy. */
function ratioOf({ figures }: CellFigures): number {
  const others = policies.filter((policy) => policy !== 'adaptive').map((policy) => figures[policy].p95)
  return figures.adaptive.p95 / Math.min(...others)
}

function isStable({ figures }: CellFigures): boolean {
  const best = policies.map((policy) => figures[policy]).reduce((a, b) => (b.p95 < a.p95 ? b : a))
  return best.last <= best.third * growth.factor + growth.entries
}

function printTable(rows: readonly CellFigures[]): void {
  console.log(
    'p95 turnaround in check runs: ours, serial, batch-bisect, speculative; ours to the best of them',
  )
  let group = ''
  for (const row of rows) {
    const { slots, failureRate, flakeRate, load } = row.cell
    const name = `${slots} slots, ${percent(failureRate)} bad, ${percent(flakeRate)} flaky`
    if (name !== group) console.log(`\n${(group = name)} (${loads.length} loads)`)
    const times = policies.map((policy) => row.figures[policy].p95.toFixed(2).padStart(8)).join('')
    const note = isStable(row) ? (ratioOf(row) > asked ? '  over what is asked' : '') : '  grows'
    console.log(`${String(load).padStart(6)} a run ${times} ${ratioOf(row).toFixed(3).padStart(8)} ×${note}`)
  }
}

function nameOf({ slots, failureRate, flakeRate, load }: Cell): string {
  return `${slots} slots, ${percent(failureRate)} bad, ${percent(flakeRate)} flaky, load ${load}`
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`
}
