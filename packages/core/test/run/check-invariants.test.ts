import { describe, expect, it } from 'vitest'
import { checkInvariants } from '../../src/run/check-invariants.ts'
import type { DrivenRun } from './drive-run.ts'
import { driveRun } from './drive-run.ts'

/** Each promise, and a way to break it by hand in a run where n1 runs, n2 waits for it, b has landed and c holds claims. */
const breakages: readonly (readonly [string, (run: DrivenRun) => unknown])[] = [
  [
    'claims held together do not clash',
    (run) => {
      const claims = [{ path: 'src/x', mode: 'exclusive' as const }]
      Object.assign(run.workstream('b'), { spec: { ...run.workstream('b').spec, claims } })
      run.state.claims.take('run/b', claims)
    },
  ],
  ['a run stays within its limits', (run) => (run.run().spec = { ...run.run().spec, limits: { slots: 0 } })],
  ['use is counted as it is', ({ state }) => (state.meters.of('slots').used = 7)],
  ['use is counted as it is', ({ state }) => (state.meters.of('nobody takes it').used = 1)],
  ['concurrency stays within its limits', ({ state }) => (state.limits = { aider: 0 })],
  ['meters know their limits', ({ state }) => (state.limits = { slots: 9 })],
  ['what is reserved is what runs', ({ state }) => state.budgets.reserve(['run/run'], 1)],
  [
    'nothing else is wanted',
    ({ state }) => state.wanted.set('attempt/run/n9/1', state.wanted.values().next().value!),
  ],
  ['all that runs is wanted', ({ state }) => state.wanted.clear()],
  ['running attempts are counted', (run) => run.run().running++],
  ['open workstreams are counted', (run) => run.run().open++],
  ['waiting retries are counted', (run) => run.run().retrying++],
  ['a workstream runs one task at a time', (run) => run.workstream('a').tasks.push(run.task('n1'))],
  ['a workstream counts its attempts', (run) => run.workstream('b').running++],
  ['unfinished tasks are counted', (run) => run.workstream('a').unfinished++],
  [
    'a workstream that ended holds nothing',
    ({ state }) => state.claims.take('run/b', [{ path: 'other', mode: 'exclusive' }]),
  ],
  ['a workstream at work holds its claims', ({ state }) => state.claims.release('run/c')],
  [
    'a workstream completes with all that it requires',
    (run) => (run.task('m1').phase = { state: 'SKIPPED', because: { reason: 'cancelled' } }),
  ],
  ['needs are counted', (run) => run.task('n2').unmet++],
  ['what runs has a host', ({ state }) => state.hosts.clear()],
  [
    'what has all it needs is ready',
    (run) => {
      Object.assign(run.task('n2'), { spec: { ...run.task('n2').spec, needs: [] }, unmet: 0 })
    },
  ],
  [
    'what cannot run is skipped',
    (run) => {
      Object.assign(run.task('n2'), { spec: { ...run.task('n2').spec, needs: ['gone'] } })
    },
  ],
]

describe('checkInvariants', () => {
  const drive = async () => {
    const run = await driveRun('a: n1, n2 < n1\nb: m1\nc [src/**]: p1\nd: gone', {
      isChecked: false,
      limits: { slots: 4 },
    })
    await run.finish('m1', { changes: false })
    await run.fail('gone')
    return run
  }

  it('is silent about a state that keeps every promise', async () => {
    const run = await drive()
    checkInvariants(run.state, run.clock.now())
  })

  it.each(breakages)('notices that it does not hold that %s', async (name, breakIt) => {
    const run = await drive()
    breakIt(run)
    expect(() => checkInvariants(run.state, run.clock.now())).toThrow(`a promise of ours broke: ${name}`)
  })

  it('notices that what runs lacks what it needs', async () => {
    const run = await drive()
    await run.finish('n1')
    Object.assign(run.task('n1'), { phase: { state: 'FAILED', failure: { reason: 'lost' } } })
    run.task('n2').unmet = 1
    expect(() => checkInvariants(run.state, 0)).toThrow('what runs has what it needs')
  })

  it('notices a ready task that was forgotten, but not one that is held back', async () => {
    const run = await driveRun('a: n1\nb: n2', { limits: { slots: 1 }, isChecked: false })
    run.state.limits = { slots: 2 }
    run.state.meters.limitTo(run.state.limits)
    expect(() => checkInvariants(run.state, 0)).toThrow('a ready task with everything free has started')
    run.run().pauses.add('user')
    checkInvariants(run.state, 0)
  })

  it('notices a run that stands still and does not say so', async () => {
    const run = await driveRun('a: n1', { tasks: { n1: { kind: 'person', tools: [] } }, isChecked: false })
    run.run().status = 'RUNNING'
    expect(() => checkInvariants(run.state, 0)).toThrow('a run that stands still says so')
  })
})
