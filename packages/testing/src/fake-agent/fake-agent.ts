import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startTime } from '../track-resources.ts'
import type { AgentTurn, FakeTool, Misbehaviour, WaitStep } from './agent-step.ts'
import { readTranscript, type TranscriptEntry } from './transcript.ts'

/** What a fake agent is to be: a recorded one, or one that follows a script. */
export type FakeAgentOptions =
  | {
      /** The name of a transcript, such as `claude/stream-json/edit`, the path of its file, or its entries. */
      readonly replay: string | readonly TranscriptEntry[]
    }
  | {
      readonly tool: FakeTool
      /** Turn by turn, over all its processes; the last one comes again and again. */
      readonly script: readonly AgentTurn[]
      /** What each process does before it says anything. */
      readonly start?: readonly (Misbehaviour | WaitStep)[]
      /** It has none of the sessions that it is to take up again, as after its home was cleaned, and says so. */
      readonly forgets?: true
    }

/** What the program reads. For `main.ts`. */
export type FakeAgentSetup =
  | { readonly replay: readonly TranscriptEntry[] }
  | {
      readonly tool: FakeTool
      readonly script: readonly AgentTurn[]
      readonly start: readonly (Misbehaviour | WaitStep)[]
      readonly forgets?: true
    }

/** A prompt that a fake agent was given. */
export interface FakeTurn {
  readonly pid: number
  readonly cwd: string
  /** The arguments that the real tool would have had. */
  readonly argv: readonly string[]
  readonly prompt: string
}

/** A real program that speaks the format of a coding CLI. Start `command` with `args` and then the tool's own arguments. */
export interface FakeAgent {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** The same as one file with the tool's name, for where a path is all that can be given. */
  readonly program: string
  /** Lets every `{ wait: name }` and `{ split: name }` go on, also those that come later. */
  release(name: string): Promise<void>
  /** The prompts that were taken so far, over all processes. */
  turns(): Promise<readonly FakeTurn[]>
  /** The children that were left behind and live now. */
  children(): Promise<readonly number[]>
  /** Ends what still runs and removes its files. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Makes a program that behaves as a coding CLI does, without a model: it plays a recorded transcript, or speaks the
 * tool's format and does what a script says, well or badly.
 *
 * @example
 * const agent = await fakeAgent({ tool: 'claude', script: [[{ write: 'a.txt', content: 'a' }, { say: 'done' }]] })
 * const child = spawn(agent.command, [...agent.args, '-p', '--output-format', 'stream-json'], { cwd })
 * child.stdin.end('Write a.txt.')
 * await once(child, 'close')
 * await agent.close()
 */
export async function fakeAgent(options: FakeAgentOptions): Promise<FakeAgent> {
  const home = await mkdtemp(join(await realpath(tmpdir()), 'ws-test-agent-'))
  await writeFile(join(home, 'setup.json'), JSON.stringify(setupOf(options)))
  const suffix = import.meta.url.endsWith('.ts') ? 'main.ts' : 'fake-agent/main.js'
  const main = fileURLToPath(new URL(`./${suffix}`, import.meta.url))
  const args = [main, home]
  const close = async (): Promise<void> => {
    if (!existsSync(home)) return
    const started = [...(await read(home, 'processes')), ...(await read(home, 'children'))].filter(isNoted)
    for (const noted of started) if (isAlive(noted)) kill(noted.pid)
    // The kernel ends what was killed in its own time, which is short.
    while (started.some(isAlive)) await nextTurn()
    await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
  return {
    command: process.execPath,
    args,
    env: {},
    program: await writeProgram(home, 'tool' in options ? options.tool : 'replay', args),
    release: (name) => writeFile(join(home, `go-${name}`), ''),
    turns: async () => (await read(home, 'turns')).filter(isTurn),
    children: async () =>
      (await read(home, 'children'))
        .filter(isNoted)
        .filter(isAlive)
        .map(({ pid }) => pid),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function setupOf(options: FakeAgentOptions): FakeAgentSetup {
  if (!('replay' in options)) return { start: [], ...options }
  const { replay } = options
  return { replay: typeof replay === 'string' ? readTranscript(replay) : replay }
}

async function writeProgram(home: string, name: string, args: readonly string[]): Promise<string> {
  const isWindows = process.platform === 'win32'
  // A directory of its own, which can stand in a PATH.
  const program = join(home, 'bin', isWindows ? `${name}.cmd` : name)
  const quoted = [process.execPath, ...args].map((part) =>
    isWindows ? `"${part}"` : `'${part.replaceAll("'", `'\\''`)}'`,
  )
  await mkdir(join(home, 'bin'))
  await writeFile(
    program,
    isWindows ? `@${quoted.join(' ')} %*\r\n` : `#!/bin/sh\nexec ${quoted.join(' ')} "$@"\n`,
  )
  await chmod(program, 0o755)
  return program
}

interface NotedProcess {
  readonly pid: number
  readonly start: string
}

async function read(home: string, list: string): Promise<readonly unknown[]> {
  const file = join(home, list)
  if (!existsSync(file)) return []
  return (await readFile(file, 'utf8'))
    .split('\n')
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line))
}

function isNoted(value: unknown): value is NotedProcess {
  return typeof value === 'object' && value !== null && 'start' in value
}

function isTurn(value: unknown): value is FakeTurn {
  return typeof value === 'object' && value !== null && 'prompt' in value
}

function isAlive({ pid, start }: NotedProcess): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return startTime(pid) === start
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended in between.
  }
}
