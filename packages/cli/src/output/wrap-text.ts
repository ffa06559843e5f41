import type { Terminal } from '../terminal.ts'

/** No line is cut shorter than this, however narrow the window. */
const leastWidth = 30

/** Lines of at most a width, broken at spaces; those that follow a broken one begin with `indent`. */
export function wrapText(text: string, width: number, indent = ''): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, Math.max(leastWidth, width), indent))
}

/** Writes text that is as wide as the window at most. */
export function writeWrapped(
  { out, columns }: Pick<Terminal, 'out' | 'columns'>,
  text: string,
  indent = '',
): void {
  for (const line of wrapText(text, columns, indent)) out(`${line}\n`)
}

function wrapLine(text: string, most: number, indent: string): string[] {
  const lines: string[] = []
  let line = text
  while (line.length > most) {
    const start = line.length - line.trimStart().length
    const at = line.lastIndexOf(' ', most)
    // A word longer than the line stays whole: a path or an address can be copied.
    const end = at > Math.max(start, indent.length) ? at : line.indexOf(' ', most)
    if (end === -1) break
    lines.push(line.slice(0, end).trimEnd())
    line = indent + line.slice(end).trimStart()
  }
  return [...lines, line]
}
