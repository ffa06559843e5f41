import type { Landing, LandingChange, LandingEffect, RunInput, RunMachineState } from '@ws/core'
import { Plan, resolveRun, runMachine, WsError } from '@ws/core'
import { ManualClock } from '@ws/core/testing'
import { expect, test } from 'vitest'
import { LandingDriver } from '../../src/drivers/landing-driver.ts'

const effect: LandingEffect = {
  kind: 'land',
  ...{ runId: 'run', workstreamId: 'a', round: 1, attempt: 1, level: 2, after: [] },
  isApproved: false,
  isWithdrawing: false,
}

/** A run whose workstream could land. */
function started(): RunMachineState {
  const plan = Plan.parse({ workstreams: [{ id: 'a', claims: ['a'], tasks: [{ id: 't', run: 'true' }] }] })
  const machine = runMachine()
  const state = machine.initial()
  const run = resolveRun(plan, { runId: 'run', user: 'ada' })
  for (const event of machine.decide(state, { type: 'run.start', commandId: 'c', run }, 0))
    machine.evolve(state, event, 0)
  return state
}

/** Lands through a port that throws what it is given before it lands. */
function landing(...errors: readonly Error[]) {
  const clock = new ManualClock(0)
  const left = [...errors]
  const changes: LandingChange[] = []
  const reports: RunInput[] = []
  const port: Landing = {
    land: () => {
      const error = left.shift()
      return error === undefined ? Promise.resolve({ kind: 'landed', commit: 'c' }) : Promise.reject(error)
    },
    change: (_key, change) => void changes.push(change),
    close: () => Promise.resolve(),
  }
  const stand = { branch: 'refs/heads/lane/run/a', tip: 'tip', base: 'base' }
  const state = started()
  const driver = new LandingDriver({
    ...{ landing: port, clock, look: () => state },
    stand: () => Promise.resolve(stand),
  })
  driver.start('key', effect, { report: (input) => void reports.push(input) })
  return { clock, driver, changes, reports, left }
}

/** Everything that follows from promises has happened. */
const rest = () => new Promise((resolve) => setImmediate(resolve))

test('a landing that an edge throws at is asked for again after a pause, with what has been said of it since', async () => {
  const { clock, driver, changes, reports } = landing(new Error('busy'), new Error('busy still'))
  await rest()
  driver.change('key', { ...effect, isApproved: true })
  expect(reports).toEqual([])
  clock.advanceTo(1_000)
  await rest()
  expect(reports).toEqual([])
  expect(changes.at(-1)).toEqual({ level: 2, isApproved: true, isWithdrawing: false })
  clock.advanceTo(6_000)
  await rest()
  expect(reports).toMatchObject([{ type: 'landing.ended', outcome: { kind: 'landed' } }])
})

test('one that is thrown at four times fails, and says why', async () => {
  const { clock, reports, left } = landing(...[1, 2, 3, 4, 5].map((time) => new Error(`busy ${time}`)))
  for (const at of [0, 1_000, 6_000, 31_000]) {
    clock.advanceTo(at)
    await rest()
  }
  expect(reports).toMatchObject([{ outcome: { kind: 'infrastructure', detail: 'Error: busy 4' } }])
  expect(left).toHaveLength(1)
})

test('what lies in what is there is not asked for again', async () => {
  const conflict = new WsError('WS_RELEASED_CONFLICT', 'it does not merge', { hint: 'merge it' })
  const { reports } = landing(conflict)
  await rest()
  expect(reports).toMatchObject([
    { outcome: { kind: 'infrastructure', detail: 'WS_RELEASED_CONFLICT: it does not merge' } },
  ])
})

test('an end does not wait for the pause', async () => {
  const { driver, reports } = landing(new Error('busy'))
  await rest()
  await driver.close()
  expect(reports).toEqual([])
})
