import type { Source } from '../source/source.ts'
import { type Finding, formatPath, type PlanProblem } from './plan-problem.ts'

/** What findings are placed by. */
export interface LocateOptions {
  readonly file?: string | undefined
  readonly text?: string | undefined
  readonly source?: Source | undefined
}

/** Findings with their places in the text, in its order; without a text, in the order they came. */
export function locateFindings(
  findings: readonly Finding[],
  { file, text, source }: LocateOptions,
): PlanProblem[] {
  const starts = text === undefined ? [] : lineStarts(text)
  const problems = findings.map(({ at, isKey = false, span: known, ...finding }): PlanProblem => {
    const span = known ?? source?.locate(at, isKey)
    const place = span === undefined ? {} : { ...position(starts, span.start), span }
    return { ...finding, path: formatPath(at), ...(file === undefined ? {} : { file }), ...place }
  })
  return problems.toSorted((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0))
}

function lineStarts(text: string): number[] {
  return [0, ...Array.from(text.matchAll(/\r\n|\n|\r/g), (end) => end.index + end[0].length)]
}

function position(starts: readonly number[], offset: number): { line: number; column: number } {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (starts[middle]! <= offset) low = middle
    else high = middle - 1
  }
  return { line: low + 1, column: offset - starts[low]! + 1 }
}
