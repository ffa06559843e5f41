import { describe, test } from 'vitest'
import { pointsOf, singleCount } from './crash-points.ts'
import { crashAt } from './crash-story.ts'

const seeds = Array.from({ length: 20 }, (_, index) => singleCount + index)

// Two kills a story, and not three: an attempt that is lost three times in a row is a quarantine.
describe('a run that is killed, and once more while it goes on', () => {
  test.each(seeds)('loses nothing and repeats nothing: seed %d', async (seed) => {
    await crashAt(...pointsOf(seed))
  })
})
