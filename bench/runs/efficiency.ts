import { execFileSync } from 'node:child_process'
import { median, msOf } from '../pool/measure.ts'
import { check, costOfRun, independent, type RunCost } from './plans.ts'

/** One run: so many tasks of a length, so many at once. */
export interface Cell {
  readonly tasks: number
  readonly taskMs: number
  readonly slots: number
}

/** What a cell's run is to the bounds that no schedule can beat. */
export interface Share {
  readonly cell: Cell
  /** Of the bound that knows that a task cannot be split among slots. */
  readonly ofWhole: number
  /** Of the bound that spreads the work evenly. */
  readonly ofEven: number
}

/** How long a slot stood idle, where a run's tools started and ended. */
interface Idle {
  readonly beforeFirstMs: number
  readonly betweenMs: number
  readonly afterLastMs: number
}

/** Runs the cells one after another and prints a line for each; the last task's check and landing count. */
export async function benchEfficiency(cells: readonly Cell[]): Promise<readonly Share[]> {
  const checkMs = await msOf(async () => void execFileSync('sh', ['-c', check]))
  console.log('whole runs: a worktree, a commit, one check and a landing for every task; times in seconds')
  console.log(
    [...['tasks', 'each', 'slots', 'even', 'whole', 'took', 'of even', 'of whole', 'faster'], ...idleHead]
      .map((cell) => cell.padStart(9))
      .join(''),
  )
  const sequential = new Map<number, number>()
  const shares: Share[] = []
  for (const cell of cells) {
    if (cell.tasks === smallest && !sequential.has(cell.taskMs))
      sequential.set(cell.taskMs, (await costOf({ ...cell, slots: 1 })).ms)
    const cost = await costOf(cell)
    const { tasks, taskMs, slots } = cell
    const evenMs = Math.max((tasks * taskMs) / slots, taskMs) + checkMs
    const wholeMs = Math.ceil(tasks / slots) * taskMs + checkMs
    const share = { cell, ofEven: evenMs / cost.ms, ofWhole: wholeMs / cost.ms }
    const faster = tasks === smallest ? (sequential.get(taskMs) ?? 0) / cost.ms : undefined
    shares.push(share)
    const { beforeFirstMs, betweenMs, afterLastMs } = idleOf(cell, cost)
    const figures = [
      ...[tasks, taskMs / 1_000, slots].map(String),
      ...[evenMs, wholeMs, cost.ms].map((ms) => (ms / 1_000).toFixed(2)),
      ...[share.ofEven, share.ofWhole].map((each) => each.toFixed(3)),
      faster === undefined ? '' : `${faster.toFixed(2)} ×`,
      ...[beforeFirstMs, betweenMs, afterLastMs, cost.cpuMs / tasks].map((ms) => ms.toFixed(0)),
      (cost.programs.filter(({ name }) => name === 'git').length / tasks).toFixed(1),
    ]
    console.log(figures.map((figure) => figure.padStart(9)).join(''))
  }
  for (const [taskMs, ms] of sequential)
    console.log(
      `  one slot, measured: ${smallest} tasks of ${taskMs / 1_000} s in ${(ms / 1_000).toFixed(2)} s`,
    )
  return shares
}

/** With these the run with one slot is measured too: a larger one takes minutes and says the same. */
const smallest = 12

const idleHead = ['first ms', 'between', 'last ms', 'cpu/task', 'spawned']

function costOf({ tasks, taskMs, slots }: Cell): Promise<RunCost> {
  const plan = independent(tasks, `sleep ${taskMs / 1_000}; mkdir {}; echo 1 > {}/one`, taskMs)
  return costOfRun({ ...plan, concurrency: slots }, { concurrency: slots })
}

/** The n-th task to end makes room for the one that starts next after the slots were first full. */
function idleOf({ slots }: Cell, { startedAt, ms, programs }: RunCost): Idle {
  const tools = programs.filter(({ args }) => args.some((arg) => arg.startsWith('sleep ')))
  const starts = tools.map((tool) => tool.startedAt).toSorted((a, b) => a - b)
  const ends = tools.map(({ endedAt }) => endedAt).toSorted((a, b) => a - b)
  return {
    beforeFirstMs: (starts[0] ?? Number.NaN) - startedAt,
    betweenMs: median(starts.slice(slots).map((start, at) => start - (ends[at] ?? start))),
    afterLastMs: startedAt + ms - (ends.at(-1) ?? Number.NaN),
  }
}
