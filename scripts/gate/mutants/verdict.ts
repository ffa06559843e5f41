import type { Mutant } from './parse.ts'
import type { ErrorText, RunEnd } from './reporter.ts'

/** Why the tests that a mutant names cannot judge it, or nothing: some have to be there, and all have to pass without it. */
export function baselineProblem(mutant: Mutant, end: RunEnd): string | undefined {
  const named = namedTests(mutant, end)
  if (named.length === 0) return `no test of ${mutant.test} is called /${mutant.name}/`
  const failed = named.find(({ state }) => state !== 'passed')
  return (
    failed &&
    `"${failed.name}" is ${failed.state} without the mutant: ${failed.errors[0]?.message ?? 'no error'}`
  )
}

/** Why a mutant does not count as noticed, or nothing: a test has to fail, and every failure has to be an assertion. */
export function survival(mutant: Mutant, end: RunEnd): string | undefined {
  const [error] = end.errors
  if (error !== undefined) return `no assertion, but ${describe(error)}`
  const errors = namedTests(mutant, end)
    .filter(({ state }) => state === 'failed')
    .flatMap((test) => test.errors)
  if (errors.length === 0) return `survives: ${mutant.test} /${mutant.name}/ passes with it`
  const other = errors.find((each) => !isAssertion(each))
  return other && `no assertion, but ${describe(other)}`
}

function namedTests({ test, name }: Mutant, { tests }: RunEnd): RunEnd['tests'] {
  // As vitest matches `-t`.
  const pattern = new RegExp(name)
  return tests.filter(
    (each) => each.file.replaceAll('\\', '/').endsWith(`/${test}`) && pattern.test(each.name),
  )
}

/** An `expect`, a snapshot, a promise of our own that broke, or a property that failed by one of these. */
function isAssertion({ names, message }: ErrorText): boolean {
  return (
    names.some((name) => name.startsWith('AssertionError') || name.endsWith('WS_INVARIANT')) ||
    /^Snapshot .* mismatched/.test(message) ||
    message.startsWith('Property failed by returning false')
  )
}

function describe({ names, message }: ErrorText): string {
  return `${names.join(' ← ')}: ${message.split('\n')[0]}`
}
