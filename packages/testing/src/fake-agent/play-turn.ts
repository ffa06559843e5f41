import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { failureOf } from './agent-failure.ts'
import type { AgentProcess } from './agent-process.ts'
import type { AgentStep, SayStep, WriteStep } from './agent-step.ts'
import type { AgentVoice } from './agent-voice.ts'
import type { TurnTally } from './turn-tally.ts'

/** A turn that is being played. */
export interface RunningTurn {
  /** The exit code of a program that has one turn only; `undefined` after an interruption. */
  readonly ended: Promise<number | undefined>
  /** Ends it at its next step, or in the middle of a wait or a hang. */
  interrupt(): void
}

/** What a turn is about. */
export interface TurnOptions {
  readonly prompt: string
  readonly cwd: string
  readonly voice: AgentVoice
  readonly tally: TurnTally
}

/** Plays the next turn of the script. */
export function playTurn(agent: AgentProcess, options: TurnOptions): RunningTurn {
  const stop = new AbortController()
  const stopped = new Promise<'stopped'>((fulfil) =>
    stop.signal.addEventListener('abort', () => fulfil('stopped'), { once: true }),
  )
  return { ended: play(agent, options, { signal: stop.signal, stopped }), interrupt: () => stop.abort() }
}

interface Stop {
  readonly signal: AbortSignal
  readonly stopped: Promise<'stopped'>
}

async function play(
  agent: AgentProcess,
  { prompt, cwd, voice, tally }: TurnOptions,
  { signal, stopped }: Stop,
): Promise<number | undefined> {
  tally.startTurn()
  let isEndless = false
  const steps = agent.takeTurn(prompt, cwd)
  voice.begin()
  for (const step of steps) {
    const outcome = await Promise.race([follow(step), stopped])
    if (outcome === 'stopped' || signal.aborted) return interrupted()
    if (typeof outcome === 'number') return finish(outcome)
  }
  if (isEndless) {
    await agent.port.flushed()
    await agent.forever()
  }
  return finish(voice.end(tally))

  async function follow(step: AgentStep): Promise<number | void> {
    if ('say' in step) {
      count(step)
      voice.say(step.say, tally)
    } else if ('write' in step) {
      if (!(await write(step)) && voice.endsWhenDenied === true) return voice.end(tally)
    } else if ('fail' in step) return voice.refuse(failureOf(step), tally)
    else if ('ending' in step && step.ending === 'never') isEndless = true
    else await agent.behave(step)
    await agent.port.flushed()
  }

  function count({ usage }: SayStep | WriteStep): void {
    if (voice.isOneCall !== true || tally.calls === 0 || usage !== undefined) tally.add(usage)
  }

  async function write(step: WriteStep): Promise<boolean> {
    const path = resolve(cwd, step.write)
    const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined
    const edit = { name: step.write, path, content: step.content, before }
    count(step)
    voice.propose(edit, tally, step.asks === true)
    await agent.port.flushed()
    const isGranted = step.asks !== true || (await voice.ask?.(edit)) === true
    // An answer that comes after an interruption decides nothing.
    if (signal.aborted) return true
    if (isGranted && step.isLie !== true) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, step.content)
    }
    voice.settle(edit, isGranted, tally)
    return isGranted
  }

  async function interrupted(): Promise<undefined> {
    voice.interrupt?.(tally)
    await agent.port.flushed()
  }

  async function finish(exitCode: number): Promise<number> {
    await agent.port.flushed()
    return exitCode
  }
}
