import { describe, expect, it } from 'vitest'
import { satisfies } from '../../scripts/bootstrap/engines.cjs'

const RANGE = '^22.22.3 || ^24.15.0 || >=26'

describe('the check of engines', () => {
  it.each(['v22.22.3', '22.30.0', 'v24.15.0', 'v24.21.0', 'v26.0.0', 'v27.1.2'])('takes %s', (version) => {
    expect(satisfies(RANGE, version)).toBe(true)
  })

  it.each(['v18.20.8', 'v20.20.2', 'v22.22.2', 'v22.3.9', 'v23.11.0', 'v24.14.9', 'v25.9.0'])(
    'refuses %s',
    (version) => {
      expect(satisfies(RANGE, version)).toBe(false)
    },
  )

  it('refuses a nightly, whose number is that of the release it precedes', () => {
    expect(satisfies(RANGE, 'v26.0.0-nightly20260101')).toBe(false)
  })

  it.each(['~24.15.0', '24.x', '>=22 <26', '^0.1.0', ''])('says that it cannot read "%s"', (range) => {
    expect(() => satisfies(range, 'v24.15.0')).toThrow(/^engines: /)
  })
})
