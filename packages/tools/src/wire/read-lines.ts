import { type Line, LineFramer, type LineFramerOptions } from './line-framer.ts'

/** The lines of a program's output, one after another; ends with the output. */
export async function* readLines(
  output: AsyncIterable<Uint8Array>,
  options: LineFramerOptions = {},
): AsyncGenerator<Line, void, undefined> {
  const framer = new LineFramer(options)
  for await (const bytes of output) yield* framer.push(bytes)
  yield* framer.end()
}

/** A message of a protocol of JSON lines, or what stood between two of them. */
export type JsonFrame =
  | { readonly kind: 'message'; readonly message: JsonObject }
  | { readonly kind: 'noise'; readonly text: string }
  | { readonly kind: 'too-long'; readonly bytes: number }

/** A JSON object of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>

/** The JSON objects of a program's output, each on a line of its own; blank lines are skipped, others are noise. */
export async function* readJsonLines(
  output: AsyncIterable<Uint8Array>,
  options: LineFramerOptions = {},
): AsyncGenerator<JsonFrame, void, undefined> {
  for await (const line of readLines(output, options)) {
    if (line.kind === 'too-long') yield line
    else if (line.text.trim() !== '') yield parseJsonLine(line.text)
  }
}

/** A line as a message, or as noise where it is no JSON object. */
export function parseJsonLine(text: string): Exclude<JsonFrame, { kind: 'too-long' }> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { kind: 'noise', text }
  }
  return isJsonObject(value) ? { kind: 'message', message: value } : { kind: 'noise', text }
}

/** Whether a value is an object with keys: no list, not nothing. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
