import { expect, it } from 'vitest'
import { horizonOf } from '../../src/policy/horizon.ts'

const settings = { slots: 4, checks: [], testEach: false, maxBatch: 32 } as const

it('looks as far ahead as the policy may test at once', () => {
  const of = (policy: 'adaptive' | 'serial' | 'batch-bisect' | 'speculative', testEach = false) =>
    horizonOf({ ...settings, policy, testEach })
  expect([of('serial'), of('speculative'), of('batch-bisect'), of('adaptive'), of('adaptive', true)]).toEqual(
    [1, 4, 32, 32, 4],
  )
})
