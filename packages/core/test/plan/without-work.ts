import type { RunSpec } from '../../src/run/run-spec.ts'

/** A run as the machine reads it; what hosts need has a test file of its own. */
export function withoutWork(run: RunSpec): RunSpec {
  return JSON.parse(JSON.stringify(run, (key, value) => (key === 'work' ? undefined : value)))
}
