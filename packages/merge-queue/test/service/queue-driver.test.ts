import { systemClock } from '@ws/core'
import { describe, expect, it } from 'vitest'
import type { LandEffect } from '../../src/queue/queue-effect.ts'
import { type QueueActions, QueueDriver } from '../../src/service/queue-driver.ts'

const unwanted = () => Promise.reject(new Error('nobody asked for this'))

/** Acts for nobody; what became of a landing is answered as a test says. */
function actionsThatFind(findLanding: QueueActions['findLanding']): QueueActions {
  const watch = () => {
    throw new Error('nobody asked for this')
  }
  return { build: unwanted, check: unwanted, land: unwanted, watch, escalate: unwanted, findLanding }
}

const effect: LandEffect = {
  kind: 'land',
  landId: 'l1',
  target: 'main',
  from: '1'.repeat(40),
  to: '2'.repeat(40),
  entryIds: ['one'],
}

function recover(findLanding: QueueActions['findLanding']) {
  const driver = new QueueDriver(actionsThatFind(findLanding), systemClock())
  return driver.recover('land/l1', effect, { report: () => {} })
}

describe('a landing of an earlier leader', () => {
  it('is landed or lost, as the references tell', async () => {
    expect(await recover(() => Promise.resolve({ kind: 'landed' }))).toEqual({
      type: 'landing.ended',
      landId: 'l1',
      outcome: { kind: 'landed' },
    })
    expect(await recover(() => Promise.resolve(undefined))).toBe('lost')
  })

  it('of which nothing can be told just now keeps nobody from opening the queue: it is tried again', async () => {
    const detail = 'the lock file stays'
    await expect(recover(() => Promise.reject(new Error(detail)))).resolves.toEqual({
      type: 'landing.ended',
      landId: 'l1',
      outcome: { kind: 'infrastructure', detail },
    })
  })
})
