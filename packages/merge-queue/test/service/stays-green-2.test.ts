import { describe, it } from 'vitest'
import { landUntil } from './land-until.ts'

describe('the target', () => {
  it('stays green through 250 landings, and every merge is git’s own, part 2', { timeout: 900_000 }, () =>
    landUntil({ landed: 250, firstSeed: 2, step: 2 }),
  )
})
