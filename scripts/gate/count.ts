import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StepResult } from './run-steps.ts'

export interface Count {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

interface TestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly status: 'passed' | 'failed'
    readonly assertionResults: readonly unknown[]
  }[]
}

/** What a step adds to the last line: one, or as many as it ran tests. */
export function countStep({ step, outcome }: StepResult, root: string): Count {
  if (outcome === 'blocked') return { passed: 0, failed: 0, skipped: 1 }
  const tests = step.report === undefined ? undefined : countTests(join(root, step.report))
  if (tests === undefined)
    return { passed: Number(outcome === 'passed'), failed: Number(outcome === 'failed'), skipped: 0 }
  // A run can fail although each test passed: an error that no test caught, a file that does not load.
  if (outcome === 'failed' && tests.failed === 0) return { ...tests, failed: 1 }
  return tests
}

function countTests(file: string): Count | undefined {
  let report: TestReport
  try {
    report = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** `12 passed, 0 failed`, and what was skipped where something was. */
export function lastLine(counts: readonly Count[]): string {
  const sum = (key: keyof Count) => counts.reduce((total, count) => total + count[key], 0)
  const skipped = sum('skipped')
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
