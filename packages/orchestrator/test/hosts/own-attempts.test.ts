import type { AttemptEffect } from '@ws/core'
import { noUsage } from '@ws/core'
import { expect, test } from 'vitest'
import { type Attempts, OwnAttempts } from '../../src/hosts/own-attempts.ts'
import type { AttemptReport } from '../../src/hosts/wire.ts'

const effect: AttemptEffect = {
  kind: 'attempt',
  ...{ runId: 'r', taskId: 't', attempt: 1, hostId: 'run/r', workstreamId: 'w', round: 1 },
  ...{
    tool: undefined,
    account: undefined,
    reservedUsd: 1,
    interrupt: undefined,
    isFinishing: false,
    isExecuted: false,
  },
}
const ended: AttemptReport = {
  type: 'attempt.ended',
  ...{ runId: 'r', taskId: 't', attempt: 1, usage: noUsage },
  outcome: { kind: 'succeeded' },
}
const isOwn = (hostId: string) => hostId === 'run/r'
const wanted = new Map([['attempt/r/t/1', effect]])

/** Attempts that end when the test says so, with what was done and told. */
function scene() {
  const done: string[] = []
  const told: AttemptReport[] = []
  let end = () => {}
  const attempts: Attempts = {
    start: (key, _effect, context) => {
      done.push(`start ${key}`)
      end = () => context.report(ended)
    },
    change: (key) => void done.push(`change ${key}`),
    stop: (key) => void done.push(`stop ${key}`),
    recover: () => Promise.resolve('lost'),
    settled: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  }
  const own = new OwnAttempts(attempts, (report) => told.push(report))
  return { own, done, told, end: () => end() }
}

test('what is wanted of others is not begun', () => {
  const { own, done } = scene()
  own.reconcile(wanted, () => false)
  expect(done).toEqual([])
})

test('what is wanted is begun once, changed when it changes, and stopped when it is wanted no more', () => {
  const { own, done } = scene()
  own.reconcile(wanted, isOwn)
  own.reconcile(wanted, isOwn)
  own.reconcile(new Map([['attempt/r/t/1', { ...effect, isFinishing: true }]]), isOwn)
  own.reconcile(new Map(), isOwn)
  expect(done).toEqual(['start attempt/r/t/1', 'change attempt/r/t/1', 'stop attempt/r/t/1'])
})

test('what ended while nobody led is told to the next leader, and is not begun again', async () => {
  const { own, done, told, end } = scene()
  own.reconcile(wanted, isOwn)
  end()
  expect(told).toEqual([ended])
  // The next leader hands over a state of its own, in which the attempt is still wanted.
  own.reconcile(new Map([['attempt/r/t/1', { ...effect }]]), isOwn)
  expect(own.unheard).toEqual([ended])
  expect(await own.recover('attempt/r/t/1', effect)).toEqual(ended)
  expect(done).toEqual(['start attempt/r/t/1'])
  own.reconcile(new Map(), isOwn)
  expect(own.unheard).toEqual([])
})

test('what goes on is adopted when its own process leads', async () => {
  const { own, done } = scene()
  own.reconcile(wanted, isOwn)
  expect(await own.recover('attempt/r/t/1', effect)).toBe('adopted')
  expect(await own.recover('attempt/r/t/2', { ...effect, attempt: 2 })).toBe('lost')
  expect(done).toEqual(['start attempt/r/t/1', 'change attempt/r/t/1'])
})
