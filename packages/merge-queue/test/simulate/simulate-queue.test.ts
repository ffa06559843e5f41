import { describe, expect, it } from 'vitest'
import { simulateQueue } from '../../src/simulate/simulate-queue.ts'

const checkMs = { mean: 600_000 }
const hour = 3_600_000

describe('a simulated queue', () => {
  it('is the same for the same seed, and another for another', async () => {
    const options = {
      arrivals: { count: 40, perHour: 8 },
      checkMs,
      failureRate: 0.1,
      flakeRate: 0.05,
      slots: 2,
    }
    const [a, b, c] = [
      await simulateQueue(options),
      await simulateQueue(options),
      await simulateQueue({ ...options, seed: 2 }),
    ]
    expect(a).toEqual(b)
    expect(a.turnaroundsMs).not.toEqual(c.turnaroundsMs)
  })

  it('lives a trace', async () => {
    const trace = [{ at: 0 }, { at: hour, isBad: true }, { at: 2 * hour }]
    const { turnaroundsMs, landed, rejected, runs } = await simulateQueue({ trace, checkMs, retries: 0 })
    expect(turnaroundsMs).toEqual([600_000, 600_000, 600_000])
    expect({ landed, rejected, runs }).toEqual({ landed: 2, rejected: 1, runs: 3 })
  })

  it('brings every entry to its end, and lands nothing that is bad', async () => {
    const options = {
      checkMs: { mean: 600_000, spread: 0.3 },
      failureRate: 0.2,
      flakeRate: 0.05,
      conflictRate: 0.02,
    }
    for (const policy of ['adaptive', 'serial', 'batch-bisect', 'speculative'] as const) {
      const arrivals = { count: 60, perHour: 6 }
      const { turnaroundsMs, landed, rejected } = await simulateQueue({
        ...options,
        arrivals,
        policy,
        slots: 3,
        retries: 2,
      })
      expect(turnaroundsMs).toHaveLength(60)
      expect(landed + rejected).toBe(60)
    }
  })

  it('shows what a policy is worth', async () => {
    const options = { arrivals: { count: 100, perHour: 12 }, checkMs, failureRate: 0.1, slots: 4 }
    const p95 = async (policy: 'adaptive' | 'serial' | 'batch-bisect') =>
      (await simulateQueue({ ...options, policy })).turnaroundMs.p95
    const [ours, serial, batch] = [await p95('adaptive'), await p95('serial'), await p95('batch-bisect')]
    expect(ours).toBeLessThan(batch)
    expect(batch).toBeLessThan(serial)
  })

  it('foretells waits of which four in five come true', async () => {
    let held = 0
    const errors: number[] = []
    for (let seed = 1; seed <= 4; seed++) {
      const arrivals = { count: 150, perHour: 6 }
      const { estimates } = await simulateQueue({
        arrivals,
        checkMs: { mean: 600_000, spread: 0.1 },
        failureRate: 0.1,
        slots: 4,
        seed,
      })
      held += estimates.held / 4
      errors.push(estimates.medianError)
    }
    expect(held).toBeGreaterThan(0.7)
    expect(held).toBeLessThan(0.9)
    expect(Math.max(...errors)).toBeLessThan(0.25)
  })
})
