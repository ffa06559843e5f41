/** A moment, in milliseconds since 1970, as files for other programs say it: ISO 8601 in UTC. */
export function toIsoTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** The moment that such a text names. */
export function fromIsoTime(text: string): number {
  return Date.parse(text)
}
