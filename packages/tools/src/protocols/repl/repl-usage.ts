import type { UsageReading } from '../../usage/usage-meter.ts'
import type { ReplSpec } from './repl-spec.ts'

/** Longer output is looked at only at its end, where tools say what they used. */
const maxLooked = 200_000

const magnitudes: Readonly<Record<string, number>> = { k: 1_000, m: 1_000_000 }

/** What a program said of its usage in the output of a turn. `4.2k` is 4200, and rounded. */
export function* readUsage(text: string, usage: ReplSpec['usage']): Generator<UsageReading, void, undefined> {
  const looked = text.slice(-maxLooked)
  for (const { pattern, scope, input, output, cached, costUsd } of usage) {
    for (const match of looked.matchAll(new RegExp(pattern, 'gs'))) {
      const at = (group: number | undefined) => (group === undefined ? undefined : amountOf(match[group]))
      const tokens = {
        inputTokens: at(input),
        outputTokens: at(output),
        cachedTokens: at(cached),
        costUsd: at(costUsd),
      }
      const said = Object.entries(tokens).filter(([, value]) => value !== undefined)
      if (said.length > 0) yield { scope, ...Object.fromEntries(said) }
    }
  }
}

function amountOf(text: string | undefined): number | undefined {
  const [, digits, magnitude] = /^([\d.,]+)\s*([km])?$/i.exec(text?.trim() ?? '') ?? []
  if (digits === undefined) return undefined
  const amount = Number(digits.replaceAll(',', '')) * (magnitudes[magnitude?.toLowerCase() ?? ''] ?? 1)
  return Number.isFinite(amount) ? Math.round(amount * 1_000_000_000) / 1_000_000_000 : undefined
}
