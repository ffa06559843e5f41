import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Claim, type ClaimMode, modesClash } from '../../src/claims/claim.ts'
import { ClaimIndex } from '../../src/claims/claim-index.ts'
import { claimsOverlap } from '../../src/claims/overlap.ts'
import { arbitraryClaim } from './arbitrary-claim.ts'

const claim = (path: string, mode: ClaimMode = 'exclusive'): Claim => ({ path, mode })
const ownersOf = (index: ClaimIndex<string>, ...wanted: Claim[]) =>
  Array.from(index.conflicts(wanted), ({ owner }) => owner)

describe('ClaimIndex', () => {
  it('finds owners above, at and below the wanted path, in the order they were added', () => {
    const index = new ClaimIndex<string>()
    index.add('below', [claim('src/auth/login/**')])
    index.add('beside', [claim('src/author')])
    index.add('at', [claim('src/auth')])
    index.add('above', [claim('src/**')])
    index.add('anywhere', [claim('**/*.ts')])
    index.add('elsewhere', [claim('**/*.md'), claim('docs')])
    expect(ownersOf(index, claim('src/auth/**/*.ts'))).toEqual(['below', 'at', 'above', 'anywhere'])
  })

  it('reports an owner once, with its first claim that conflicts and the first wanted one', () => {
    const index = new ClaimIndex<string>()
    const held = [claim('a'), claim('b/x'), claim('b')]
    index.add('x', held)
    const wanted = [claim('c'), claim('b/**'), claim('b/*')]
    expect([...index.conflicts(wanted)]).toEqual([{ owner: 'x', held: held[1], wanted: wanted[1] }])
  })

  it('lets shared claims stand beside each other', () => {
    const index = new ClaimIndex<string>()
    index.add('shared', [claim('src', 'shared')])
    index.add('alone', [claim('src', 'exclusive')])
    expect(ownersOf(index, claim('src/a', 'shared'))).toEqual(['alone'])
    expect(ownersOf(index, claim('src/a', 'exclusive'))).toEqual(['shared', 'alone'])
  })

  it('passes over owners that the caller skips', () => {
    const index = new ClaimIndex<string>()
    for (const owner of ['a', 'b', 'c']) index.add(owner, [claim('src')])
    const conflicts = index.conflicts([claim('src/x')], (owner) => owner === 'b')
    expect(Array.from(conflicts, ({ owner }) => owner)).toEqual(['a', 'c'])
  })

  it('finds directories whose names differ in case when told to ignore it', () => {
    const index = new ClaimIndex<string>({ ignoreCase: true })
    index.add('x', [claim('SRC/Auth/**')])
    expect(ownersOf(index, claim('src/auth/a'))).toEqual(['x'])
  })

  it('adds an owner once, and nothing of one whose claims are invalid', () => {
    const index = new ClaimIndex<string>()
    index.add('x', [claim('a')])
    expect(() => index.add('x', [claim('b')])).toThrow(/added to a claim index once/)
    expect(() => index.add('y', [claim('b'), claim('../c')])).toThrow(/leaves its directory/)
    expect([index.has('y'), index.size, ownersOf(index, claim('b'))]).toEqual([false, 1, []])
  })

  it('keeps the claims as they were when their owner came', () => {
    const index = new ClaimIndex<string>()
    const claims = [claim('a')]
    index.add('x', claims)
    claims.push(claim('b'))
    expect(index.claimsOf('x')).toEqual([claim('a')])
    expect(index.claimsOf('nobody')).toEqual([])
    expect(index.delete('x')).toBe(true)
    expect(index.delete('x')).toBe(false)
    expect(ownersOf(index, claim('**'))).toEqual([])
  })

  it('accepts an owner that holds nothing', () => {
    const index = new ClaimIndex<string>()
    index.add('reader', [])
    expect([index.size, ownersOf(index, claim('**'))]).toEqual([1, []])
    expect(index.delete('reader')).toBe(true)
  })

  it('answers like a scan of all pairs, whatever was added and deleted before', () => {
    type Step = { add: readonly Claim[] } | { delete: number } | { ask: readonly Claim[] }
    const plain = fc
      .tuple(
        fc.constantFrom('a', 'a/b', 'a/b/**', 'b', 'A/b', '**', 'a/*'),
        fc.constantFrom('exclusive', 'shared'),
      )
      .map(([path, mode]) => claim(path, mode))
    const claims = fc.array(fc.oneof(plain, arbitraryClaim), { maxLength: 3 })
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.record({ add: claims }),
      fc.record({ delete: fc.nat(9) }),
      fc.record({ ask: claims }),
    )
    const check = (steps: Step[], ignoreCase: boolean) => {
      const index = new ClaimIndex<number>({ ignoreCase })
      const model = new Map<number, readonly Claim[]>()
      for (const [id, step] of steps.entries()) {
        if ('add' in step) {
          index.add(id, step.add)
          model.set(id, step.add)
        } else if ('delete' in step) {
          expect(index.delete(step.delete)).toBe(model.delete(step.delete))
        } else {
          expect([...index.conflicts(step.ask)]).toEqual(scan(model, step.ask, ignoreCase))
        }
        expect([index.size, [...index.owners()]]).toEqual([model.size, [...model.keys()]])
      }
    }
    fc.assert(fc.property(fc.array(step, { maxLength: 20 }), fc.boolean(), check), { numRuns: 300 })
  })
})

function scan(model: ReadonlyMap<number, readonly Claim[]>, wanted: readonly Claim[], ignoreCase: boolean) {
  return [...model].flatMap(([owner, claims]) => {
    const pairs = claims.flatMap((held) => wanted.map((wanted) => ({ owner, held, wanted })))
    const first = pairs.find(
      ({ held, wanted }) => modesClash(held.mode, wanted.mode) && claimsOverlap(held, wanted, { ignoreCase }),
    )
    return first ? [first] : []
  })
}
