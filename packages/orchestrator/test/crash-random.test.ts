import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crashAt, type KillPoint } from './crash-story.ts'

/** About as many calls as the plan makes: a number beyond the last one is a run that nobody killed. */
const point: fc.Arbitrary<KillPoint> = fc.oneof(
  { weight: 4, arbitrary: pointOf('git', 120) },
  { weight: 1, arbitrary: pointOf('append', 20) },
)

function pointOf(what: 'git' | 'append', most: number): fc.Arbitrary<KillPoint> {
  return fc.record({
    what: fc.constant(what),
    at: fc.integer({ min: 1, max: most }),
    when: fc.constantFrom('before', 'after'),
  })
}

// Two kills a story, and not three: an attempt that is lost three times in a row is a quarantine.
test('a run that is killed anywhere, and once more while it goes on, loses nothing and repeats nothing', async () => {
  let kills = 0
  await fc.assert(
    fc.asyncProperty(point, point, async (first, second) => {
      if ((await crashAt(first, second)).wasKilled) kills += 1
    }),
    // A story that fails is shown as it is: trying smaller numbers would take minutes.
    { numRuns: 10, endOnFailure: true },
  )
  expect(kills).toBeGreaterThan(0)
}, 300_000)
