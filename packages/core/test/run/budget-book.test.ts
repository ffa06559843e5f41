import { describe, expect, it } from 'vitest'
import { BudgetBook } from '../../src/run/budget-book.ts'

const both = ['run/a', 'tool/x']

describe('BudgetBook', () => {
  it('counts what is spent where nothing is limited', () => {
    const book = new BudgetBook()
    expect(book.lacking(both, 1e9)).toBeUndefined()
    book.reserve(both, 1)
    book.settle(both, 1, 0.25)
    expect([book.spentUsd('run/a'), book.spentUsd('tool/x'), book.spentUsd('none')]).toEqual([0.25, 0.25, 0])
    expect(book.limitUsd('run/a')).toBeUndefined()
  })

  it('names the first scope in which an amount does not fit below the stop limit', () => {
    const book = new BudgetBook()
    book.setLimit('run/a', 10)
    book.setLimit('tool/x', 2)
    expect(book.lacking(both, 1.9)).toBeUndefined()
    expect(book.lacking(both, 1.91)).toBe('tool/x')
    book.reserve(both, 1)
    expect(book.lacking(both, 1)).toBe('tool/x')
    expect(book.hasReserved('tool/x')).toBe(true)
    expect(book.hasReserved('none')).toBe(false)
  })

  it('adds small amounts exactly', () => {
    const book = new BudgetBook()
    book.setLimit('run/a', 1, { warnAt: 0.5, stopAt: 1 })
    for (let i = 0; i < 10; i++) book.settle(['run/a'], 0, 0.1)
    expect(book.spentUsd('run/a')).toBe(1)
    expect(book.lacking(['run/a'], 0)).toBeUndefined()
  })

  it('says once that a share was passed, until the limit is set anew', () => {
    const book = new BudgetBook()
    book.setLimit('run/a', 10)
    book.settle(both, 0, 8)
    const marks = () => [...book.passed(both)].map(({ mark }) => mark)
    expect([...book.passed(both)]).toEqual([{ scope: 'run/a', mark: 'warned', spentUsd: 8, limitUsd: 10 }])
    book.mark('run/a', 'warned')
    expect(marks()).toEqual([])
    book.settle(both, 0, 2)
    expect(marks()).toEqual(['stopped'])
    book.mark('run/a', 'stopped')
    expect(marks()).toEqual([])
    book.setLimit('run/a', 100)
    expect(marks()).toEqual([])
    book.settle(both, 0, 85)
    expect(marks()).toEqual(['warned', 'stopped'])
    book.setLimit('run/a', undefined)
    expect(marks()).toEqual([])
  })

  it('corrects what an attempt has cost', () => {
    const book = new BudgetBook()
    book.settle(both, 0, 1)
    book.correct(both, 1, 0.25)
    expect(book.spentUsd('tool/x')).toBe(0.25)
  })

  it('knows whether an amount would fit if nothing were reserved', () => {
    const book = new BudgetBook()
    expect(book.couldEverFit('run/a', 5)).toBe(true)
    book.setLimit('run/a', 10)
    book.reserve(['run/a'], 9)
    expect([book.couldEverFit('run/a', 9.5), book.couldEverFit('run/a', 9.51)]).toEqual([true, false])
  })

  it('keeps the shares of a scope when its limit changes', () => {
    const book = new BudgetBook()
    book.setLimit('run/a', 10, { warnAt: 0.5, stopAt: 0.6 })
    book.setLimit('run/a', 20, book.shares('run/a'))
    expect(book.shares('run/a')).toEqual({ warnAt: 0.5, stopAt: 0.6 })
    expect(book.shares('none')).toEqual({ warnAt: 0.8, stopAt: 0.95 })
    expect(book.limitUsd('run/a')).toBe(20)
  })
})
