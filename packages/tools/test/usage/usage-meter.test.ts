import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageMeter } from '../../src/usage/usage-meter.ts'

function metered(meter = new UsageMeter()): UsageMeter {
  meter.startTurn()
  return meter
}

describe('a meter of what a tool used', () => {
  test('takes a number of the turn as it is, however often it is said', () => {
    const meter = metered()
    meter.read({ scope: 'turn', inputTokens: 100, outputTokens: 5 })
    meter.read({ scope: 'turn', inputTokens: 100, outputTokens: 5, costUsd: 0.25 })
    expect(meter.turn()).toEqual({
      inputTokens: 100,
      outputTokens: 5,
      cachedTokens: 0,
      costUsd: 0.25,
      basis: 'reported',
    })
  })

  test('adds steps up, and replaces a step that is said again', () => {
    const meter = metered()
    meter.read({ scope: 'step', id: 'a', inputTokens: 100 })
    meter.read({ scope: 'step', id: 'a', inputTokens: 120 })
    meter.read({ scope: 'step', id: 'b', inputTokens: 30 })
    meter.read({ scope: 'step', inputTokens: 1 })
    expect(meter.turn().inputTokens).toBe(151)
  })

  test('takes the differences of a total that goes on over the turns', () => {
    const meter = metered()
    meter.read({ scope: 'session-total', inputTokens: 100, costUsd: 0.1 })
    expect(meter.turn()).toMatchObject({ inputTokens: 100, costUsd: 0.1 })
    meter.startTurn()
    meter.read({ scope: 'session-total', inputTokens: 150, costUsd: 0.3 })
    meter.read({ scope: 'session-total', inputTokens: 160, costUsd: 0.3 })
    expect(meter.turn()).toMatchObject({ inputTokens: 60, costUsd: 0.2 })
    expect(meter.session()).toMatchObject({ inputTokens: 160, costUsd: 0.3 })
  })

  test('goes on from the totals that a session had in another process', () => {
    const before = { inputTokens: 100, outputTokens: 10, cachedTokens: 0, costUsd: 1 }
    const meter = metered(new UsageMeter({ before, isResumed: true }))
    meter.read({ scope: 'session-total', inputTokens: 130, outputTokens: 12, costUsd: 1.5 })
    expect(meter.turn()).toMatchObject({ inputTokens: 30, outputTokens: 2, costUsd: 0.5, basis: 'reported' })
  })

  test('counts everything where the totals of a resumed session are not known, and says that it is an estimate', () => {
    const meter = metered(new UsageMeter({ isResumed: true }))
    meter.read({ scope: 'session-total', costUsd: 1.5 })
    expect(meter.turn()).toMatchObject({ costUsd: 1.5, basis: 'estimated' })
    meter.startTurn()
    meter.read({ scope: 'session-total', costUsd: 2 })
    expect(meter.turn()).toMatchObject({ costUsd: 0.5, basis: 'reported' })
  })

  test('takes a total that fell for one that began anew, all of it', () => {
    const meter = metered()
    meter.read({ scope: 'session-total', inputTokens: 100, outputTokens: 10 })
    meter.startTurn()
    // The output passed its old value already: it is the input that tells.
    meter.read({ scope: 'session-total', inputTokens: 40, outputTokens: 15 })
    expect(meter.turn()).toMatchObject({ inputTokens: 40, outputTokens: 15 })
  })

  test('counts from 0 after a reset, even where the new total is the larger one', () => {
    const meter = metered()
    meter.read({ scope: 'session-total', costUsd: 0.1 })
    meter.reset()
    meter.startTurn()
    meter.read({ scope: 'session-total', costUsd: 0.5 })
    expect(meter.turn().costUsd).toBe(0.5)
  })

  test('prefers the number of the turn to what was said while it went on', () => {
    const meter = metered()
    meter.read({ scope: 'step', id: 'a', inputTokens: 10, outputTokens: 1 })
    meter.read({ scope: 'turn', inputTokens: 20, outputTokens: 7 })
    meter.read({ scope: 'step', id: 'a', inputTokens: 11, outputTokens: 1 })
    expect(meter.turn()).toMatchObject({ inputTokens: 20, outputTokens: 7 })
  })

  test('says that an amount is a guess where the tool does', () => {
    const meter = metered()
    meter.read({ scope: 'turn', costUsd: 1, isGuess: true })
    expect(meter.turn().basis).toBe('estimated')
  })

  test('prices tokens where no money is reported, by model', () => {
    const pricing = { small: { input: 1, output: 5 }, '*': { input: 2, output: 10, cached: 0.2 } }
    const meter = metered(new UsageMeter({ pricing }))
    meter.read({ scope: 'turn', inputTokens: 1_000_000, outputTokens: 100_000, cachedTokens: 500_000 })
    expect(meter.turn()).toMatchObject({ costUsd: 2.1, basis: 'priced' })
    meter.model = 'small'
    expect(meter.turn().costUsd).toBe(1.5)
  })

  test('knows no cost where there are neither prices nor money', () => {
    const meter = metered()
    meter.read({ scope: 'turn', inputTokens: 5, outputTokens: 5 })
    expect(meter.turn()).toEqual({ inputTokens: 5, outputTokens: 5, cachedTokens: 0, basis: 'unknown' })
  })

  test('is not misled by numbers that are none', () => {
    const meter = metered()
    meter.read({ scope: 'turn', inputTokens: Number.NaN, outputTokens: -5, costUsd: Infinity })
    expect(meter.turn()).toMatchObject({ inputTokens: 0, outputTokens: 0, basis: 'unknown' })
  })

  test('gives turns that add up to the session exactly, whatever the tool counts and wherever it stops', () => {
    const step = fc.record({ tokens: fc.nat({ max: 10_000 }), microUsd: fc.nat({ max: 1_000_000 }) })
    const scopes = fc.constantFrom('session-total' as const, 'step' as const)
    fc.assert(
      fc.property(fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 6 }), scopes, (turns, scope) => {
        const meter = new UsageMeter()
        let tokens = 0
        let micros = 0
        for (const steps of turns) {
          meter.startTurn()
          const start = { tokens, micros }
          for (const each of steps) {
            tokens += each.tokens
            micros += each.microUsd
            const reading =
              scope === 'step'
                ? { inputTokens: each.tokens, costUsd: each.microUsd / 1e6 }
                : { inputTokens: tokens, costUsd: micros / 1e6 }
            meter.read({ scope, ...reading })
          }
          const { inputTokens, costUsd = 0 } = meter.turn()
          expect(inputTokens).toBe(tokens - start.tokens)
          expect(Math.round(costUsd * 1e6)).toBe(micros - start.micros)
        }
        expect(meter.session().inputTokens).toBe(tokens)
        expect(meter.session().costUsd).toBe(micros / 1e6)
      }),
    )
  })
})
