import type { PlanProblem } from './plan-problem.ts'

/** How problems are shown. */
export interface FormatProblemsOptions {
  /** The text that was parsed: with it, each problem shows the line that it is about. */
  readonly text?: string
  /** How wide a shown line may be. @default 100 */
  readonly width?: number
}

/**
 * Problems as a person reads them: each with its place, the line with a mark below it, and what would be right.
 *
 *     plan.yaml:9:23: task "n2" needs "n3", which no task is called
 *         9 |       - { id: n2, needs: [n3] }
 *           |                           ^^
 *       workstreams[0].tasks[1].needs[0]: did you mean "n1"?
 */
export function formatProblems(
  problems: readonly PlanProblem[],
  options: FormatProblemsOptions = {},
): string {
  return problems.map((problem) => formatProblem(problem, options)).join('\n\n')
}

function formatProblem(problem: PlanProblem, { text, width = 100 }: FormatProblemsOptions): string {
  const { severity, message, hint, path, file, line, column, span } = problem
  const place = [file, line, column].filter((part) => part !== undefined).join(':')
  const head = `${severity === 'warning' ? 'warning: ' : ''}${message}`
  const lines = [printable(place === '' ? head : `${place}: ${head}`)]
  if (text !== undefined && span !== undefined && line !== undefined && column !== undefined) {
    lines.push(...excerpt(text, span, { line, column, width }))
  }
  const foot = [path === '' ? undefined : path, hint].filter((part) => part !== undefined).join(': ')
  if (foot !== '') lines.push(printable(`  ${foot}`))
  return lines.join('\n')
}

interface Place {
  readonly line: number
  readonly column: number
  readonly width: number
}

function excerpt(
  text: string,
  span: { start: number; end: number },
  { line, column, width }: Place,
): string[] {
  const start = span.start - (column - 1)
  const lineEnd = text.slice(start).search(/[\r\n]|$/)
  const whole = printable(text.slice(start, start + lineEnd))
  const length = Math.max(1, Math.min(span.end - span.start, whole.length - (column - 1)))
  const gutter = String(line).padStart(5)
  const room = width - gutter.length - 3
  // A long line is cut around what is meant, with a third of the room before it.
  const from =
    whole.length <= room ? 0 : Math.max(0, Math.min(column - 1 - Math.floor(room / 3), whole.length - room))
  const shown = whole.slice(from, from + room)
  const before = Math.max(0, column - 1 - from)
  const mark = ' '.repeat(before) + '^'.repeat(Math.max(1, Math.min(length, shown.length - before)))
  return [`${gutter} | ${shown}`, `${' '.repeat(gutter.length)} | ${mark}`]
}

/** Keeps the width, and keeps a document from speaking to the terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
}
