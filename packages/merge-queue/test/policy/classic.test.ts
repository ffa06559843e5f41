import { describe, expect, it } from 'vitest'
import { chooseBatchBisect, chooseSerial, chooseSpeculative } from '../../src/policy/classic.ts'
import { halfway, lineOf } from './line-of.ts'

describe('the serial policy', () => {
  it('tests the first entry, and the next when that has landed', () => {
    expect(chooseSerial(lineOf(5))).toEqual([1])
    expect(chooseSerial(lineOf(5, { good: 2 }))).toEqual([3])
  })
})

describe('the batch-and-bisect policy', () => {
  it('tests all that wait as one, and what comes meanwhile in the next batch', () => {
    expect(chooseBatchBisect(lineOf(5))).toEqual([5])
    expect(chooseBatchBisect(lineOf(9, { running: halfway(5) }))).toEqual([5])
  })

  it('halves what fails', () => {
    expect(chooseBatchBisect(lineOf(8, { failed: [8] }))).toEqual([4])
    expect(chooseBatchBisect(lineOf(8, { good: 4, failed: [8] }))).toEqual([6])
    expect(chooseBatchBisect(lineOf(8, { good: 4, failed: [5] }))).toEqual([5])
  })
})

describe('the speculative policy', () => {
  it('tests as many prefixes as there are slots, each by one entry longer', () => {
    expect(chooseSpeculative(lineOf(9))).toEqual([1, 2, 3, 4])
    expect(chooseSpeculative(lineOf(2))).toEqual([1, 2])
    expect(chooseSpeculative(lineOf(9, { good: 3 }))).toEqual([4, 5, 6, 7])
  })

  it('looks again at what failed only when it is the first', () => {
    expect(chooseSpeculative(lineOf(9, { failed: [3] }))).toEqual([1, 2, 4])
    expect(chooseSpeculative(lineOf(9, { failed: [1, 2] }))).toEqual([1, 3, 4])
  })
})
