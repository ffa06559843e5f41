import type { ExitCode } from '../src/exit-codes.ts'
import { runCli } from '../src/run-cli.ts'
import type { Terminal } from '../src/terminal.ts'
import { fakeTerminal } from './fake-terminal.ts'

/** What a command wrote, and how it ended. */
export interface Said {
  readonly code: ExitCode
  readonly out: string
  readonly err: string
}

/** Gives a command in a directory, as one would at a terminal that nobody watches. */
export async function cli(cwd: string, args: readonly string[], more: Partial<Terminal> = {}): Promise<Said> {
  const { terminal, out, err } = fakeTerminal(cwd, more)
  const code = await runCli(args, terminal)
  return { code, out: out(), err: err() }
}

/** The last line of what was written, as JSON. */
export function lastJson({ out }: Pick<Said, 'out'>): unknown {
  return JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')
}
