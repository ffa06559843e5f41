import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, watch, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What the program does, one after another; without an `exit` it ends with 0. */
export type CheckStep =
  | { readonly print: string }
  | { readonly printError: string }
  /** Waits until the test calls `release` with this name. */
  | { readonly wait: string }
  /** Waits until the other side of the socket says something or ends. */
  | { readonly connect: string }
  | { readonly write: string; readonly text: string }
  /** Succeeds where the file is there, else ends with this code: a check that depends on the tree it runs in. */
  | { readonly requireFile: string; readonly else: number }
  | { readonly exit: number }
  | { readonly signal: NodeJS.Signals }

/** A real program that a test scripts: run `argv` with `env` added, or `command` in a shell. */
export interface CheckProgram {
  readonly argv: readonly [string, ...string[]]
  /** The same as one line for a shell. */
  readonly command: string
  readonly env: Readonly<Record<string, string>>
  /** Lets every `{ wait: name }` go on, also those that come later. */
  release(name: string): Promise<void>
  /** Resolves when the program was started so many times. */
  started(times?: number): Promise<void>
  /** How often it was started, and in which directory. */
  runs(): Promise<readonly { readonly pid: number; readonly cwd: string }[]>
}

/**
 * Writes a script into `dir` and returns the program that follows it.
 *
 * @example
 * const check = await scriptCheck(dir, [{ print: 'testing' }, { wait: 'go' }, { exit: 1 }])
 * const child = spawn(check.argv[0], check.argv.slice(1))
 * await check.release('go')
 */
export async function scriptCheck(dir: string, steps: readonly CheckStep[]): Promise<CheckProgram> {
  const home = join(dir, `check-${randomUUID()}`)
  await mkdir(home, { recursive: true })
  await writeFile(join(home, 'script.json'), JSON.stringify(steps))
  const suffix = import.meta.url.endsWith('.ts') ? 'main.ts' : 'check-program/main.js'
  const argv = [process.execPath, fileURLToPath(new URL(`./${suffix}`, import.meta.url)), home] as const
  const runsFile = join(home, 'runs')
  const runs = async () => {
    if (!existsSync(runsFile)) return []
    const lines = (await readFile(runsFile, 'utf8')).split('\n').slice(0, -1)
    return lines.map((line): { pid: number; cwd: string } => JSON.parse(line))
  }
  return {
    argv: [...argv],
    command: argv.map(quote).join(' '),
    env: { WS_TEST_LEDGER: join(dir, 'ledger') },
    release: (name) => writeFile(join(home, `go-${name}`), ''),
    runs,
    async started(times = 1) {
      const stop = new AbortController()
      // Watched before it is asked, so that nothing is missed in between.
      const changes = watch(home, { signal: stop.signal })
      try {
        if ((await runs()).length >= times) return
        for await (const _ of changes) if ((await runs()).length >= times) return
      } finally {
        stop.abort()
      }
    },
  }
}

function quote(argument: string): string {
  return process.platform === 'win32' ? `"${argument}"` : `'${argument.replaceAll("'", `'\\''`)}'`
}
