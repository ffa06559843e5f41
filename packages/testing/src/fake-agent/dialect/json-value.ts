/** A value of a message, without trust in its shape. */
export type JsonObject = { readonly [key: string]: unknown }

/** The object that a line holds; `undefined` where it holds none. */
export function parseObject(line: string): JsonObject | undefined {
  try {
    return objectOf(JSON.parse(line))
  } catch {
    return undefined
  }
}

/** The value as an object; an empty one where it is none. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

/** The value as a text; an empty one where it is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The text of a list of content blocks, or the text that stands in place of one. */
export function contentText(content: unknown): string {
  if (!Array.isArray(content)) return textOf(content)
  return content.map((block: unknown) => textOf(objectOf(block)['text'])).join('')
}

/** A text in two parts, as a model that streams sends it. */
export function halves(text: string): readonly string[] {
  const characters = [...text]
  const middle = Math.ceil(characters.length / 2)
  return [characters.slice(0, middle).join(''), characters.slice(middle).join('')].filter(
    (part) => part !== '',
  )
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
