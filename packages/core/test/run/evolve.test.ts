import { describe, expect, it } from 'vitest'
import { runMachine } from '../../src/run/run-machine.ts'
import { samples } from '../explain/sample-events.ts'
import { driveRun } from './drive-run.ts'

const machine = runMachine()

describe('evolve', () => {
  it('takes every event, and those of a run that is not there change nothing', () => {
    const empty = JSON.stringify(machine.freeze(machine.initial()))
    for (const event of Object.values(samples)) {
      const state = machine.initial()
      machine.evolve(state, event, 0)
      if ('runId' in event && event.type !== 'run.started')
        expect(JSON.stringify(machine.freeze(state)), event.type).toBe(empty)
    }
  })

  it('bears a repository in which nothing limits the slots', async () => {
    const run = await driveRun('')
    machine.evolve(run.state, { type: 'limits.changed', limits: {} }, 0)
    await run.start('a: n1\nb: n2\nc: n3\nd: n4')
    expect(run.running()).toHaveLength(4)
    await run.fail('n1', { reason: 'rate-limited' })
    await run.advance(60_000)
    expect(run.events('tool.relaxed')).toEqual([{ type: 'tool.relaxed', tool: 'aider' }])
    expect(run.running()).toHaveLength(4)
  })

  it('takes a claim that was blocked where no task waits any more', async () => {
    const run = await driveRun('a [src/**]: n1\nb [src/x]: n2 < n1', { isChecked: false })
    const event = { ...samples['claim.blocked'], workstreamId: 'b', holder: 'run/a' }
    machine.evolve(run.state, event, 0)
    expect(run.state.claims.waitersBehind('run/a')).toEqual(['run/b'])
  })

  it('ends an attempt once, and changes none that does not run', async () => {
    const run = await driveRun('a: n1, n2 < n1', { isChecked: false })
    const before = JSON.stringify(machine.freeze(run.state))
    const place = { runId: 'run', taskId: 'n2', attempt: 1 }
    const usage = { costUsd: 1, tokens: 0, durationMs: 0 }
    machine.evolve(run.state, { type: 'task.metered', ...place, usage }, 0)
    machine.evolve(run.state, { type: 'task.interrupted', ...place, by: 'paused' }, 0)
    machine.evolve(run.state, { type: 'task.executed', ...place }, 0)
    machine.evolve(run.state, { type: 'attempt.superseded', ...place, usage }, 0)
    machine.evolve(
      run.state,
      { type: 'landing.approved', runId: 'run', workstreamId: 'a', round: 1, attempt: 1 },
      0,
    )
    expect(JSON.stringify(machine.freeze(run.state))).toBe(before)
    machine.evolve(run.state, { type: 'task.cancelled', ...place, usage }, 0)
    expect(run.state.budgets.spentUsd('run/run')).toBe(0)
  })

  it('counts an attempt on a host that it does not know', async () => {
    const run = await driveRun('a: n1\nb: n2', { limits: { slots: 1 }, isChecked: false })
    const place = { runId: 'run', taskId: 'n2', attempt: 1 }
    machine.evolve(run.state, { type: 'task.started', ...place, hostId: 'gone', reservedUsd: 1 }, 0)
    expect(run.running()).toEqual(['n1', 'n2'])
    expect(run.state.meters.used('slots')).toBe(2)
  })
})
