import type { Terminal } from '../terminal.ts'
import { plainText } from './plain-text.ts'
import { wrapText } from './wrap-text.ts'

/**
 * Writes rows in columns. Where they do not fit the width each row's last cell stands on lines of its own, below
 * the others.
 */
export function writeTable(
  { out, columns }: Pick<Terminal, 'out' | 'columns'>,
  rows: readonly (readonly string[])[],
): void {
  const clean = rows.map((row) => row.map((cell) => plainText(cell)))
  const widths: number[] = []
  for (const row of clean)
    for (const [at, cell] of row.slice(0, -1).entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length)
  for (const row of clean) {
    const last = row.at(-1) ?? ''
    const left = `  ${row
      .slice(0, -1)
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')}`
    const whole = `${left}  ${last}`.trimEnd()
    const lines =
      whole.length <= columns ? [whole] : [left.trimEnd(), ...wrapText(`    ${last}`, columns, '    ')]
    for (const line of lines) out(`${line}\n`)
  }
}
