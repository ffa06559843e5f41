import { LineConnection, type LineWire } from './line-connection.ts'

/** What is started, and what it is said to be able to do. */
export interface LineAdapterOptions {
  /** @default 'line' */
  readonly tool?: string
  /** Programs to try, the first that exists. */
  readonly commands: readonly string[]
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly passEnv?: readonly string[]
  readonly files?: readonly { readonly path: string; readonly content: string }[]
  readonly traits?: Partial<LineTraits>
}

/** What a pool has to know of a tool. */
export interface LineTraits {
  readonly modes: readonly ('one-shot' | 'long-running')[]
  readonly sessions: 'one' | 'many'
  readonly directory: 'process' | 'session'
  readonly resumes: boolean
  readonly interrupts: boolean
  readonly resets: boolean
  readonly asks: boolean
  readonly usage: 'turn' | 'step' | 'run' | 'session-total' | 'none'
  readonly reportsCost: boolean
  readonly framing: 'protocol' | 'sentinel' | 'exit' | 'weak'
}

/** What is asked of a process that is to be started. */
export interface LineLaunchRequest {
  readonly mode: 'one-shot' | 'long-running'
  readonly cwd: string
}

/** An adapter of the line protocol. */
export interface LineAdapter {
  readonly tool: string
  readonly traits: LineTraits
  launch(request: LineLaunchRequest): {
    readonly commands: readonly string[]
    readonly args: readonly string[]
    readonly env: Readonly<Record<string, string>>
    readonly passEnv: readonly string[]
    readonly files?: readonly { readonly path: string; readonly content: string }[]
  }
  connect(wire: LineWire, request: LineLaunchRequest): LineConnection
}

/**
 * A tool adapter for any program that speaks the line protocol: one JSON object a line, both ways. It has the
 * shape that `@ws/tools` describes, so a pool takes it as it takes any other.
 */
export function lineAdapter({
  tool = 'line',
  commands,
  args = [],
  env = {},
  passEnv = [],
  files,
  traits,
}: LineAdapterOptions): LineAdapter {
  const opensSessions = traits?.sessions === 'many' || traits?.directory === 'session'
  return {
    tool,
    traits: {
      modes: ['long-running', 'one-shot'],
      sessions: 'one',
      directory: 'process',
      resumes: false,
      interrupts: true,
      resets: true,
      asks: false,
      usage: 'turn',
      reportsCost: true,
      framing: 'protocol',
      ...traits,
    },
    launch: () => ({ commands, args, env, passEnv, ...(files === undefined ? {} : { files }) }),
    connect: (wire, { mode }) => new LineConnection(wire, { isOneShot: mode === 'one-shot', opensSessions }),
  }
}
