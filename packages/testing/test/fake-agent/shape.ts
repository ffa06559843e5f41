/** What a message is, without its ids, numbers and texts: its keys and what kind of value each has. */
export function shapesOf(lines: readonly string[]): readonly unknown[] {
  return lines.map((line) => {
    try {
      return shapeOf(JSON.parse(line))
    } catch {
      // Where it works is not the same.
      return line.replace(/^Git repo: .*/, 'Git repo')
    }
  })
}

/** Texts that say what a message is rather than what it is about. */
const words = new Set([
  ...['type', 'subtype', 'method', 'sessionUpdate', 'status', 'stopReason', 'role', 'reason', 'kind'],
  ...['terminal_reason', 'tool', 'tool_name', 'outcome', 'optionId', 'decision'],
])

function shapeOf(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0], key)]
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' && words.has(key) ? value : value === null ? 'null' : typeof value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shapeOf(item, name)]))
}
