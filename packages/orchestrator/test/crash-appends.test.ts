import { describe, expect, test } from 'vitest'
import { appendPoints, isSure } from './crash-points.ts'
import { crashAt } from './crash-story.ts'

describe('a run that is killed', () => {
  test.each(appendPoints('after'))('at append $at, $when it, goes on and loses nothing', async (point) => {
    expect((await crashAt(point)) || !isSure(point)).toBe(true)
  })
})
