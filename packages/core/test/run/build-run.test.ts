import { describe, expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'

const minute = 60_000

describe('the lower bound of a run', () => {
  it('reckons with who waits for a landing, as with who waits for a task', async () => {
    const run = await driveRun('a: n1, n2\nb: m1 < a!, m2 < m1\nc: k1 < b! & d!\nd:', {
      limits: { slots: 9 },
    })
    expect(run.run().lowerBoundMs).toBe(4 * minute)
    expect(['n1', 'n2', 'm1', 'k1'].map((id) => run.task(id).criticalMs / minute)).toEqual([4, 4, 3, 1])
  })
})
