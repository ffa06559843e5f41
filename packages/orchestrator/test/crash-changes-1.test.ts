import { describe, expect, test } from 'vitest'
import { changePoints, isSure } from './crash-points.ts'
import { crashAt } from './crash-story.ts'

describe('a run that is killed', () => {
  test.each(changePoints(0))('at change $at of git, $when it, goes on and loses nothing', async (point) => {
    expect((await crashAt(point)) || !isSure(point)).toBe(true)
  })
})
