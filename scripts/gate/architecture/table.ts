export interface Row {
  readonly name: string
  /** The packages that it may import. */
  readonly imports: readonly string[]
}

/** The rows of the table under the heading "Arrows" of ARCHITECTURE.md: a package, and what it imports. */
export function arrowTable(markdown: string): readonly Row[] {
  const section = markdown.split(/^## /m).find((text) => text.startsWith('Arrows\n')) ?? ''
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => line.split('|').slice(1).map(quoted))
    .map(([[name = ''] = [], imports = []]) => ({ name, imports }))
}

function quoted(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)
}

/**
 * How high each package lies: 0 without arrows, otherwise one above the highest that it imports. Nothing for packages on a cycle, of
 * which no arrow points down.
 */
export function levels(rows: readonly Row[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  // Each round settles at least one more package, or there is none left that can be.
  for (let settled = -1; settled < found.size;) {
    settled = found.size
    for (const { name, imports } of rows) {
      const below = imports.map((target) => found.get(target))
      if (below.every((level) => level !== undefined)) found.set(name, Math.max(-1, ...below) + 1)
    }
  }
  return found
}

/** What is wrong with the table itself. */
export function tableProblems(rows: readonly Row[]): readonly string[] {
  const names = rows.map(({ name }) => name)
  const unknown = rows.flatMap(({ name, imports }) =>
    imports
      .filter((target) => !names.includes(target))
      .map((target) => `ARCHITECTURE.md: ${name} imports ${target}, which has no row`),
  )
  if (unknown.length > 0) return unknown
  const heights = levels(rows)
  return names
    .filter((name) => !heights.has(name))
    .map((name) => `ARCHITECTURE.md: the arrows from ${name} lead in a circle, or to one`)
}
