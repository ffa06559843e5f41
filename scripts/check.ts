/** What one step of a longer command found. `not run` is for what this machine cannot do; it is printed by name, never counted as passed. */
export interface Check {
  readonly what: string
  readonly outcome: 'passed' | 'failed' | 'not run'
  /** Why it failed or did not run: the end of what the program said. */
  readonly detail?: string
}

export function printCheck({ what, outcome, detail }: Check): void {
  console.log(`${outcome.padEnd(7)} ${what}`)
  if (detail !== undefined && outcome !== 'passed')
    console.log(detail.trimEnd().replaceAll(/^/gm, '        '))
}

/** Prints the last line, and sets the exit code by it. */
export function printTotals(checks: readonly Check[]): void {
  const count = (outcome: Check['outcome']) => checks.filter((check) => check.outcome === outcome).length
  const notRun = count('not run')
  if (notRun > 0) console.log(`${notRun} not run, named above`)
  console.log(`${count('passed')} passed, ${count('failed')} failed`)
  if (count('failed') > 0) process.exitCode = 1
}
