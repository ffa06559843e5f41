/** A moment, in milliseconds since 1970, as files for other programs say it. */
export function toIsoTime(ms: number): string {
  return new Date(ms).toISOString()
}
