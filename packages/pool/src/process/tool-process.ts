import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { WsError, type Clock } from '@ws/core'
import type { Wire } from '@ws/tools'
import { killAtExit } from '../platform/at-exit.ts'
import {
  markVariable,
  type ProcessRow,
  type ProcessTable,
  type ProcessUsage,
  treeOf,
} from '../platform/process-table.ts'
import { freshName, ownEnvironment } from '../platform/surroundings.ts'
import { settlesWithin } from '../platform/timers.ts'
import { ByteTail } from './byte-tail.ts'
import type { CleanText } from './clean-text.ts'
import type { DeathCause, ProcessDeath } from './death.ts'
import { endTree } from './end-tree.ts'
import type { ResolvedLaunch } from './launch.ts'
import { OutputQueue } from './output-queue.ts'
import type { ProcessLedger } from './process-ledger.ts'

/** How long a process has at each step of its end. */
export interface EndTimes {
  /** After the end of its input, to end by itself. */
  readonly endOfInputMs: number
  /** After SIGTERM. */
  readonly termMs: number
}

/** What a process is started with, beside what is started. */
export interface ToolProcessOptions {
  readonly clock: Clock
  readonly processes: ProcessTable
  readonly ledger?: ProcessLedger | undefined
  readonly clean: CleanText
}

/** Enough for a stack trace or two, of which some tools print pages. */
const errorTailBytes = 65_536

/** How long output is waited for that a process keeps open which is not to be found. */
const outputGraceMs = 500

/** A reader that takes nothing for so many times is gone itself. */
const longestWaits = 20

/**
 * One process of a tool, in a group of its own and marked, so that whatever it starts can be found.
 *
 * - What it writes is read all the time: output as fast as its reader takes it, errors always, of which the last
 *   are kept.
 * - It ends by `end()`, a ladder: the end of its input, SIGTERM to its group, SIGKILL to its group and to the tree
 *   as it was seen, then to all that carry the mark. When it ends by itself, the last step follows.
 * - `gone` resolves when nothing of it is left, or says what is. The first cause of an end is kept.
 */
export class ToolProcess {
  readonly pid: number
  readonly mark: string
  readonly wire: Wire
  /** Resolves, and never rejects, when the process and whatever it started is gone. */
  readonly gone: Promise<ProcessDeath>
  readonly #child: ChildProcess
  readonly #options: ToolProcessOptions
  readonly #output: OutputQueue
  readonly #errors = new ByteTail(errorTailBytes)
  /** Resolves when the process itself has ended. */
  readonly #exited: Promise<void>
  #seen: readonly ProcessRow[] = []
  #cause: DeathCause | undefined
  #isClimbing = false
  #lastActivity: number

