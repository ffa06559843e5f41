// What whole runs cost beside their work, by the real orchestrator with real git, processes, checks and landings:
// their share of the bound that no schedule can beat, a task that does nothing, going on after a kill, memory.
// node --conditions=@ws/source --disable-warning=ExperimentalWarning bench/runs.ts [efficiency] [overhead] [resume] [memory]
//   [--quick] [--tasks 12,60] [--slots 3,5,10] [--ms 2000,500] [--nothing 100] [--resumed 10000]
import { parseArgs } from 'node:util'
import { benchEfficiency, type Cell, type Share } from './runs/efficiency.ts'
import { benchMemory } from './runs/memory.ts'
import { benchOverhead } from './runs/overhead.ts'
import { benchResume } from './runs/resume.ts'

const asked = { efficiency: 0.95, resumeMs: 1_000, mb: 150 }
const aim = { efficiency: 0.99, resumeMs: 200, mb: 80 }
const parts = ['efficiency', 'overhead', 'resume', 'memory'] as const

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    tasks: { type: 'string' },
    slots: { type: 'string' },
    ms: { type: 'string' },
    nothing: { type: 'string' },
    resumed: { type: 'string' },
  },
})
const unknown = positionals.filter((part) => !parts.some((known) => known === part))
if (unknown.length > 0) throw new Error(`no such part: ${unknown.join(', ')}; there are: ${parts.join(', ')}`)
const [quick, full] = [
  { tasks: '12', slots: '3', ms: '2000', nothing: 20, resumed: 1_000 },
  { tasks: '12,60', slots: '3,5,10', ms: '2000,500', nothing: 100, resumed: 10_000 },
]
const usual = values.quick ? quick : full
const isWanted = (part: (typeof parts)[number]) => positionals.length === 0 || positionals.includes(part)

const said: string[] = []
if (isWanted('efficiency')) {
  const shares = await benchEfficiency([...cells()])
  for (const { worst, taskMs } of worstByLength(shares)) {
    const { tasks, slots } = worst.cell
    said.push(
      `${taskMs / 1_000} s tasks: ${worst.ofWhole.toFixed(3)} of the bound or better (worst: ${tasks} at ${slots}; ` +
        `asked ${asked.efficiency} at 2 s, aim ${aim.efficiency})`,
    )
  }
}
if (isWanted('overhead')) {
  const count = Number(values.nothing ?? usual.nothing)
  const { worktrees, none } = await benchOverhead(count)
  said.push(`a task that does nothing ${worktrees.toFixed(0)} ms, without worktrees ${none.toFixed(1)} ms`)
}
if (isWanted('resume')) {
  const count = Number(values.resumed ?? usual.resumed)
  const ms = await benchResume(count)
  said.push(`resume of ${count} tasks ${ms.toFixed(0)} ms (asked ${asked.resumeMs}, aim ${aim.resumeMs})`)
}
if (isWanted('memory')) {
  const { command, library } = await benchMemory()
  said.push(
    `ws run ${command.toFixed(0)} MB with 5 tools, the library ${library.toFixed(0)} (asked ${asked.mb}, aim ${aim.mb})`,
  )
}
console.log(`\n${said.join('; ')}`)

function* cells(): Generator<Cell> {
  for (const taskMs of listOf(values.ms ?? usual.ms))
    for (const tasks of listOf(values.tasks ?? usual.tasks))
      for (const slots of listOf(values.slots ?? usual.slots)) yield { tasks, taskMs, slots }
}

function listOf(text: string): readonly number[] {
  return text.split(',').map(Number)
}

function worstByLength(shares: readonly Share[]): { readonly taskMs: number; readonly worst: Share }[] {
  return [...Map.groupBy(shares, ({ cell }) => cell.taskMs)].map(([taskMs, all]) => ({
    taskMs,
    worst: all.reduce((worst, each) => (each.ofWhole < worst.ofWhole ? each : worst)),
  }))
}
