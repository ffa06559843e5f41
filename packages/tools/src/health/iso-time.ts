// Swedish dates are written as ISO 8601 wants them; no clock is asked.
const moments = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: 'UTC' })

/** Milliseconds since 1970 as ISO 8601 in UTC, to the second. */
export function isoTime(ms: number): string {
  return `${moments.format(ms).replace(' ', 'T')}Z`
}
