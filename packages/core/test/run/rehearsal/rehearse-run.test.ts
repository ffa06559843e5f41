import { describe, expect, it } from 'vitest'
import { buildRun } from '../../../src/run/build-run.ts'
import { runMachine } from '../../../src/run/run-machine.ts'
import type { RunSpec, TaskSpec } from '../../../src/run/run-spec.ts'
import type { RunMachineState, RunState } from '../../../src/run/run-state.ts'
import { driveRun } from '../drive-run.ts'
import type { PlanDetails } from '../plan-notation.ts'
import { planOf } from '../plan-notation.ts'

const minutes = (count: number): Partial<TaskSpec> => ({ estimateMs: 60_000 * count })

/** Two long tasks, and three that can only be done one after another: the first of these has to start at once. */
const contended = 'v: a\nw: b\nx [src]: c\ny [src]: d\nz [src]: e'
const tasks = { a: minutes(5), b: minutes(5), c: minutes(4), d: minutes(4), e: minutes(4) }

interface BuildDetails extends PlanDetails {
  readonly limits?: Readonly<Record<string, number>>
  readonly ignoreCase?: boolean
}

function stateWith({ limits = { slots: 2 }, ignoreCase = false }: BuildDetails): RunMachineState {
  const state = runMachine({ ignoreCase }).initial()
  state.limits = limits
  return state
}

/** The run as it is when it has just started. */
function built(notation: string, details: BuildDetails = {}, spec = planOf(notation, details)): RunState {
  const estimates = Object.fromEntries(
    spec.tasks.map(({ id, estimateMs = 0 }) => [id, { ms: estimateMs, usd: 0 }]),
  )
  return buildRun(stateWith(details), { type: 'run.started', runId: spec.id, run: spec, estimates }, 0)
}

function withoutEstimates(spec: RunSpec, isUnknown: (task: TaskSpec) => boolean): RunSpec {
  const forget = ({ estimateMs, ...task }: TaskSpec): TaskSpec =>
    estimateMs === undefined || isUnknown(task) ? task : { ...task, estimateMs }
  return { ...spec, tasks: spec.tasks.map(forget) }
}

/** The tasks in the order in which they would start, were nothing in their way. */
function orderOf({ tasks }: RunState): string {
  return [...tasks.values()]
    .sort(
      (a, b) =>
        b.criticalMs - a.criticalMs || b.workstream.contention - a.workstream.contention || a.index - b.index,
    )
    .map(({ id }) => id)
    .join(' ')
}

describe('a run that was rehearsed', () => {
  it('starts first what the end would otherwise wait for', async () => {
    const run = await driveRun(contended, { limits: { slots: 2 }, tasks })
    expect(run.running()).toEqual(['c', 'b'])
    expect(orderOf(built(contended, { tasks, limits: { slots: 5 } }))).toBe('a b c d e')
  })

  it('heeds the limits of the run as well as those of the repository', () => {
    const both = (limits: Record<string, number>, own: Record<string, number>) =>
      orderOf(built(contended, { tasks, limits, run: { limits: own } }))
    expect(both({ slots: 5 }, { slots: 2 })).toBe('c b d a e')
    expect(both({ slots: 2 }, { slots: 5 })).toBe('c b d a e')
    expect(both({}, { slots: 2 })).toBe('c b d a e')
    expect(both({}, { cpu: 1 })).toBe('a b c d e')
  })

  it('tells claims apart by case where the repository does', () => {
    const cased = contended.replace('y [src]', 'y [SRC]')
    expect(orderOf(built(cased, { tasks, ignoreCase: true }))).toBe('c b d a e')
    expect(orderOf(built(cased, { tasks }))).toBe('c e a b d')
  })

  it('has weights as heavy as the plain ones, each a little above the next, for they meet those of other runs', () => {
    const run = built(contended, { tasks })
    const weights = [...run.tasks.values()].map(({ criticalMs }) => criticalMs)
    const plain = [300_000, 300_000, 240_000, 240_000, 240_000]
    expect(weights.toSorted((a, b) => b - a).map(Math.floor)).toEqual(plain)
    expect(new Set(weights).size).toBe(5)
  })

  it('keeps the plain weights where no other order is clearly better', () => {
    const run = built('v: a\nw: b < a\nx: c', { tasks })
    expect([...run.tasks.values()].map(({ criticalMs }) => criticalMs)).toEqual([600_000, 300_000, 240_000])
  })

  it('takes what nobody has estimated for average, but not what was estimated at nothing', () => {
    const many = 'w: m0, m1, m2, m3\nx: a\ny: b\nz: c\nv: d'
    const known = { a: minutes(4), b: minutes(4), c: minutes(4), d: minutes(4) }
    // At four minutes for each m as well, it is the workstream w that takes longest.
    const spec = planOf(many, { tasks: known })
    const some = withoutEstimates(spec, ({ id }) => id.startsWith('m'))
    const none = withoutEstimates(spec, () => true)
    expect(orderOf(built(many, {}, some)).startsWith('m0')).toBe(true)
    expect(orderOf(built(many, {}, none)).startsWith('m0')).toBe(true)
    expect(orderOf(built(many, { tasks: known, each: minutes(0) }))).toBe('a b c d m0 m1 m2 m3')
  })

  it('comes back from a snapshot as it was, whatever has become of the limits', async () => {
    const run = await driveRun(contended, { limits: { slots: 2 }, tasks })
    const before = orderOf(run.run())
    await run.setLimits({ slots: 5 })
    const machine = runMachine()
    const thawed = machine.thaw(machine.freeze(run.state)).runs.get('run')!
    expect([before, orderOf(thawed)]).toEqual(['c b d a e', 'c b d a e'])
    const weights = ({ tasks }: RunState) => [...tasks.values()].map(({ criticalMs }) => criticalMs)
    expect(weights(thawed)).toEqual(weights(run.run()))
  })

  it('is rehearsed again, without what has ended, when something is added', async () => {
    const extended = async (...done: readonly string[]) => {
      const run = await driveRun('v: a\nw: b\nx [src]: c', { limits: { slots: 2 }, tasks })
      await run.finishAll(...done)
      expect(await run.extend('y [src]: d\nz [src]: e', { tasks })).toEqual({ ok: true })
      return orderOf(run.run())
    }
    expect(await extended()).toBe('c b d a e')
    expect(await extended('a')).toBe('a b c d e')
  })

  it('keeps the plain order where claims are too entangled, and where there are too many tasks', () => {
    const nested = Array.from({ length: 150 }, (_, at) => `u${at} [${'a/'.repeat(at)}**]: t${at}`).join('\n')
    const entangled = built(`${nested}\nv: a\nw: b`, { tasks })
    expect(orderOf(entangled).startsWith('a b t0 t1')).toBe(true)
    const alone = Array.from({ length: 1_996 }, (_, at) => `u${at}: t${at}`).join('\n')
    const each = { estimateMs: 1 }
    expect(orderOf(built(`${contended}\n${alone}`, { tasks, each })).startsWith('c b d a e')).toBe(false)
  })
})
