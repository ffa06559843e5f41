import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Claim } from '../../src/claims/claim.ts'
import { modesClash } from '../../src/claims/claim.ts'
import { claimsOverlap } from '../../src/claims/overlap.ts'
import { decideInto } from '../../src/machine/machine.ts'
import type { RunEvent } from '../../src/run/run-event.ts'
import type { RunInput } from '../../src/run/run-input.ts'
import { noUsage } from '../../src/run/run-input.ts'
import { runMachine } from '../../src/run/run-machine.ts'
import type { RunSpec } from '../../src/run/run-spec.ts'
import type { RunMachineState, TaskState } from '../../src/run/run-state.ts'
import { Random } from '../../src/testing/random.ts'
import { planOf } from './plan-notation.ts'
import { storm } from './storm.ts'

/** So few that nobody can be by-passed sixteen times, and become a barrier. */
const mostStreams = 16

interface Crowd {
  /** For each workstream what it claims beside what it alone wants, and how long its tasks take, so little that none ages. */
  readonly streams: readonly {
    readonly claims: readonly string[]
    readonly seconds: readonly number[]
    readonly priority: number
  }[]
  readonly slots: number
}

const claim = fc.constantFrom(
  'hot',
  'hot',
  'hot',
  'warm',
  'warm',
  'own/3',
  'own/**',
  '+hot',
  '+docs/**',
  'docs/x',
)

const crowd = (tasks: number, priorities: number): fc.Arbitrary<Crowd> =>
  fc.record({
    streams: fc.array(
      fc.record({
        claims: fc.uniqueArray(claim, { maxLength: 3 }),
        seconds: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: tasks }),
        priority: fc.nat(priorities),
      }),
      { minLength: 11, maxLength: mostStreams },
    ),
    slots: fc.integer({ min: 1, max: 6 }),
  })

/** The first in the line for the hot file is held up by the first of all, which wants what only that one wants as well. */
const heldUp: Crowd = {
  streams: [
    { claims: ['own/1'], seconds: [9], priority: 0 },
    { claims: ['hot'], seconds: [9], priority: 1 },
    ...Array.from({ length: 10 }, () => ({ claims: ['hot'], seconds: [1], priority: 2 })),
  ],
  slots: 3,
}

function specOf({ streams }: Crowd): RunSpec {
  const lines = streams.map(({ claims, seconds }, at) => {
    const tasks = seconds.map((_, n) => (n === 0 ? `t${at}-0` : `t${at}-${n} < t${at}-${n - 1}`))
    return `w${at} [${[`own/${at}`, ...claims.filter((path) => path !== `own/${at}`)].join(' ')}]: ${tasks.join(', ')}`
  })
  const taskDetails = streams.flatMap(({ seconds }, at) =>
    seconds.map((own, n) => [`t${at}-${n}`, { estimateMs: own * 1_000 }] as const),
  )
  return planOf(lines.join('\n'), {
    workstreams: Object.fromEntries(
      streams.map(({ priority }, at) => [`w${at}`, { priority, lands: false }] as const),
    ),
    tasks: Object.fromEntries(taskDetails),
    each: { kind: 'command', tools: [] },
  })
}

/** Plays a run through; after each input, `compare` is told which attempts that started. */
function play(crowd: Crowd, compare: (state: RunMachineState, started: readonly string[]) => void): number {
  const machine = runMachine()
  const state = machine.initial()
  const ends: { readonly at: number; readonly taskId: string }[] = []
  let now = 0
  let count = 0
  const tell = (input: RunInput): void => {
    const events: RunEvent[] = []
    decideInto(machine, state, input, now, events)
    const started = events.flatMap((event) => (event.type === 'task.started' ? [event.taskId] : []))
    for (const taskId of started) ends.push({ at: now + taskOf(state, taskId).estimateMs, taskId })
    count += started.length
    if (state.runs.size > 0) compare(state, started)
  }
  tell({ type: 'limits.set', commandId: 'limits', limits: { slots: crowd.slots } })
  tell({ type: 'host.joined', hostId: 'here', offers: ['*'] })
  tell({ type: 'run.start', commandId: 'start', run: specOf(crowd) })
  for (;;) {
    const [next] = ends.sort((a, b) => a.at - b.at)
    if (next === undefined) return count
    ends.shift()
    now = next.at
    const outcome = { kind: 'succeeded' } as const
    tell({ type: 'attempt.ended', runId: 'run', taskId: next.taskId, attempt: 1, outcome, usage: noUsage })
  }
}

