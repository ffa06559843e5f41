import { spawn, type ChildProcess } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'

export interface BoundedOptions {
  readonly cwd: string
  readonly limitMs: number
  readonly env?: Readonly<Record<string, string>>
}

export interface BoundedResult {
  readonly ok: boolean
  /** Standard output and error as they came, without colours. */
  readonly output: string
}

const live = new Set<ChildProcess>()

/** Runs Node with these arguments to its end, or kills it and its children when the limit is over. */
export function runBounded(
  args: readonly string[],
  { cwd, limitMs, env = {} }: BoundedOptions,
): Promise<BoundedResult> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...foreignEnvironment(), ...env, NO_COLOR: '1', CI: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, which can be ended as a whole.
      detached: process.platform !== 'win32',
    })
    live.add(child)
    let output = ''
    const add = (chunk: Buffer) => (output += chunk.toString())
    child.stdout.on('data', add)
    child.stderr.on('data', add)
    const timer = setTimeout(() => {
      output += `\nended after ${limitMs / 1000} s\n`
      killTree(child)
    }, limitMs)
    const settle = (ok: boolean) => {
      clearTimeout(timer)
      live.delete(child)
      resolve({ ok, output: stripVTControlCharacters(output) })
    }
    child.on('error', (error) => {
      output += error.message
      settle(false)
    })
    child.on('close', (code) => settle(code === 0))
  })
}

/** Without what a vitest around us says to its own workers; CI, because then nothing draws progress or writes snapshots. */
function foreignEnvironment(): NodeJS.ProcessEnv {
  const own = /^(VITEST|NODE_OPTIONS$|NODE_V8_COVERAGE$|NODE_ENV$|TEST$|FORCE_COLOR$)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
}

/** Ends whatever still runs; for the moment when the gate itself is told to end. */
export function killAll(): void {
  for (const child of live) killTree(child)
}

function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It ended by itself in the meantime.
  }
}
