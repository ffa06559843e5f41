// A reporter for vitest: one JSON file that says of each test how it ended and, where it failed, by which errors. Vitest's own JSON
// has no causes, and a property that fails has its assertion there.
import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

export interface TestEnd {
  readonly file: string
  /** Titles of the groups and the test, as `-t` sees them. */
  readonly name: string
  readonly state: 'passed' | 'failed' | 'skipped' | 'pending'
  readonly errors: readonly ErrorText[]
}

export interface ErrorText {
  /** Of the error, then of its causes. */
  readonly names: readonly string[]
  readonly message: string
}

export interface RunEnd {
  readonly tests: readonly TestEnd[]
  /** Files that do not load, and errors that no test caught. */
  readonly errors: readonly ErrorText[]
}

export default class MutantReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => ({
        file: module.moduleId,
        name: test.fullName.replaceAll(' > ', ' '),
        state: test.result().state,
        errors: (test.result().errors ?? []).map(textOf),
      })),
    )
    const errors = [...modules.flatMap((module) => module.errors()), ...unhandled].map(textOf)
    const end: RunEnd = { tests, errors }
    writeFileSync(process.env['WS_MUTANT_REPORT'] ?? 'mutants.json', JSON.stringify(end))
  }
}

function textOf(error: SerializedError): ErrorText {
  const names: string[] = []
  // A cause can be anything, and can lead back to where it came from.
  for (let at: unknown = error; typeof at === 'object' && at !== null && names.length < 5;) {
    const { name, code, cause }: { name?: unknown; code?: unknown; cause?: unknown } = at
    const title = typeof name === 'string' ? name : 'Error'
    names.push(typeof code === 'string' ? `${title} ${code}` : title)
    at = cause
  }
  return { names, message: error.message }
}