function taskOf(state: RunMachineState, id: string): TaskState {
  return state.runs.get('run')!.tasks.get(id)!
}

/**
 * The rules read plainly, by one who knows no classes, groups or lines: sort all that is ready, try each, begin again.
 * Of the machine it knows only the plan and how heavy and how contended it takes each task to be.
 */
class PlainReader {
  readonly #slots: number
  readonly #holders = new Map<string, readonly Claim[]>()
  readonly #running = new Set<TaskState>()
  readonly #done = new Set<string>()

  constructor(slots: number) {
    this.#slots = slots
  }

  end(task: TaskState): void {
    this.#running.delete(task)
    this.#done.add(task.id)
    const { workstream } = task
    if (workstream.tasks.every(({ id }) => this.#done.has(id))) this.#holders.delete(workstream.key)
  }

  starts(tasks: readonly TaskState[]): readonly string[] {
    const started: string[] = []
    while (this.#running.size < this.#slots) {
      const ready = tasks.filter(
        (task) =>
          !this.#done.has(task.id) &&
          !this.#running.has(task) &&
          task.spec.needs.every((need) => this.#done.has(need)),
      )
      const first = ready.sort(compare).find((task) => this.#mayStart(task))
      if (first === undefined) break
      this.#running.add(first)
      this.#holders.set(first.workstream.key, first.workstream.spec.claims)
      started.push(first.id)
    }
    return started
  }

  isRunning(task: TaskState): boolean {
    return this.#running.has(task)
  }

  #mayStart({ workstream }: TaskState): boolean {
    return [...this.#holders].every(
      ([key, held]) =>
        key === workstream.key ||
        !held.some((a) =>
          workstream.spec.claims.some((b) => modesClash(a.mode, b.mode) && claimsOverlap(a, b)),
        ),
    )
  }
}

function compare(a: TaskState, b: TaskState): number {
  return (
    a.workstream.spec.priority - b.workstream.spec.priority ||
    b.criticalMs - a.criticalMs ||
    b.workstream.contention - a.workstream.contention ||
    a.index - b.index
  )
}

/** How many workstreams stood in a line. */
function readBeside(crowd: Crowd): number {
  const reader = new PlainReader(crowd.slots)
  let inLine = 0
  const count = play(crowd, (state, started) => {
    const tasks = [...state.runs.get('run')!.tasks.values()]
    for (const task of tasks) if (reader.isRunning(task) && task.phase.state === 'SUCCEEDED') reader.end(task)
    expect(started).toEqual(reader.starts(tasks))
    for (const { group } of tasks) inLine += Number(group?.line?.hides(group) === true)
  })
  expect(count).toBe(crowd.streams.flatMap(({ seconds }) => seconds).length)
  return inLine
}

function readAllBeside(crowds: fc.Arbitrary<Crowd>): void {
  let inLine = 0
  fc.assert(
    fc.property(crowds, (plan) => void (inLine += readBeside(plan))),
    // The example alone makes sure that somebody stood in a line.
    { numRuns: 200, examples: [[heldUp]] },
  )
  expect(inLine).toBeGreaterThan(0)
}

describe('ready tasks, arranged in classes, groups and lines', () => {
  it('start as the rules read plainly say, where each workstream has a task of any urgency', () =>
    readAllBeside(crowd(1, 3)))

  it('start as the rules read plainly say, where workstreams have several tasks', () =>
    readAllBeside(crowd(2, 0)))

  it('keep every promise through faults and crashes where crowds want one file', async () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = new Random(seed)
      const streams = Array.from({ length: 10 + random.below(4) }, () => ({
        claims: random.chance(0.9) ? ['hot'] : ['own/**'],
        seconds: [1 + random.below(9)],
        priority: random.below(3),
      }))
      const { statuses } = await storm(seed, { runs: [specOf({ streams, slots: 3 })] })
      expect(statuses).toHaveLength(1)
    }
  })
})
