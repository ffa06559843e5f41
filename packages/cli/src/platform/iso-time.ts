/** The moment that a text of ISO 8601 names, in milliseconds since 1970; `undefined` where it names none. */
export function fromIsoTime(text: string | null): number | undefined {
  const ms = Date.parse(text ?? '')
  return Number.isNaN(ms) ? undefined : ms
}
