// A process whose two directions are written down, in the order in which they were seen.
import { spawn, type ChildProcess } from 'node:child_process'

export type TranscriptLine =
  | { readonly dir: 'in' | 'out' | 'err'; readonly text: string }
  | { readonly close: 'in' }
  | { readonly signal: NodeJS.Signals }
  | { readonly exit: number | NodeJS.Signals }

export interface ProcessCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

/** One of them tries again for more than a minute; what takes longer than this has hung. */
const WAIT_LIMIT_MS = 150_000

export class RecordedProcess {
  readonly lines: TranscriptLine[] = []
  readonly ended: Promise<void>
  readonly #child: ChildProcess
  readonly #rest = { out: '', err: '' }
  readonly #waiters = new Set<() => void>()
  #read = 0
  #hasEnded = false

  constructor({ program, args, env, cwd }: ProcessCommand) {
    this.#child = spawn(program, args, { cwd, env: { ...env }, stdio: 'pipe', detached: true })
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => this.#hear('out', chunk))
    this.#child.stderr?.setEncoding('utf8').on('data', (chunk: string) => this.#hear('err', chunk))
    // Its end is what counts, not that it stopped reading before.
    this.#child.stdin?.on('error', () => {})
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('close', (code, signal) => {
        this.#flush('out')
        this.#flush('err')
        this.lines.push({ exit: code ?? signal ?? 'SIGKILL' })
        this.#hasEnded = true
        this.#wake()
        resolve()
      })
    })
  }

  write(text: string): void {
    this.lines.push({ dir: 'in', text })
    this.#child.stdin?.write(text)
  }

  closeInput(): void {
    this.lines.push({ close: 'in' })
    this.#child.stdin?.end()
  }

  signal(signal: NodeJS.Signals): void {
    this.lines.push({ signal })
    this.#child.kill(signal)
  }

  /** The next unread line of its output that fits; those before it count as read. */
  nextOutput(fits: (text: string) => boolean): Promise<string> {
    return this.until(() => {
      while (this.#read < this.lines.length) {
        const line = this.lines[this.#read]
        this.#read += 1
        if (line !== undefined && 'dir' in line && line.dir === 'out' && fits(line.text)) return line.text
      }
      return undefined
    })
  }

  /** What `find` finds, asked again whenever something was heard or time has passed. */
  until<T>(find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (act: () => void) => {
        clearTimeout(limit)
        clearInterval(poll)
        this.#waiters.delete(look)
        act()
      }
      const look = () => {
        const found = find()
        if (found !== undefined) end(() => resolve(found))
        else if (this.#hasEnded) end(() => reject(new Error(`it ended: ${this.#tail()}`)))
      }
      const limit = setTimeout(() => end(() => reject(new Error(`it hung: ${this.#tail()}`))), WAIT_LIMIT_MS)
      // What happens outside, such as a request at the model, tells nobody.
      const poll = setInterval(look, 20)
      this.#waiters.add(look)
      look()
    })
  }

  /** Waits for its end and kills it where that does not come. */
  async end(graceMs = 10_000): Promise<void> {
    const limit = setTimeout(() => {
      this.lines.push({ signal: 'SIGKILL' })
      this.kill()
    }, graceMs)
    await this.ended
    clearTimeout(limit)
    this.kill()
  }

  /** Ends it and whatever is left in its group. */
  kill(): void {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL')
    } catch {
      // All of them are gone.
    }
  }

  /** What it has said without ending the line, such as a prompt. */
  get pending(): string {
    return this.#rest.out
  }

  /** Takes the unfinished line as one: whoever prompts waits for an answer. */
  takePending(): string {
    const text = this.#rest.out
    this.#flush('out')
    return text
  }

  #hear(dir: 'out' | 'err', chunk: string): void {
    const lines = (this.#rest[dir] + chunk).split(/(?<=\n)/)
    this.#rest[dir] = lines.at(-1)?.endsWith('\n') === false ? (lines.pop() ?? '') : ''
    for (const text of lines) if (text !== '') this.lines.push({ dir, text })
    this.#wake()
  }

  #flush(dir: 'out' | 'err'): void {
    const text = this.#rest[dir]
    this.#rest[dir] = ''
    if (text !== '') this.lines.push({ dir, text })
  }

  #wake(): void {
    for (const look of [...this.#waiters]) look()
  }

  #tail(): string {
    return this.lines
      .slice(-8)
      .map((line) => JSON.stringify(line).slice(0, 400))
      .join('\n')
  }
}
