import * as z from 'zod'

const perMillion = z.number().nonnegative({ error: 'expected USD for a million tokens, 0 or more' })

/** What a million tokens of each kind cost in USD. */
export const TokenPrices = z
  .strictObject({
    input: perMillion.describe('USD for a million tokens that are read.'),
    output: perMillion.describe('USD for a million tokens that are written.'),
    cached: perMillion
      .optional()
      .describe('USD for a million tokens read from a cache (as input where absent).'),
  })
  .meta({ title: 'prices' })
export type TokenPrices = z.output<typeof TokenPrices>

/** The prices of a tool: one list, or one for each model, where `*` is any other. */
export const Pricing = z
  .union([TokenPrices, z.record(z.string(), TokenPrices)], {
    error: 'expected prices such as { input: 3, output: 15 }, or a map of them by model',
  })
  .meta({ title: 'pricing' })
export type Pricing = z.output<typeof Pricing>

/** The prices that hold for a model, `undefined` where nobody said them. */
export function pricesOf(pricing: Pricing | undefined, model: string | undefined): TokenPrices | undefined {
  if (pricing === undefined) return undefined
  const whole = TokenPrices.safeParse(pricing)
  if (whole.success) return whole.data
  const byModel = new Map(Object.entries(pricing))
  const prices = byModel.get(model ?? '*') ?? byModel.get('*')
  return TokenPrices.safeParse(prices).data
}

/** What so many tokens cost. */
export function priceTokens(
  prices: TokenPrices,
  tokens: { readonly inputTokens: number; readonly outputTokens: number; readonly cachedTokens: number },
): number {
  const fresh = Math.max(0, tokens.inputTokens - tokens.cachedTokens)
  const cached = tokens.inputTokens - fresh
  const usd =
    fresh * prices.input + cached * (prices.cached ?? prices.input) + tokens.outputTokens * prices.output
  return usd / 1_000_000
}
