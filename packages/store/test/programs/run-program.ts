import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Ended {
  readonly lines: readonly string[]
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly errors: string
}

/**
 * Runs a program of this directory from source and gathers what it says, line by line.
 * @param options.within a command that runs it: `['unshare', '-m', …]`
 */
export async function runProgram(
  name: string,
  args: readonly string[],
  options: { within?: readonly string[]; onLine?: (line: string, child: ChildProcess) => void } = {},
): Promise<Ended> {
  const program = fileURLToPath(new URL(`./${name}`, import.meta.url))
  const [file = '', ...rest] = [
    ...(options.within ?? []),
    process.execPath,
    '--conditions=@ws/source',
    program,
    ...args,
  ]
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] } })
  const lines: string[] = []
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    options.onLine?.(line, child)
  })
  const [code, signal] = await once(child, 'close')
  return { lines, code, signal, errors }
}

/** The last number that was said with this word. */
export function lastOf(lines: readonly string[], word: string): number {
  const numbers = lines
    .filter((line) => line.startsWith(`${word} `))
    .map((line) => Number(line.split(' ')[1]))
  return numbers.at(-1) ?? 0
}
