// Starting a process costs a large process a copy of its page tables, and has it wait until the new one runs: 1 to 5 ms
// of the one thread that everything else waits for. A small shell does it in a fraction, beside us.
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { endInTime, type ProgramEnd, type ProgramOptions, stderrTailBytes } from './run-program.ts'
import { freshName } from './surroundings.ts'
import { toSocket } from './sockets.ts'
import { wakeAfter } from './timers.ts'

type Shell = ChildProcessByStdio<Writable, Readable, Readable>
/** What a program in a lane gets, and what bounds it. */
export type LaneOptions = Pick<
  ProgramOptions,
  'cwd' | 'clock' | 'signal' | 'timeoutMs' | 'maxOutputBytes'
> & {
  readonly env: Readonly<Record<string, string>>
}

/** What a lane says by its exit code where the program did not start: a shell's own. */
const notStarted = new Set([126, 127])
const shell = '/bin/sh'
const signals: Readonly<Record<number, string>> = {
  130: 'SIGINT',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  143: 'SIGTERM',
}

/** Shells that are kept open, each of which runs one program at a time. */
export class ShellLanes implements AsyncDisposable {
  readonly #env: Readonly<Record<string, string>>
  readonly #most: number
  readonly #lanes = new Set<Lane>()
  #isClosed = process.platform === 'win32' || !existsSync(shell)

  /** @param env what most programs get; what one gets besides is told to its shell */
  constructor(env: Readonly<Record<string, string>>, most = 6) {
    this.#env = env
    this.#most = most
  }

  /** Runs a program without input; nothing if no lane is free, or it did not start there: then nothing has run. */
  async run(program: string, args: readonly string[], options: LaneOptions): Promise<ProgramEnd | undefined> {
    const line = this.#line(program, args, options)
    const lane = line === undefined ? undefined : this.#free()
    if (line === undefined || lane === undefined) return undefined
    const end = await lane.run(line, options)
    return end.exitCode !== undefined && notStarted.has(end.exitCode) ? undefined : end
  }

  /** Lets each end what it does. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#lanes].map((lane) => lane.close()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #free(): Lane | undefined {
    if (this.#isClosed) return undefined
    for (const lane of this.#lanes) if (lane.isFree) return lane
    if (this.#lanes.size >= this.#most) return undefined
    const lane = new Lane(this.#env, () => this.#lanes.delete(lane))
    this.#lanes.add(lane)
    return lane
  }

  /** Every word is quoted: nothing of it means anything to the shell. Nothing where a shell has no such variable. */
  #line(program: string, args: readonly string[], { cwd, env }: LaneOptions): string | undefined {
    const own = Object.entries(env).filter(([name, value]) => this.#env[name] !== value)
    if (!own.every(([name]) => isName(name))) return undefined
    const gone = Object.keys(this.#env).filter((name) => env[name] === undefined && isName(name))
    const sets = own.map(([name, value]) => `${name}=${quoted(value)}`)
    return [
      `cd -- ${quoted(cwd)} 2> /dev/null || exit 127`,
      ...(gone.length === 0 ? [] : [`unset ${gone.join(' ')}`]),
      ...(sets.length === 0 ? [] : [`export ${sets.join(' ')}`]),
      `exec ${[program, ...args].map(quoted).join(' ')}`,
    ].join('; ')
  }
}

/** One shell. */
class Lane {
  readonly #shell: Shell
  readonly #ended: Promise<void>
  #isAlive = true
  #going: Going | undefined

