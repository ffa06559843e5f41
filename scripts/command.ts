import { spawnSync } from 'node:child_process'

export interface CommandOptions {
  readonly cwd: string
  /** Added to the environment of this process; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

export interface CommandResult {
  readonly ok: boolean
  /** Standard output and error, in that order. */
  readonly output: string
  readonly stdout: string
}

/** Runs a program to its end without a terminal. A program that does not start is a result too. */
export function runCommand(
  program: string,
  args: readonly string[],
  { cwd, env = {} }: CommandOptions,
): CommandResult {
  const result = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    // npm and pnpm are .cmd files there, which only a shell starts.
    shell: process.platform === 'win32' && program !== process.execPath,
  })
  if (result.error !== undefined)
    return { ok: false, output: `${program}: ${result.error.message}`, stdout: '' }
  return { ok: result.status === 0, output: `${result.stdout}${result.stderr}`, stdout: result.stdout }
}

/** The last lines of an output, which is where programs say what went wrong. */
export function tail(output: string, lines = 15): string {
  return output.trimEnd().split('\n').slice(-lines).join('\n')
}
