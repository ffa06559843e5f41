import { describe, expect, it } from 'vitest'
import { storm } from './storm.ts'

describe('the run machine in a storm', () => {
  it('keeps every promise through random plans, faults and crashes', async () => {
    for (let seed = 1; seed <= 200; seed++) {
      await expect(storm(seed), `seed ${seed}`).resolves.toBeDefined()
    }
  })
})
