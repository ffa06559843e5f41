import * as z from 'zod'

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

const pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/

const expected = 'expected a duration such as 90s, 10m or 2h'

/** A span of time: `90s`, `10m`, `2h` in files, milliseconds once parsed. */
export const Duration = z
  .string({ error: expected })
  .regex(pattern, { error: expected })
  .transform((text) => parseDuration(text)!)

/** Milliseconds of a duration as it is written in files, `undefined` where it is none. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = pattern.exec(text) ?? []
  return amount === undefined || unit === undefined ? undefined : Math.round(Number(amount) * unitMs[unit]!)
}

/** The shortest exact spelling: `600000` is `10m`, `90000` is `90s`. */
export function formatDuration(ms: number): string {
  const [unit] = Object.entries(unitMs).findLast(([, size]) => ms > 0 && ms % size === 0) ?? ['ms']
  return `${ms / unitMs[unit]!}${unit}`
}
