/** Prints what a check found, one a line, or `summary` where it found nothing; sets the exit code by it. */
export function printFindings(findings: readonly string[], summary: string): void {
  if (findings.length === 0) return console.log(summary)
  for (const finding of findings) console.log(finding)
  process.exitCode = 1
}
