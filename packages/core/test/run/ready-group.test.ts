import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GroupOrder } from '../../src/run/ready-group.ts'
import { compareGroups, groupHeap } from '../../src/run/ready-group.ts'

const level = fc.oneof(
  fc.integer({ min: -3, max: 6 }),
  fc.double({ min: -3, max: 6, noNaN: true }),
  fc.constantFrom(-9_000, -4_097, -4_096, 4_095, 4_096, 4_096.5, 4_097, 9_000),
)
const criticalMs = fc.oneof(
  fc.integer({ min: 0, max: 4 }),
  fc.double({ min: 0, max: 4, noNaN: true }),
  fc.constantFrom(2 ** 40 - 1, 2 ** 40, 2 ** 41),
)
const group: fc.Arbitrary<GroupOrder> = fc.record({
  level,
  criticalMs,
  contention: fc.nat(8),
  index: fc.nat(100),
})

describe('the rank of a group', () => {
  it('never contradicts the order of groups', () => {
    fc.assert(
      fc.property(group, group, (a, b) => {
        if (compareGroups(a, b) < 0) expect(groupHeap.rank(a)).toBeLessThanOrEqual(groupHeap.rank(b))
      }),
      { numRuns: 2_000 },
    )
  })
})
