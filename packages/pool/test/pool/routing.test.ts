import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TurnRequest } from '../../src/instance/turn.ts'
import { type Loads, routerFor } from '../../src/pool/routing.ts'

function request(session?: string): TurnRequest {
  return {
    text: '',
    cwd: '/',
    session,
    isFresh: false,
    mayBeginAnew: true,
    signal: undefined,
    timeoutMs: 1,
    idleTimeoutMs: 1,
    onEvent: undefined,
    decide: undefined,
  }
}

interface State {
  readonly loads: number[]
  readonly turns?: readonly number[]
  readonly sessions?: readonly number[]
  readonly takes?: readonly boolean[]
  readonly holdsMany?: boolean
}

function loadsOf({ loads, turns = [], sessions = [], takes, holdsMany = true }: State): Loads {
  return {
    count: loads.length,
    takes: (index) => takes?.[index] ?? true,
    loadOf: (index) => loads[index] ?? 0,
    turnsOf: (index) => turns[index] ?? 0,
    sessionsOf: (index) => sessions[index] ?? 0,
    sessions: () => sessions.reduce((sum, each) => sum + each, 0),
    holdsMany,
  }
}

const someState = fc
  .array(fc.record({ load: fc.nat(9), turns: fc.nat(9), takes: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((slots) => ({
    loads: slots.map(({ load }) => load),
    turns: slots.map(({ turns }) => turns),
    takes: slots.map(({ takes }) => takes),
  }))

describe('round robin', () => {
  test('gives each instance its share, to within one, while all take prompts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(200), (count, prompts) => {
        const route = routerFor('round-robin')
        const got = Array.from({ length: count }, () => 0)
        for (let prompt = 0; prompt < prompts; prompt++) {
          const index = route(request(), loadsOf({ loads: got })) ?? -1
          got[index] = (got[index] ?? 0) + 1
        }
        expect(Math.max(...got) - Math.min(...got)).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('passes over those that take nothing, and knows when nobody does', () => {
    const route = routerFor('round-robin')
    const loads = loadsOf({ loads: [0, 0, 0], takes: [true, false, true] })
    expect([1, 2, 3, 4].map(() => route(request(), loads))).toEqual([0, 2, 0, 2])
    expect(route(request(), loadsOf({ loads: [0], takes: [false] }))).toBeUndefined()
  })
})

describe('least busy', () => {
  test('chooses one that takes prompts and has least to do; among equals, that has done least', () => {
    fc.assert(
      fc.property(someState, (state) => {
        const chosen = routerFor('least-busy')(request(), loadsOf(state))
        const able = state.loads.flatMap((load, index) =>
          state.takes[index] ? [{ index, load, turns: state.turns[index] ?? 0 }] : [],
        )
        const best = able.toSorted((a, b) => a.load - b.load || a.turns - b.turns)[0]
        const choice = able.find(({ index }) => index === chosen)
        expect([choice?.load, choice?.turns]).toEqual([best?.load, best?.turns])
      }),
    )
  })
})

test('least busy gives a conversation to who has fewest of them', () => {
  const loads = loadsOf({ loads: [0, 0], turns: [0, 9], sessions: [1, 0] })
  expect([routerFor('least-busy')(request('x'), loads), routerFor('least-busy')(request(), loads)]).toEqual([
    1, 0,
  ])
})

describe('sticky', () => {
  test('sends the same name to the same instance, in every router', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 8 }), (session, count) => {
        const loads = loadsOf({ loads: Array.from({ length: count }, () => 0) })
        const first = routerFor('sticky')(request(session), loads)
        expect(routerFor('sticky')(request(session), loads)).toBe(first)
        expect(first).toBeLessThan(count)
      }),
    )
  })

  test('keeps most names where they are when an instance goes', () => {
    const count = 5
    const route = routerFor('sticky')
    const all = loadsOf({ loads: Array.from({ length: count }, () => 0) })
    const without = loadsOf({
      loads: all.count === 5 ? [0, 0, 0, 0, 0] : [],
      takes: [true, true, false, true, true],
    })
    for (let name = 0; name < 200; name++) {
      const before = route(request(`session ${name}`), all)
      if (before !== 2) expect(route(request(`session ${name}`), without)).toBe(before)
    }
  })

  test('gives no instance more than its share and a quarter, whatever the names', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string(), { maxLength: 60 }),
        fc.integer({ min: 1, max: 6 }),
        (names, count) => {
          const sessions = Array.from({ length: count }, () => 0)
          for (const name of names) {
            const index =
              routerFor('sticky')(request(name), loadsOf({ loads: sessions.map(() => 0), sessions })) ?? 0
            sessions[index] = (sessions[index] ?? 0) + 1
          }
          expect(Math.max(...sessions)).toBeLessThanOrEqual(Math.ceil((1.25 * names.length) / count))
        },
      ),
    )
  })

  test('gives each instance one conversation before any gets a second, where they would cost each other their context', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 6, maxLength: 6 }), (names) => {
        const sessions = [0, 0, 0]
        for (const name of names) {
          const loads = loadsOf({ loads: [0, 0, 0], sessions, holdsMany: false })
          const index = routerFor('sticky')(request(name), loads) ?? 0
          sessions[index] = (sessions[index] ?? 0) + 1
        }
        expect(sessions).toEqual([2, 2, 2])
      }),
    )
  })

  test('spreads names evenly', () => {
    const got = [0, 0, 0, 0]
    const route = routerFor('sticky')
    for (let name = 0; name < 4_000; name++) {
      const index = route(request(`user-${name}`), loadsOf({ loads: [0, 0, 0, 0] })) ?? 0
      got[index] = (got[index] ?? 0) + 1
    }
    for (const each of got) expect(each).toBeGreaterThan(850)
  })

  test('without a session is least busy', () => {
    expect(routerFor('sticky')(request(), loadsOf({ loads: [2, 0, 1] }))).toBe(1)
  })
})
