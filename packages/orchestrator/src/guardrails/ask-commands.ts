import type { Clock, GuardrailCommand } from '@ws/core'
import { runCommand } from '@ws/pool'
import type { GuardrailFinding } from './judge-guardrails.ts'

/** Where guardrail commands run. */
export interface AskOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Two minutes: a scanner of one difference that takes longer is stuck. */
const defaultTimeoutMs = 120_000

/** What a shell says of a program that was ended, or never ran to its end. */
const ended = 137

/** Gives each command the difference on its standard input; another exit code than 0 breaks the guardrail. */
export async function askCommands(
  commands: readonly GuardrailCommand[],
  diff: string,
  options: AskOptions,
): Promise<GuardrailFinding[]> {
  const findings: GuardrailFinding[] = []
  for (const { run, consequence, timeoutMs = defaultTimeoutMs } of commands) {
    const end = await runCommand(run, { ...options, timeoutMs, stdin: diff })
    const exitCode = end.because === 'exited' ? (end.exitCode ?? ended) : ended
    const command = typeof run === 'string' ? run : run.join(' ')
    if (exitCode !== 0) findings.push({ consequence, breach: { breach: 'command', command, exitCode } })
  }
  return findings
}