  constructor(env: Readonly<Record<string, string>>, onEnd: () => void) {
    this.#shell = spawn(shell, [], {
      // It keeps no directory from being removed.
      cwd: '/',
      env: { ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    })
    this.#ended = new Promise((resolve) => {
      const end = () => {
        this.#isAlive = false
        onEnd()
        this.#going?.end({ exitCode: undefined, signal: this.#shell.signalCode ?? 'SIGKILL' })
        resolve()
      }
      this.#shell.once('error', end)
      this.#shell.once('close', end)
    })
    this.#shell.stdin.on('error', () => {})
    this.#shell.stdout.on('data', (chunk: Buffer) => this.#going?.take(chunk, 'stdout'))
    this.#shell.stderr.on('data', (chunk: Buffer) => this.#going?.take(chunk, 'stderr'))
    this.#let('unref')
  }

  get isFree(): boolean {
    return this.#isAlive && this.#going === undefined
  }

  run(line: string, options: LaneOptions): Promise<ProgramEnd> {
    this.#let('ref')
    return new Promise((resolve) => {
      const mark = freshName()
      this.#going = new Going(mark, this.#shell, options, (end) => {
        this.#going = undefined
        this.#let('unref')
        resolve(end)
      })
      const said = `c=$?; printf '\\000%s\\000' ${mark} >&2; printf '\\000%s %d\\000' ${mark} "$c"`
      this.#shell.stdin.write(`(${line}) < /dev/null\n${said}\n`)
    })
  }

  async close(): Promise<void> {
    this.#let('ref')
    this.#shell.stdin.end()
    await this.#ended
  }

  #let(what: 'ref' | 'unref'): void {
    this.#shell[what]()
    for (const stream of this.#shell.stdio) toSocket(stream)?.[what]()
  }
}

/** A program in a lane, from its start to what the shell says after it. */
class Going {
  readonly #mark: string
  readonly #options: LaneOptions
  readonly #shell: Shell
  readonly #done: (end: ProgramEnd) => void
  readonly #cancels: (() => void)[] = []
  readonly #stdout: Buffer[] = []
  #stdoutBytes = 0
  #stderr = Buffer.alloc(0)
  #exitCode: number | undefined
  #isSaid = false
  #cause: ProgramEnd['cause']

  constructor(mark: string, child: Shell, options: LaneOptions, done: (end: ProgramEnd) => void) {
    this.#mark = mark
    this.#shell = child
    this.#options = options
    this.#done = done
    const { clock, timeoutMs, signal } = options
    const onAbort = () => this.#stop('aborted')
    this.#cancels.push(wakeAfter(clock, timeoutMs, () => this.#stop('timed-out')))
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#cancels.push(() => signal?.removeEventListener('abort', onAbort))
    if (signal?.aborted === true) onAbort()
  }

  take(chunk: Buffer, stream: 'stdout' | 'stderr'): void {
    if (stream === 'stderr') {
      this.#stderr = Buffer.concat([this.#stderr, chunk])
      const at = this.#stderr.lastIndexOf(`\0${this.#mark}\0`)
      if (at !== -1) {
        this.#isSaid = true
        this.#stderr = this.#stderr.subarray(0, at)
      }
      this.#stderr = this.#stderr.subarray(-stderrTailBytes)
    } else {
      this.#stdout.push(chunk)
      this.#stdoutBytes += chunk.length
      this.#exitCode ??= this.#findEnd()
      if (this.#exitCode === undefined && this.#stdoutBytes > this.#options.maxOutputBytes)
        this.#stop('too-much-output')
    }
    if (this.#exitCode === undefined || !this.#isSaid) return
    const signal = this.#exitCode > 129 ? signals[this.#exitCode] : undefined
    this.end({ exitCode: signal === undefined ? this.#exitCode : undefined, signal })
  }

  end({ exitCode, signal }: Pick<ProgramEnd, 'exitCode' | 'signal'>): void {
    for (const cancel of this.#cancels) cancel()
    const [stdout, stderr] = [Buffer.concat(this.#stdout), this.#stderr.toString('utf8')]
    this.#done({ exitCode, signal, stdout, stderr, cause: this.#cause })
  }

  /** What the shell says last is at the very end; it may come in two pieces. */
  #findEnd(): number | undefined {
    const longest = this.#mark.length + 8
    let [tail, pieces] = [Buffer.alloc(0), 0]
    while (tail.length < longest && pieces < this.#stdout.length)
      tail = Buffer.concat([this.#stdout[this.#stdout.length - ++pieces] ?? Buffer.alloc(0), tail])
    const at = tail.lastIndexOf(`\0${this.#mark} `)
    if (at === -1 || tail.at(-1) !== 0) return undefined
    this.#stdout.splice(-pieces, pieces, tail.subarray(0, at))
    return Number(tail.toString('latin1', at + this.#mark.length + 2, tail.length - 1))
  }

  /** With the shell goes all that it has started. */
  #stop(cause: NonNullable<ProgramEnd['cause']>): void {
    if (this.#cause !== undefined) return
    this.#cause = cause
    this.#cancels.push(endInTime(this.#shell, this.#options.clock))
  }
}

function isName(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name)
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}
