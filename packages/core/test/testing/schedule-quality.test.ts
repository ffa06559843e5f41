import { describe, expect, it } from 'vitest'
import { simulate } from '../../src/testing/simulate.ts'
import type { SimulatedTask, SimulationOptions } from '../../src/testing/simulate.ts'

/** Tasks as `id: duration < needs | claims`, the last two where there are any. */
function tasksOf(...lines: readonly string[]): readonly SimulatedTask[] {
  return lines.map((line) => {
    const [, id = '', ms = '', needs = '', claims = ''] =
      /^(\w+): (\d+)(?: < ([\w ]+?))?(?: \| (.+))?$/.exec(line) ?? []
    return { id, durationMs: Number(ms), needs: words(needs), claims: words(claims) }
  })
}

function words(text: string): readonly string[] {
  return text.split(' ').filter(Boolean)
}

interface Case extends Pick<SimulationOptions, 'tasks' | 'limits'> {
  readonly title: string
  /** Found by hand: no schedule is shorter. */
  readonly bestMs: number
}

const cases: readonly Case[] = [
  { title: 'one task', tasks: tasksOf('a: 5'), bestMs: 5 },
  { title: 'a chain, however many slots', tasks: tasksOf('a: 2', 'b: 3 < a', 'c: 4 < b'), bestMs: 9 },
  {
    title: 'the long task first, though it is last in the plan',
    tasks: tasksOf('a: 1', 'b: 1', 'c: 1', 'd: 3'),
    limits: { concurrency: 2 },
    bestMs: 3,
  },
  {
    title: 'the head of a long chain before a longer task',
    tasks: tasksOf('long: 5', 'other: 5', 'head: 1', 'tail: 9 < head'),
    limits: { concurrency: 2 },
    bestMs: 10,
  },
  {
    title: 'a fork and its join',
    tasks: tasksOf('a: 2', 'b: 3 < a', 'c: 4 < a', 'd: 1 < b c'),
    limits: { concurrency: 2 },
    bestMs: 7,
  },
  {
    title: 'claims that overlap keep tasks apart, whatever slots are free',
    tasks: tasksOf('a: 4 | src/**', 'b: 3 | src/auth/**', 'c: 2 | docs/**'),
    limits: { concurrency: 3 },
    bestMs: 7,
  },
  {
    title: 'a blocked task holds up none that could run',
    tasks: tasksOf('a: 4 | src/**', 'b: 3 | src/**', 'c: 3', 'd: 2', 'e: 2'),
    limits: { concurrency: 2 },
    bestMs: 7,
  },
  {
    title: 'two pairs on two files',
    tasks: tasksOf('a: 3 | x', 'b: 3 | y', 'c: 2 | x', 'd: 2 | y'),
    limits: { concurrency: 4 },
    bestMs: 5,
  },
  {
    title: 'a resource of which two want more than there is',
    tasks: [
      { id: 'a', durationMs: 4, uses: { cpu: 3 } },
      { id: 'b', durationMs: 4, uses: { cpu: 2 } },
      { id: 'c', durationMs: 4, uses: { cpu: 1 } },
    ],
    limits: { concurrency: 3, cpu: 4 },
    bestMs: 8,
  },
  {
    title: 'a workstream does one task at a time',
    tasks: [
      { id: 'a', durationMs: 2, workstream: 'w', claims: ['src/**'] },
      { id: 'b', durationMs: 3, workstream: 'w', claims: ['docs/**'] },
      { id: 'c', durationMs: 1, claims: ['docs/guide.md'] },
    ],
    limits: { concurrency: 3 },
    bestMs: 6,
  },
]

describe('simulated runs of a known best', () => {
  it.each(cases)('$title', async ({ tasks, limits = { concurrency: 3 }, bestMs }) => {
    const { makespanMs, lowerBoundMs, starts } = await simulate({ tasks, limits })
    expect(makespanMs).toBe(bestMs)
    expect(lowerBoundMs).toBeLessThanOrEqual(bestMs)
    expect(starts.size).toBe(tasks.length)
  })

  it('says when each task started', async () => {
    const tasks = tasksOf('a: 2', 'b: 3 < a', 'c: 4 < a', 'd: 1 < b c')
    const { starts } = await simulate({ tasks, limits: { concurrency: 2 } })
    expect(Object.fromEntries(starts)).toEqual({ a: 0, b: 2, c: 2, d: 6 })
  })

  it('takes tasks that take no time', async () => {
    const tasks = tasksOf('start: 0', 'a: 3 < start', 'b: 2 < start', 'end: 0 < a b')
    const { makespanMs, starts } = await simulate({ tasks, limits: { concurrency: 2 } })
    expect(makespanMs).toBe(3)
    expect(starts.get('end')).toBe(3)
  })

  it('does without estimates by counting steps to the end', async () => {
    // Nothing says that the single task is long, so it starts where two of three steps of the chains are done.
    const tasks = tasksOf(
      'single: 5',
      'a1: 1',
      'a2: 1 < a1',
      'a3: 1 < a2',
      'b1: 1',
      'b2: 1 < b1',
      'b3: 1 < b2',
    )
    const limits = { concurrency: 2 }
    expect((await simulate({ tasks, limits, estimates: 'exact' })).makespanMs).toBe(6)
    expect((await simulate({ tasks, limits, estimates: 'none' })).makespanMs).toBe(7)
  })
})
