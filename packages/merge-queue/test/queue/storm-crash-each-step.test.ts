import { describe, expect, it } from 'vitest'
import { storm } from './storm.ts'

/** Queues that take from a few dozen to some hundred steps. */
const seeds = [3, 11, 19, 42]

describe('a queue whose host dies at every step', () => {
  for (const seed of seeds) {
    it(`loses and doubles nothing, seed ${seed}`, async () => {
      const { steps } = await storm(seed, { crashes: new Map(), isCalm: true })
      for (let step = 1; step <= steps; step++) {
        for (const when of ['before', 'after'] as const) {
          const crashed = await storm(seed, { crashes: new Map([[step, when]]), isCalm: true })
          expect(crashed.states.length).toBeGreaterThan(0)
        }
      }
    }, 120_000)
  }
})
