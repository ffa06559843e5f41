import { describe, it } from 'vitest'
import { landUntil } from './land-until.ts'

describe('the target', () => {
  it('stays green through 250 landings, and every merge is git’s own, part 1', { timeout: 900_000 }, () =>
    landUntil({ landed: 250, firstSeed: 1, step: 2 }),
  )
})
