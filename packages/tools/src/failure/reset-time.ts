/** Seconds since 1970 between 2001 and 2286: so many digits are a moment, not an amount. */
const epoch = /(?:limit reached\||resets?(?:_at|At)?["':=\s]{1,4})(\d{10})(\d{3})?\b/

const span =
  /(?:try again|retry(?=\s+(?:in|after)\b)|resets?|available again)[^.\d]{0,30}?((?:\d+(?:\.\d+)?\s*(?:days?|hours?|minutes?|seconds?|ms|d|h|m|s)(?![a-z])[\s,]*(?:and\s+)?)+)/i
const retryAfter = /retry[-_ ]?after(?:[_-]?(ms|seconds))?["':=\s]{1,4}(\d+(?:\.\d+)?)\s*(ms)?/i
const part = /(\d+(?:\.\d+)?)\s*(days?|hours?|minutes?|seconds?|ms|d|h|m|s)(?![a-z])/gi

const unitMs: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 }

/** A longer wait than this was misread: no quota is that long. */
const longestMs = 40 * 86_400_000

/**
 * When a limit ends, as a message says it: a moment, or a time from now where the present is known.
 */
export function resetTime(message: string, now: number | undefined): number | undefined {
  const [, seconds, millis] = epoch.exec(message) ?? []
  if (seconds !== undefined) return Number(seconds) * 1_000 + Number(millis ?? 0)
  if (now === undefined) return undefined
  const waitMs = spanMs(message)
  return waitMs === undefined || waitMs > longestMs ? undefined : now + Math.ceil(waitMs)
}

function spanMs(message: string): number | undefined {
  const [, text] = span.exec(message) ?? []
  if (text !== undefined) {
    let sum = 0
    for (const [, amount, unit = 's'] of text.matchAll(part)) {
      sum += Number(amount) * (unit.toLowerCase() === 'ms' ? 1 : unitMs[unit[0]!.toLowerCase()]!)
    }
    return sum
  }
  const [, unit, amount, ms] = retryAfter.exec(message) ?? []
  if (amount === undefined) return undefined
  return Number(amount) * (unit?.toLowerCase() === 'ms' || ms !== undefined ? 1 : 1_000)
}
