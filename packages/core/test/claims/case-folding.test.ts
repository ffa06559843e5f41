import { describe, expect, it } from 'vitest'
import { closeOverCase, foldCodePoint, foldText } from '../../src/claims/case-folding.ts'
import { setHas } from '../../src/claims/code-point-set.ts'

const LAST_WITH_CASE = 0x1ffff

describe('foldCodePoint', () => {
  it('calls two letters equal exactly where a regular expression without case does', () => {
    const wrong: string[] = []
    for (let codePoint = 1; codePoint <= LAST_WITH_CASE; codePoint++) {
      const char = String.fromCodePoint(codePoint)
      for (const other of [char.toLowerCase(), char.toUpperCase()]) {
        if (!/^\p{L}$/u.test(other) || other === char) continue
        const areEqual = foldCodePoint(codePoint) === foldCodePoint(other.codePointAt(0) ?? 0)
        if (areEqual !== new RegExp(`^${other}$`, 'iu').test(char)) wrong.push(char + other)
      }
    }
    expect(wrong).toEqual([])
  })

  it('changes nothing the second time', () => {
    for (let codePoint = 0; codePoint <= LAST_WITH_CASE; codePoint++) {
      const folded = foldCodePoint(codePoint)
      if (foldCodePoint(folded) !== folded) expect.fail(codePoint.toString(16))
    }
  })
})

describe('foldText', () => {
  it('folds letter by letter and never changes how many there are', () => {
    expect(foldText('SRC/Ärger/STRAßE İ ſ K 𐐀')).toBe('src/ärger/straße İ s k 𐐨')
  })
})

describe('closeOverCase', () => {
  it('adds every case of the letters, those beyond ASCII too', () => {
    const small = closeOverCase([0x6b, 0x6b, 0x73, 0x73])
    const large = closeOverCase([0x6b, 0x6b, 0x73, 0x73, 0x3b1, 0x3b1])
    expect([...'kK\u212asS\u017f'].every((char) => setHas(small, char.codePointAt(0) ?? 0))).toBe(true)
    expect([...'kK\u212asS\u017fαΑ'].every((char) => setHas(large, char.codePointAt(0) ?? 0))).toBe(true)
    expect([...'jltα'].some((char) => setHas(small, char.codePointAt(0) ?? 0))).toBe(false)
  })
})