  constructor(child: ChildProcess, mark: string, options: ToolProcessOptions) {
    this.#child = child
    this.#options = options
    this.mark = mark
    this.pid = child.pid ?? 0
    this.#lastActivity = options.clock.monotonic()
    const { stdin, stdout, stderr } = child
    this.#output = new OutputQueue({ pause: () => stdout?.pause(), resume: () => stdout?.resume() })
    stdout?.on('data', (chunk: Uint8Array) => {
      this.#lastActivity = options.clock.monotonic()
      this.#output.push(chunk)
    })
    stdout?.once('close', () => this.#output.end()).on('error', () => {})
    stderr?.on('data', (chunk: Uint8Array) => {
      this.#lastActivity = options.clock.monotonic()
      this.#errors.push(chunk)
    })
    stderr?.on('error', () => {})
    // Writing to a program that is gone is no error: its end is told.
    stdin?.on('error', () => {})
    const forget = killAtExit(this.pid)
    this.#exited = new Promise((resolve) => {
      child.once('exit', () => {
        forget()
        resolve()
      })
    })
    this.gone = this.#exited.then(() => this.#bury())
    this.wire = this.#makeWire()
  }

  /** When it last wrote anything, in monotonic time. */
  get lastActivity(): number {
    return this.#lastActivity
  }

  /** Its exit code once it has one; a signal counts as 128 and its number, as in a shell. */
  get returnCode(): number | null {
    const { exitCode, signalCode } = this.#child
    return exitCode ?? (signalCode === null ? null : 128 + constants.signals[signalCode])
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** What it and its kind use now; the tree is remembered for the day it ends. */
  async look(): Promise<ProcessUsage | undefined> {
    const { processes } = this.#options
    const all = await processes.list()
    const tree = treeOf(all, this.pid)
    if (this.hasExited || tree.length === 0) return undefined
    // What was seen once belongs to it for good, though nothing leads to it any more.
    const strays = this.#seen.filter((row) =>
      all.some(({ pid, start }) => pid === row.pid && start === row.start),
    )
    const known = new Map(
      [...strays.flatMap(({ pid }) => treeOf(all, pid)), ...tree].map((row) => [row.pid, row]),
    )
    this.#seen = [...known.values()]
    const usages = [...(await processes.usage(tree.map(({ pid }) => pid))).values()]
    return {
      cpuMs: usages.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
      rssBytes: usages.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
    }
  }

  /**
   * Ends it. The first call says why and how gently; a later one can only hasten it.
   * `endOfInputMs: 0` leaves that step out, and `force` goes to the last one.
   */
  end(
    cause: DeathCause,
    times: EndTimes,
    { force = false }: { readonly force?: boolean } = {},
  ): Promise<ProcessDeath> {
    this.#cause ??= cause
    if (force) void this.look().then(() => this.#kill())
    else if (!this.#isClimbing) void this.#climb(times)
    return this.gone
  }

  #makeWire(): Wire {
    const { stdin } = this.#child
    return {
      output: this.#output,
      write: (bytes) => {
        if (stdin === null || !stdin.writable || stdin.write(bytes)) return written
        return new Promise((resolve) => {
          const done = () => {
            stdin.off('drain', done).off('close', done)
            resolve()
          }
          stdin.on('drain', done).on('close', done)
        })
      },
      end: () => void stdin?.end(),
      exited: this.gone.then(async ({ exitCode, signal, errorTail }) => {
        await this.#output.drained
        return { exitCode, signal, errorTail }
      }),
    }
  }

  async #climb({ endOfInputMs, termMs }: EndTimes): Promise<void> {
    this.#isClimbing = true
    if (this.hasExited) return
    const { clock, processes } = this.#options
    // Before anything ends: a child that left the group and forgot its mark is known by its parent alone.
    const looking = this.look()
    if (endOfInputMs > 0) {
      this.#child.stdin?.end()
      if (await settlesWithin(this.#exited, clock, endOfInputMs)) return
    }
    await looking
    if (this.hasExited) return
    await processes.signalGroup(this.pid, 'SIGTERM')
    if (await settlesWithin(this.#exited, clock, termMs)) return
    await this.look()
    this.#kill()
  }

  #kill(): void {
    if (!this.hasExited) void this.#options.processes.signalGroup(this.pid, 'SIGKILL')
  }

  /** The process has ended; now whatever it left. */
  async #bury(): Promise<ProcessDeath> {
    this.#cause ??= { cause: 'exited' }
    const { processes, ledger, clock } = this.#options
    const survivors = await endTree({ processes, seen: this.#seen, marks: [this.mark] })
    const { stdout, stderr, exitCode, signalCode } = this.#child
    const ended = Promise.all([hasClosed(stdout), hasClosed(stderr)])
    // Somebody who cannot be found may hold them open; what is there already is read in any case.
    for (let waits = 1; !(await settlesWithin(ended, clock, outputGraceMs)); waits++)
      if (this.#output.waitingBytes === 0 || waits === longestWaits) {
        stdout?.destroy()
        stderr?.destroy()
        if (waits === longestWaits) this.#output.abandon()
      }
    this.#child.stdin?.destroy()
    if (survivors.length === 0) ledger?.end(this.mark)
    return {
      because: this.#cause,
      exitCode,
      signal: signalCode,
      errorTail: this.#options.clean(this.#errors.text()),
      survivors: survivors.map(({ pid }) => pid),
    }
  }
}

const written = Promise.resolve()

/**
 * Starts a process.
 * @throws `WS_TOOL_START` where the system refuses.
 */
export async function startProcess(
  launch: ResolvedLaunch,
  options: ToolProcessOptions,
): Promise<ToolProcess> {
  const mark = freshName()
  const outer = ownEnvironment()[markVariable]
  // Noted before it is there: were this program killed in between, the mark alone finds it.
  options.ledger?.begin(mark)
  const child = spawn(launch.file, launch.args, {
    cwd: launch.cwd,
    // What runs in an instance of somebody else's stays theirs to find, too.
    env: { ...launch.env, [markVariable]: outer === undefined ? mark : `${outer}:${mark}` },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    // A group of its own: Ctrl-C in a terminal is ours to hear, and an end reaches what the tool started.
    detached: process.platform !== 'win32',
  })
  const refused = await new Promise<Error | undefined>((resolve) => {
    child.once('spawn', () => resolve(undefined)).once('error', resolve)
  })
  if (refused !== undefined || child.pid === undefined) {
    options.ledger?.end(mark)
    throw new WsError('WS_TOOL_START', `"${launch.file}" could not be started in "${launch.cwd}"`, {
      cause: refused,
      details: { file: launch.file, cwd: launch.cwd, reason: refused?.message ?? 'no process' },
      hint: 'see whether the directory is there and the file may be run',
    })
  }
  child.on('error', () => {})
  const started = new ToolProcess(child, mark, options)
  options.ledger?.note(mark, started.pid)
  return started
}

function hasClosed(stream: NodeJS.ReadableStream | null): Promise<void> {
  if (stream === null || ('closed' in stream && stream.closed === true)) return Promise.resolve()
  return new Promise((resolve) => stream.once('close', () => resolve()))
}
