import { expect, test } from 'vitest'
import { Pricing, priceTokens, pricesOf } from '../../src/usage/pricing.ts'

test('tokens from a cache cost what is said for them, else what fresh ones do', () => {
  const tokens = { inputTokens: 2_000_000, outputTokens: 1_000_000, cachedTokens: 1_000_000 }
  expect(priceTokens({ input: 3, output: 15, cached: 0.3 }, tokens)).toBeCloseTo(18.3)
  expect(priceTokens({ input: 3, output: 15 }, tokens)).toBeCloseTo(21)
})

test('a map of prices holds for its models, and "*" for all others', () => {
  const pricing = Pricing.parse({ big: { input: 5, output: 25 }, '*': { input: 1, output: 2 } })
  expect(pricesOf(pricing, 'big')?.input).toBe(5)
  expect(pricesOf(pricing, 'small')?.input).toBe(1)
  expect(pricesOf(pricing, undefined)?.input).toBe(1)
  expect(pricesOf({ big: { input: 5, output: 25 } }, 'small')).toBeUndefined()
  expect(pricesOf(undefined, 'big')).toBeUndefined()
})

test('names of models are not looked up in what every object has', () => {
  expect(pricesOf({ big: { input: 5, output: 25 } }, 'constructor')).toBeUndefined()
})
