import { describe, expect, it } from 'vitest'
import { Random } from '../../src/testing/random.ts'
import { randomRun } from './random-run.ts'
import { storm } from './storm.ts'

const plans = 30

describe('a small plan crashed at every step', () => {
  for (let plan = 1; plan <= plans; plan++) {
    it(`loses and doubles nothing, plan ${plan}`, async () => {
      const runs = [randomRun(new Random(7_000 + plan), 'small')]
      const { steps } = await storm(plan, { runs, crashes: new Map(), isCalm: true })
      for (let step = 1; step <= steps; step++) {
        for (const when of ['before', 'after'] as const) {
          const crashed = await storm(plan, { runs, crashes: new Map([[step, when]]), isCalm: true })
          expect(crashed.statuses).toHaveLength(1)
        }
      }
    }, 120_000)
  }
})
