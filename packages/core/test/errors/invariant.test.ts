import { describe, expect, it } from 'vitest'
import { invariant } from '../../src/errors/invariant.ts'

describe('invariant', () => {
  it('says which promise broke, with the facts', () => {
    expect(() => invariant(false, 'slots are counted', { is: 3 })).toThrow(
      expect.objectContaining({
        code: 'WS_INVARIANT',
        message: 'a promise of ours broke: slots are counted',
        details: { invariant: 'slots are counted', is: 3 },
      }),
    )
    expect(() => invariant(0, 'bare')).toThrow('bare')
  })

  it('is silent about a promise that holds', () => {
    invariant(true, 'fine')
  })
})
