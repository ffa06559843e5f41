import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProcessLimits } from '../../src/index.ts'
import { type InstanceState, mayMove, requireMove } from '../../src/instance/instance-state.ts'
import { backoffMs } from '../../src/slot/backoff.ts'
import { CrashGuard } from '../../src/slot/crash-guard.ts'
import { Latency } from '../../src/slot/latency.ts'
import { processKey } from '../../src/slot/process-key.ts'
import { recycleReason } from '../../src/slot/recycling.ts'

const backoff = { firstMs: 100, factor: 2, longestMs: 1_000 }

describe('the wait before a restart', () => {
  test('grows, is bounded, and is the same for the same instance and crash', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 50 }), (key, crashes) => {
        const wait = backoffMs(backoff, crashes, key)
        const full = Math.min(100 * 2 ** (crashes - 1), 1_000)
        expect(wait).toBeGreaterThanOrEqual(full / 2)
        expect(wait).toBeLessThanOrEqual(full)
        expect(backoffMs(backoff, crashes, key)).toBe(wait)
      }),
    )
  })

  test('differs between instances that crash together', () => {
    const waits = new Set(Array.from({ length: 20 }, (_, index) => backoffMs(backoff, 3, `echo/${index}`)))
    expect(waits.size).toBeGreaterThan(15)
  })
})

describe('the guard against crash loops', () => {
  const guard = () => new CrashGuard({ backoff, breaker: { crashes: 2, coolDownMs: 9 }, key: 'k' })

  test('opens after so many crashes in a row, and again after the one try', () => {
    const crashes = guard()
    expect(crashes.noteCrash()).toMatchObject({ is: 'backoff', crashes: 1 })
    expect(crashes.noteCrash()).toEqual({ is: 'open', waitMs: 9, crashes: 2 })
    expect(crashes.noteCrash()).toMatchObject({ is: 'open', crashes: 3 })
    expect(crashes.isOpen).toBe(true)
  })

  test('is closed by a completed turn, which says whether it was open', () => {
    const crashes = guard()
    crashes.noteCrash()
    expect(crashes.noteSuccess()).toBe(false)
    crashes.noteCrash()
    crashes.noteCrash()
    expect([crashes.noteSuccess(), crashes.isOpen]).toEqual([true, false])
    expect(crashes.noteCrash().is).toBe('backoff')
  })

  test('opens at once where only a person can help', () => {
    expect(guard().noteCrash('auth').is).toBe('open')
    expect(guard().noteCrash('quota-exhausted').is).toBe('open')
    expect(guard().noteCrash('overloaded').is).toBe('backoff')
  })
})

test('latency is that of the last turns', () => {
  const latency = new Latency()
  expect(latency.quantile(0.5)).toBeUndefined()
  for (let ms = 1; ms <= 100; ms++) latency.add(ms)
  expect([latency.quantile(0.5), latency.quantile(0.95), latency.quantile(1)]).toEqual([50, 95, 100])
  for (let turn = 0; turn < 256; turn++) latency.add(7)
  expect(latency.quantile(1)).toBe(7)
})

test('a process is due by turns, memory or age', () => {
  const young = { turns: 1, ageMs: 1, rssBytes: undefined }
  expect(recycleReason({}, { turns: 9, ageMs: 9, rssBytes: 9e9 })).toBeUndefined()
  expect(recycleReason({ turns: 2, ageMs: 2, memoryMb: 1 }, young)).toBeUndefined()
  expect(recycleReason({ turns: 1 }, young)).toBe('turns')
  expect(recycleReason({ ageMs: 1 }, young)).toBe('age')
  expect(recycleReason({ memoryMb: 1 }, { ...young, rssBytes: 1_048_577 })).toBe('memory')
})

test('processes stand in for each other only where nothing that matters differs', () => {
  const parts = {
    tool: 'echo',
    model: undefined,
    permission: 'edit',
    cwd: '/',
    env: { A: '1', B: '2' },
    settings: undefined,
    sandbox: undefined,
  }
  const key = processKey(parts)
  expect(processKey({ ...parts, env: { B: '2', A: '1' } })).toBe(key)
  for (const other of [
    { model: 'm' },
    { cwd: '/tmp' },
    { env: { A: '1' } },
    { sandbox: 's' },
    { permission: 'all' },
  ])
    expect(processKey({ ...parts, ...other })).not.toBe(key)
})

describe('the phases of a life', () => {
  const states: readonly InstanceState[] = ['spawning', 'ready', 'busy', 'draining', 'dead']

  test('are left for dead from everywhere but death, and for nothing from there', () => {
    for (const from of states) {
      expect(mayMove(from, 'dead')).toBe(from !== 'dead')
      expect(mayMove('dead', from)).toBe(false)
      expect(mayMove('draining', from)).toBe(from === 'dead')
    }
    expect(() => requireMove('ready', 'spawning')).toThrow('instance.legal-move')
  })
})

describe('limits of processes', () => {
  test('never give more places than there are, and serve who waits in the order of asking', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.boolean(), { maxLength: 40 }),
        async (maxProcesses, steps) => {
          const limits = new ProcessLimits({ maxProcesses })
          const given: number[] = []
          const gives: (() => void)[] = []
          let asked = 0
          for (const takes of steps) {
            if (takes) {
              const order = asked++
              void limits.take().then((give) => {
                given.push(order)
                gives.push(give)
              })
            } else {
              const give = gives.shift()
              give?.()
              give?.()
            }
            expect(limits.taken).toBeLessThanOrEqual(maxProcesses)
            await Promise.resolve()
          }
          expect(given).toEqual(given.toSorted((a, b) => a - b))
        },
      ),
    )
  })

  test('forget who gave up waiting', async () => {
    const limits = new ProcessLimits({ maxProcesses: 1 })
    const give = await limits.take()
    const stop = new AbortController()
    const waiting = limits.take(stop.signal)
    const last = limits.take()
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(async () => limits.take(stop.signal)).rejects.toThrow('enough')
    give()
    ;(await last)()
    expect(limits).toMatchObject({ taken: 0, waiting: 0, hasRoom: true })
  })

  test('start nothing while too much memory is used, but for the first', async () => {
    const limits = new ProcessLimits({ maxMemoryMb: 10 })
    const of = {}
    const give = await limits.take()
    limits.report(of, 20 * 1_048_576)
    expect([limits.memoryMb, limits.hasRoom]).toEqual([20, false])
    let isGiven = false
    const waiting = limits.take().then((second) => {
      isGiven = true
      second()
    })
    await Promise.resolve()
    expect(isGiven).toBe(false)
    limits.report(of, undefined)
    await waiting
    give()
  })

  test('are numbers above nothing', () => {
    expect(() => new ProcessLimits({ maxProcesses: 0 })).toThrow('maxProcesses is 0, expected more than 0')
    expect(() => new ProcessLimits({ maxMemoryMb: Number.NaN })).toThrow('maxMemoryMb is NaN')
  })
})
