import { describe, expect, it } from 'vitest'
import type { Claim } from '../../src/claims/claim.ts'
import { ClaimTable } from '../../src/claims/claim-table.ts'

const only = (...paths: readonly string[]): readonly Claim[] =>
  paths.map((path) => ({ path, mode: 'exclusive' }))
const shared = (...paths: readonly string[]): readonly Claim[] =>
  paths.map((path) => ({ path, mode: 'shared' }))

describe('ClaimTable', () => {
  it('grants all of a request or nothing, and says who is in the way on which path', () => {
    const table = new ClaimTable()
    expect(table.request('a', only('src/**', 'docs/x'))).toEqual({ granted: true })
    expect(table.request('b', only('lib/**', 'docs/*'))).toEqual({
      granted: false,
      by: { holder: 'a', kind: 'held', path: 'docs/x' },
    })
    expect(table.holds('b')).toBe(false)
    expect(table.claimsOf('b')).toBeUndefined()
    expect(table.claimsOf('a')).toEqual(only('src/**', 'docs/x'))
    expect([...table.holders()]).toEqual(['a'])
  })

  it('lets shared claims be held side by side', () => {
    const table = new ClaimTable()
    table.request('a', shared('docs/**'))
    expect(table.request('b', shared('docs/**'))).toEqual({ granted: true })
    expect(table.request('c', only('docs/x'))).toMatchObject({ granted: false, by: { holder: 'a' } })
  })

  it('compares without case where the repository does', () => {
    const table = new ClaimTable({ ignoreCase: true })
    expect(table.ignoreCase).toBe(true)
    table.request('a', only('src/X'))
    expect(table.request('b', only('SRC/x'))).toMatchObject({ granted: false })
    expect(table.clash(only('A'), only('a'))).toBe(true)
    expect(new ClaimTable().clash(only('A'), only('a'))).toBe(false)
  })

  it('passes over holders that do not count', () => {
    const table = new ClaimTable()
    table.request('a', only('src/**'))
    expect(table.request('b', only('src/x'), { ignore: (other) => other === 'a' })).toEqual({ granted: true })
  })

  it('takes claims once: a holder gets no more until it has let go', () => {
    const table = new ClaimTable()
    table.take('a', only('x'))
    expect(() => table.take('a', only('y'))).toThrow('claims are taken all at once')
  })

  it('tells on release who waited, in the order of their asking', () => {
    const table = new ClaimTable()
    table.request('a', only('src/**'))
    table.request('c', only('src/x'))
    table.request('b', only('src/x'))
    table.request('c', only('src/x'))
    expect(table.waitersBehind('a')).toEqual(['b', 'c'])
    expect(table.release('a')).toEqual(['b', 'c'])
    expect(table.release('a')).toEqual([])
    expect(table.request('b', only('src/x'))).toEqual({ granted: true })
    expect(table.waitersBehind('a')).toEqual(['c'])
  })

  it('forgets a waiter that gives up', () => {
    const table = new ClaimTable()
    table.request('a', only('x'))
    table.request('b', only('x'))
    table.forget('b')
    table.forget('nobody')
    expect(table.release('a')).toEqual([])
  })

  it('gives a holder the most urgent level of those who wait for it', () => {
    const table = new ClaimTable()
    table.request('a', only('x'))
    expect(table.inheritedLevel('a')).toBeUndefined()
    table.request('b', only('x'), { level: 3 })
    table.request('c', only('x'), { level: 1 })
    table.request('d', only('x'), { level: 2 })
    expect(table.inheritedLevel('a')).toBe(1)
    table.release('a')
    expect(table.inheritedLevel('a')).toBeUndefined()
  })

  it('makes a waiter that was passed often a barrier for all that come after', () => {
    const table = new ClaimTable({ barrierAfter: 2 })
    table.take('long', only('src/long'))
    table.request('wide', only('src/**'))
    const pass = (holder: string) => {
      const answer = table.request(holder, only(`src/${holder}`))
      table.release(holder)
      return answer
    }
    expect(pass('p')).toEqual({ granted: true })
    expect(table.isBarrier('wide')).toBe(false)
    expect(pass('q')).toEqual({ granted: true })
    expect(table.isBarrier('wide')).toBe(true)
    expect(pass('r')).toEqual({ granted: false, by: { holder: 'wide', kind: 'barrier', path: 'src/r' } })
    expect(table.request('else', only('docs/x'))).toEqual({ granted: true })
    expect(table.request('s', only('src/s'), { ignore: (other) => other === 'wide' })).toEqual({
      granted: true,
    })
    table.release('s')
    table.release('long')
    expect(table.request('wide', only('src/**'))).toEqual({ granted: true })
    expect(table.isBarrier('wide')).toBe(false)
    expect(table.isBarrier('nobody')).toBe(false)
  })

  it('lets an earlier barrier stand before a later one, never the other way round', () => {
    const table = new ClaimTable({ barrierAfter: 1 })
    table.take('x', only('src/x'))
    table.request('first', only('src/**'))
    table.take('y', only('src/y'))
    table.request('second', only('src/a', 'src/y'))
    table.release('y')
    table.take('z', only('src/a'))
    expect([table.isBarrier('first'), table.isBarrier('second')]).toEqual([true, true])
    table.release('z')
    expect(table.blocker('second', only('src/a', 'src/y'))).toMatchObject({
      holder: 'first',
      kind: 'barrier',
    })
    table.release('x')
    expect(table.blocker('first', only('src/**'))).toBeUndefined()
    table.forget('first')
    expect(table.blocker('second', only('src/a'))).toBeUndefined()
  })

  it('hands everything over at once, with who waits and the level it inherited', () => {
    const table = new ClaimTable()
    table.request('a', only('x'))
    table.handOver('a', 'b')
    expect([table.holds('a'), table.holds('b')]).toEqual([false, true])
    expect(table.inheritedLevel('b')).toBeUndefined()
    table.request('c', only('x'), { level: 1 })
    table.handOver('b', 'd')
    expect(table.inheritedLevel('d')).toBe(1)
    expect(() => table.handOver('b', 'e')).toThrow('only a holder hands over')
  })

  it('comes back from JSON as it was, barriers and levels included', () => {
    const table = new ClaimTable({ barrierAfter: 1 })
    table.take('x', only('src/x'))
    table.request('wide', only('src/**'), { level: 2 })
    table.take('y', only('src/y'))
    table.request('late', shared('src/y'), { level: 5 })
    const frozen = table.freeze()
    const thawed = ClaimTable.thaw(JSON.parse(JSON.stringify(frozen)), { barrierAfter: 1 })
    expect(thawed.freeze()).toEqual(frozen)
    expect(thawed.isBarrier('wide')).toBe(true)
    expect(thawed.inheritedLevel('x')).toBe(2)
    expect(thawed.request('z', only('src/z'))).toMatchObject({ by: { kind: 'barrier' } })
    expect(ClaimTable.thaw(new ClaimTable().freeze()).freeze()).toEqual(new ClaimTable().freeze())
  })
})
