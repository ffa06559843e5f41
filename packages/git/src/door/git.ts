// The one door: no other file starts git. Arguments are a list and never meet a shell; names and ids come in
// branded (names.ts), the environment is ours (environment.ts), the end is bounded (platform/run-program.ts).
import { resolve } from 'node:path'
import { systemClock, WsError, type Clock } from '@ws/core'
import type { ShellLanes } from '../platform/shell-lanes.ts'
import { findProgram } from '../platform/paths.ts'
import { inheritedEnvironment } from '../platform/surroundings.ts'
import { type ProgramEnd, runProgram } from '../platform/run-program.ts'
import { gitEnvironment, type GitPlace } from './environment.ts'
import { type GitCall, gitFailed, lockFileIn } from './git-error.ts'

/** Which git is used, and what it inherits. */
export interface GitOptions {
  /** The environment that git inherits; its `GIT_*` variables are dropped. @default `process.env` */
  readonly env?: NodeJS.ProcessEnv
  /** @default the system's clock */
  readonly clock?: Clock
  /** The absolute path of git. @default the first in `PATH` */
  readonly program?: string
}

/** What one command gets, and what bounds it. */
export interface GitRunOptions {
  readonly stdin?: string | Uint8Array
  readonly signal?: AbortSignal
  /** @default 120000 */
  readonly timeoutMs?: number
  /** @default 268435456, room for the list of a million paths */
  readonly maxOutputBytes?: number
  /** Exit codes that are answers, not failures. @default [0] */
  readonly okExitCodes?: readonly number[]
  /** Further variables, such as an author. */
  readonly env?: Readonly<Record<string, string>>
}

/** What a command answered. */
export interface GitOutput {
  readonly exitCode: number
  readonly stdout: Buffer
  readonly stderr: string
}

/** What every call shares: which git, whose environment, which clock. */
export interface GitProgram {
  readonly path: string
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  /** Starts it without a process of ours for each call. @default every call starts its own */
  readonly lanes?: ShellLanes
  /** Clears a lock file out of the way that a call met; whether it is. @default nobody does */
  readonly clearLockFile?: (
    path: string,
    options: { patienceMs: number; signal?: AbortSignal },
  ) => Promise<boolean>
}

// Whoever holds a lock file needs it for milliseconds, on a busy machine for a second.
const lockPatienceMs = 5_000
// Each time another git was quicker, or had left one more.
const mostLockFiles = 10

/** Finds git. @throws `WS_GIT_MISSING` */
export function findGit(options: GitOptions = {}): GitProgram {
  const env = options.env ?? inheritedEnvironment()
  const path = options.program ?? findProgram('git', env)
  if (path === undefined)
    throw new WsError('WS_GIT_MISSING', 'no git was found in PATH', { hint: 'install git 2.38 or later' })
  return { path, env, clock: options.clock ?? systemClock() }
}

/** Git at one place: a directory with its environment. Immutable; `at` makes another. */
export class Git {
  readonly program: GitProgram
  readonly place: GitPlace

  constructor(program: GitProgram, place: GitPlace) {
    this.program = program
    this.place = place
  }

  /** The same git elsewhere, or with other settings. */
  at(place: Partial<GitPlace>): Git {
    const config = { ...this.place.config, ...place.config }
    return new Git(this.program, { ...this.place, ...place, config })
  }

  environment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { ...gitEnvironment(this.place, this.program.env), ...extra }
  }

  /**
   * Runs one command.
   * @throws `WS_GIT_…`, with arguments, directory, exit code and the end of stderr in `details`
   */
  async run(args: readonly string[], options: GitRunOptions = {}): Promise<GitOutput> {
    options.signal?.throwIfAborted()
    for (const arg of args)
      if (arg.includes('\0'))
        throw new WsError('WS_GIT_ARGUMENT', `an argument of git ${args[0]} holds a NUL`, {
          details: { args },
        })
    const call = { args, cwd: this.place.cwd, gitDir: this.place.gitDir }
    for (let met = 1; ; met++) {
      const end = await this.#start(args, options, call)
      const { exitCode } = end
      const isAnswer =
        end.cause === undefined && exitCode !== undefined && (options.okExitCodes ?? [0]).includes(exitCode)
      // An answer is not waited for: whoever asked knows what to do with it.
      if (exitCode !== 0 && met <= mostLockFiles && (await this.#clearLockFile(end, isAnswer, options)))
        continue
      if (isAnswer) return { exitCode, stdout: end.stdout, stderr: end.stderr }
      throw gitFailed(call, end)
    }
  }

  /** Git takes its lock files before it changes anything, so what failed by one is done again from the beginning. */
  async #clearLockFile(end: ProgramEnd, isAnswer: boolean, { signal }: GitRunOptions): Promise<boolean> {
    const path = end.cause === undefined ? lockFileIn(end.stderr) : undefined
    if (path === undefined || this.program.clearLockFile === undefined) return false
    return this.program.clearLockFile(resolve(this.place.cwd, path), {
      patienceMs: isAnswer ? 0 : lockPatienceMs,
      ...(signal === undefined ? {} : { signal }),
    })
  }

  async #start(args: readonly string[], options: GitRunOptions, call: GitCall): Promise<ProgramEnd> {
    const { path, clock, lanes } = this.program
    const how = {
      cwd: this.place.cwd,
      env: this.environment(options.env),
      clock,
      timeoutMs: options.timeoutMs ?? 120_000,
      maxOutputBytes: options.maxOutputBytes ?? 268_435_456,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    }
    const { stdin } = options
    const end = stdin === undefined ? await lanes?.run(path, args, how) : undefined
    if (end !== undefined) return end
    return runProgram(path, args, { ...how, ...(stdin === undefined ? {} : { stdin }) }).catch(
      (cause: unknown) => {
        throw new WsError('WS_GIT_NOT_STARTED', `git ${args[0]} could not be started in ${this.place.cwd}`, {
          details: { program: this.program.path, ...call },
          hint: 'look whether the directory and the program exist',
          cause,
        })
      },
    )
  }

  /** What a command says, without the last line end. */
  async text(args: readonly string[], options: GitRunOptions = {}): Promise<string> {
    const { stdout } = await this.run(args, options)
    return stdout.toString('utf8').replace(/\n$/, '')
  }

  /** What a command with `-z` says, item by item. */
  async items(args: readonly string[], options: GitRunOptions = {}): Promise<string[]> {
    const { stdout } = await this.run(args, options)
    const items = stdout.toString('utf8').split('\0')
    if (items.at(-1) === '') items.pop()
    return items
  }
}
