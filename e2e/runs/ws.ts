// The command `ws` as a user starts it: a process of its own, in a repository.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { TempRepository } from '@ws/testing'

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))

/** What was compiled before is not compiled for each command again. */
const compileCache =
  process.env['NODE_COMPILE_CACHE'] === undefined
    ? {}
    : { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] }

/** How a command ended, and what it said. */
export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A command that goes on. */
export interface Going {
  readonly pid: number
  readonly ended: Promise<Ended>
  /** Resolves when its output holds this text. */
  says(text: string): Promise<void>
  signal(name: NodeJS.Signals): void
}

/** Starts `ws` in a repository, with nothing of this machine's configuration. */
export function startWs(
  { path, folder }: Pick<TempRepository, 'path' | 'folder'>,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Going {
  const flags = ['--conditions=@ws/source', '--disable-warning=ExperimentalWarning']
  const child = spawn(process.execPath, [...flags, main, ...args], {
    cwd: path,
    env: { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1', ...compileCache, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  const waiting = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    for (const look of waiting) look()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const ended = once(child, 'close').then(([code]): Ended => ({
    code: typeof code === 'number' ? code : null,
    out,
    err,
  }))
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!out.includes(text)) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
      void ended.then(() =>
        reject(new Error(`it ended without saying ${JSON.stringify(text)}:\n${out}\n${err}`)),
      )
    })
  return { pid: child.pid ?? 0, ended, says, signal: (name) => void child.kill(name) }
}

/** Runs `ws` to its end. */
export function ws(
  repository: Pick<TempRepository, 'path' | 'folder'>,
  ...args: readonly string[]
): Promise<Ended> {
  return startWs(repository, args).ended
}

/** The result that `--json` writes last. */
export function resultOf({ out }: Ended): RunResultLine {
  return JSON.parse(out.trim().split('\n').at(-1) ?? '{}')
}

/** As much of a result as the stories look at. */
export interface RunResultLine {
  readonly runId: string
  readonly status: string
  readonly reason?: string
  readonly workstreams: readonly {
    readonly id: string
    readonly status: string
    readonly reason?: string
    readonly commit?: string
    readonly tasks: readonly { readonly id: string; readonly status: string; readonly attempts: number }[]
  }[]
}
