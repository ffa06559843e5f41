import { spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, watch } from 'node:fs'
import { join } from 'node:path'
import { startTime } from '../track-resources.ts'
import type { AgentInput } from './agent-input.ts'
import { AgentPort } from './agent-port.ts'
import type { AgentStep, AgentTurn, Misbehaviour, WaitStep } from './agent-step.ts'

/** What a child that is left behind does. */
const idle = 'setInterval(() => {}, 1e6)'

/** A running fake agent: its streams, its arguments, and the part of its script that is the same for each tool. */
export class AgentProcess {
  readonly port = new AgentPort()
  readonly input: AgentInput
  readonly argv: readonly string[]
  readonly cwd: string
  /** Whether it has lost every session that it may be asked for. */
  readonly forgets: boolean
  readonly #ignored = new Set<NodeJS.Signals>()
  readonly #home: string
  readonly #script: readonly AgentTurn[]

  constructor(options: {
    readonly home: string
    readonly script: readonly AgentTurn[]
    readonly argv: readonly string[]
    readonly forgets: boolean
    readonly input: AgentInput
  }) {
    this.#home = options.home
    this.#script = options.script
    this.argv = options.argv
    this.forgets = options.forgets
    this.input = options.input
    this.cwd = process.cwd()
  }

  /** A new id. */
  id(): string {
    return randomUUID()
  }

  /** What stands behind the first of these arguments that is there. */
  valueOf(...names: readonly string[]): string | undefined {
    const at = this.argv.findIndex((argument) => names.includes(argument))
    return at < 0 ? undefined : this.argv[at + 1]
  }

  /** The steps for this prompt. After the last turn of the script, the last comes again. */
  takeTurn(prompt: string, cwd: string): readonly AgentStep[] {
    this.#note('turns', { pid: process.pid, cwd, argv: this.argv, prompt })
    const special = this.#script.find((turn) => 'when' in turn && prompt.includes(turn.when))
    if (special !== undefined && 'when' in special) return special.steps
    const turns = this.#script.filter((turn): turn is readonly AgentStep[] => !('when' in turn))
    for (const [at, steps] of turns.entries()) if (at === turns.length - 1 || this.#claim(at)) return steps
    return []
  }

  /** Does what needs no words of a tool. */
  async behave(step: Misbehaviour | WaitStep): Promise<void> {
    if ('wait' in step) await this.#released(step.wait)
    else if ('delayMs' in step) await new Promise((resolve) => setTimeout(resolve, step.delayMs))
    else if ('raw' in step) this.port.text(step.raw, step.to)
    else if ('flood' in step) await this.#flood(step.flood, step.to ?? 'out', step.isOneLine === true)
    else if ('ignore' in step) this.#ignore(step.ignore)
    else if ('split' in step) this.port.split(() => this.#released(step.split))
    else if ('leaveChild' in step) this.#leaveChild(step.leaveChild, step.holdsOutput === true)
    else if ('exit' in step) await this.leave(step.exit)
    else if ('crash' in step) await this.leave(step.crash)
    else if ('hang' in step) {
      if (step.hang === 'deaf') this.input.goDeaf()
      await this.forever()
    } else if (step.ending !== 'never') this.port.spoil(step.ending)
  }

  /** Handles a signal as the tool does, unless the script ignores it. */
  onSignal(signal: NodeJS.Signals, handle: () => unknown): void {
    if (!this.#ignored.has(signal)) process.on(signal, () => void handle())
  }

  /** Ends the process with a code or by a signal, when all was written. */
  async leave(end: number | NodeJS.Signals): Promise<never> {
    await this.port.flushed()
    if (typeof end === 'number') process.exit(end)
    process.removeAllListeners(end)
    process.kill(process.pid, end)
    return this.forever()
  }

  /** Stays alive and does nothing. */
  forever(): Promise<never> {
    return new Promise<never>(() => {})
  }

  #ignore(signal: NodeJS.Signals): void {
    this.#ignored.add(signal)
    process.removeAllListeners(signal).on(signal, () => {})
  }

  #claim(turn: number): boolean {
    try {
      mkdirSync(join(this.#home, `turn-${turn}`))
      return true
    } catch {
      return false
    }
  }

  async #flood(bytes: number, to: 'out' | 'err', isOneLine: boolean): Promise<void> {
    const line = isOneLine ? '#'.repeat(1024) : `${'#'.repeat(1023)}\n`
    for (let left = bytes; left > 0; left -= line.length) {
      this.port.text(line.slice(0, left), to)
      // Not all of it in memory at once.
      await this.port.flushed()
    }
    if (isOneLine) this.port.text('\n', to)
  }

  #leaveChild(kind: 'child' | 'own-session' | 'orphan', holdsOutput: boolean): void {
    const stdio = holdsOutput ? (['ignore', 1, 'ignore'] as const) : 'ignore'
    if (kind !== 'orphan') {
      const child = spawn(process.execPath, ['-e', idle], {
        detached: kind !== 'child',
        stdio: toStdio(stdio),
      })
      child.unref()
      this.noteProcess('children', child.pid ?? 0)
      return
    }
    // The one in between says who its child is and ends, which leaves the child without a parent here.
    const between = `const c = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(idle)}],
      { detached: true, stdio: ${holdsOutput ? "['ignore', 3, 'ignore']" : "'ignore'"} }); c.unref(); console.log(c.pid)`
    const { stdout } = spawnSync(process.execPath, ['-e', between], {
      stdio: ['ignore', 'pipe', 'inherit', holdsOutput ? 1 : 'ignore'],
      encoding: 'utf8',
    })
    this.noteProcess('children', Number(stdout))
  }

  /** Writes down a process, so that the test can tell and end it. */
  noteProcess(list: 'children' | 'processes', pid: number): void {
    this.#note(list, { pid, start: startTime(pid) })
  }

  #note(list: string, entry: object): void {
    appendFileSync(join(this.#home, list), `${JSON.stringify(entry)}\n`)
  }

  #released(name: string): Promise<void> {
    const path = join(this.#home, `go-${name}`)
    return new Promise((resolve) => {
      const watcher = watch(this.#home, () => check())
      const check = (): void => {
        if (!existsSync(path)) return
        watcher.close()
        resolve()
      }
      check()
    })
  }
}

function toStdio(stdio: 'ignore' | readonly ['ignore', 1, 'ignore']): 'ignore' | ['ignore', 1, 'ignore'] {
  return stdio === 'ignore' ? stdio : [...stdio]
}
