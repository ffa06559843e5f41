import type { Terminal } from '../terminal.ts'
import { plainText } from './plain-text.ts'
import { wrapText } from './wrap-text.ts'

/**
 * Writes rows in columns; one that nothing stands in is left out. A row that does not fit the width is broken between
 * its cells, and inside one only where that alone does not fit.
 */
export function writeTable(
  { out, columns }: Pick<Terminal, 'out' | 'columns'>,
  rows: readonly (readonly string[])[],
): void {
  const all = rows.map((row) => row.map((cell) => plainText(cell)))
  const widths: number[] = []
  for (const row of all)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length)
  for (const row of all) {
    const cells = row.flatMap((cell, at) =>
      widths[at] === 0 ? [] : [at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)],
    )
    for (const line of linesOf(cells, columns)) out(`${line}\n`)
  }
}

function linesOf(cells: readonly string[], columns: number): readonly string[] {
  const whole = `  ${cells.join('  ')}`.trimEnd()
  if (whole.length <= columns) return [whole]
  const lines: string[] = []
  let line = ''
  for (const cell of cells) {
    const text = cell.trimEnd()
    if (text === '') continue
    if (line === '') line = `  ${cell}`
    else if (`${line}  ${text}`.length <= columns) line = `${line}  ${cell}`
    else {
      lines.push(line.trimEnd())
      line = `    ${cell}`
    }
  }
  return [...lines, line.trimEnd()].flatMap((each) => wrapText(each, columns, '    '))
}
