import { describe, expect, test } from 'vitest'
import { appendPoints, isSure, pointCounts } from './crash-points.ts'
import { crashAt, crashNowhere } from './crash-story.ts'

// Here and in the files beside this one, each a part, so that they run side by side.
describe('a run that is killed', () => {
  test('has so many points, and ends as it should where nobody kills it', async () => {
    const told = await crashNowhere()
    // What happens at once is not counted alike each time. A run that has grown by more says so here.
    for (const what of ['git', 'change', 'append'] as const) {
      const said = `${told[what]} instead of ${pointCounts[what]}: ${what}`
      expect(Math.abs(told[what] - pointCounts[what]), said).toBeLessThanOrEqual(pointCounts[what] / 10)
    }
  })

  test.each(appendPoints('before'))('at append $at, $when it, goes on and loses nothing', async (point) => {
    expect((await crashAt(point)) || !isSure(point)).toBe(true)
  })
})
