import type { Clock, Failure } from '@ws/core'
import type { Wire, WireExit } from '../wire/wire.ts'

/**
 * How to talk to one tool: what to start, and the protocol to speak with what was started. Data and pure
 * functions; it starts nothing, keeps no time and reads no environment.
 */
export interface ToolAdapter {
  readonly tool: string
  readonly traits: AdapterTraits
  /** What to start. Pure. @throws `WS_TOOL_MODE` where the tool has no such mode. */
  launch(request: LaunchRequest): Launch
  /** Speaks with what was started by `launch` of the same request. */
  connect(wire: Wire, request: LaunchRequest, options?: ConnectOptions): Connection
  /**
   * Whether a failure to take up a session says that the tool does not have it any more, so that only a new one helps.
   * Without it no failure says so.
   */
  isSessionUnknown?(failure: Failure): boolean
}

/** What a protocol needs from its surroundings, where it needs any. */
export interface ConnectOptions {
  /** For the protocols that know the end of a turn by silence, and for times that tools give as durations. */
  readonly clock?: Clock
  /** Marks that a tool cannot guess, for sentinels. @default counted from 1 */
  readonly newId?: () => string
  /** A line that belongs to no turn. */
  readonly onNoise?: (text: string) => void
}

/**
 * What a tool can do, as far as a pool has to know: in its long-running mode, where it has one. A one-shot process
 * is never asked, never reset, and interrupted by its end.
 */
export interface AdapterTraits {
  readonly modes: readonly LaunchMode[]
  /** `many`: one process serves several sessions at once, each with a directory of its own. */
  readonly sessions: 'one' | 'many'
  /** Where the working directory is fixed: when the process starts, or when a session does. */
  readonly directory: 'process' | 'session'
  /** A session can be taken up again by its id in another process. */
  readonly resumes: boolean
  /** A turn can be ended without ending the process. */
  readonly interrupts: boolean
  /** A session can be made as if new; `false` means that a warm process serves one workstream. */
  readonly resets: boolean
  /** The tool asks before it writes, and an answer of ours decides. */
  readonly asks: boolean
  /** What its usage numbers count. */
  readonly usage: UsageScope
  readonly reportsCost: boolean
  /** How the end of a turn is known; `weak` may be wrong and its turns say so. */
  readonly framing: 'protocol' | 'sentinel' | 'exit' | 'weak'
}

/** A process for one turn, with the prompt on its standard input, or one that serves many. */
export type LaunchMode = 'one-shot' | 'long-running'

/** What a number of tokens or dollars belongs to. */
export type UsageScope = 'turn' | 'step' | 'run' | 'session-total' | 'none'

/** What a tool may do without being asked. `ask`: each write is put to `TurnOptions.decide`. */
export type Permission = 'read' | 'ask' | 'edit' | 'all'

/** A process to be started. */
export interface LaunchRequest {
  readonly mode: LaunchMode
  readonly cwd: string
  readonly permission: Permission
  readonly model?: string
  /**
   * Take this session up again. A long-running process with `directory: 'session'` is told by `openSession`; one
   * whose directory is fixed when it starts takes it here, in either mode.
   */
  readonly sessionId?: string
  readonly maxCostUsd?: number
  /** Directory for the tool's own settings, so that instances and worktrees share nothing. */
  readonly configDir?: string
  /** Settings of the registry entry, as its adapter understands them (provider, base address, extra arguments). */
  readonly settings?: Readonly<Record<string, unknown>>
  /** What the session had used when it was last seen (`TurnReport.sessionUsage`), for tools that count on. */
  readonly usedBefore?: SessionUsage
}

/** What to start: an argument list, never a shell string. */
export interface Launch {
  /** Programs to try, the first that exists: a name to look up, or a path. */
  readonly commands: readonly string[]
  /**
   * Where the program that was found is a wrapper: paths relative to the folder of its real file (links resolved),
   * of which the first that exists is started instead.
   */
  readonly natives?: readonly string[]
  readonly args: readonly string[]
  /** Set for the process. */
  readonly env: Readonly<Record<string, string>>
  /** Names that are passed on from the caller's environment where they are set, keys of providers among them. */
  readonly passEnv: readonly string[]
  /** Written before the start, below `configDir`. */
  readonly files?: readonly { readonly path: string; readonly content: string }[]
}

/** A conversation with one process. */
export interface Connection {
  /** Settles, and never rejects, when the process has said that it takes prompts, or why it never will. */
  readonly ready: Promise<Readiness>
  /** A one-shot process has one session, open from the start. */
  openSession(options: SessionOptions): Promise<SessionAnswer>
  /** Asks the process to end by itself (end of input, `/exit`); what makes it end is its owner's. */
  close(): void
}

/** Whether a process takes prompts. */
export type Readiness =
  | { readonly isReady: true; readonly version?: string; readonly models?: readonly string[] }
  | { readonly isReady: false; readonly failure: Failure }

/** Where a session works. */
export interface SessionOptions {
  readonly cwd: string
  /** Take up this session, where the tool can. */
  readonly sessionId?: string
  readonly model?: string
  /** What the session had used when it was last seen (`TurnReport.sessionUsage`), for tools that count on. */
  readonly usedBefore?: SessionUsage
}

/** An open session, or why there is none. */
export type SessionAnswer =
  | { readonly isOpen: true; readonly session: ToolSession }
  | { readonly isOpen: false; readonly failure: Failure }

/** One conversation: one turn at a time. */
export interface ToolSession {
  /** The tool's own id, once it is known. */
  readonly id: string | undefined
  /** One turn. Never rejects and settles exactly once, whatever the process does. @throws `WS_TOOL_BUSY` at once. */
  prompt(text: string, options?: TurnOptions): Promise<TurnEnd>
  /** Asks the turn in flight to end; its end still comes through `prompt`. */
  interrupt(): void
  /** Forgets what was said; `false` where that cannot be had, and the process has to go. */
  reset(): Promise<boolean>
  close(): Promise<void>
}

/** What listens to a turn, and answers for it. */
export interface TurnOptions {
  readonly onEvent?: (event: TurnEvent) => void
  /** Asked before a write or a command, where the tool asks at all. Without it everything asked is denied. */
  readonly decide?: (ask: PermissionAsk) => PermissionAnswer | Promise<PermissionAnswer>
}

/** Something that a tool wants to do. */
export interface PermissionAsk {
  readonly kind: 'write' | 'command' | 'other'
  readonly name: string
  /** Paths as the tool gave them; relative ones are relative to the session's directory. */
  readonly paths: readonly string[]
  readonly command?: string
}

/** Yes, or no with the reason that the tool is told. */
export type PermissionAnswer =
  { readonly isAllowed: true } | { readonly isAllowed: false; readonly because: string }

/** What happens during a turn. Ephemeral: shown, never stored, except usage. */
export type TurnEvent =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'tool'
      readonly name: string
      readonly status: 'started' | 'done' | 'failed'
      readonly paths?: readonly string[]
      readonly detail?: string
    }
  | { readonly type: 'asked'; readonly ask: PermissionAsk; readonly isAllowed: boolean }
  | { readonly type: 'usage'; readonly usage: TurnUsage }
  | { readonly type: 'retrying'; readonly attempt: number; readonly detail: string }
  /** A line that belongs to no message: kept for the log, shown to nobody. */
  | { readonly type: 'noise'; readonly text: string }

/** What a turn used so far: totals of this turn, so that saying it twice changes nothing. */
export interface TurnUsage {
  /** Everything that was read, from a cache or not. */
  readonly inputTokens: number
  readonly outputTokens: number
  /** The part of `inputTokens` that came from a cache. */
  readonly cachedTokens: number
  /** Absent where neither the tool nor a price table says it. */
  readonly costUsd?: number
  /** Reported by the tool, priced from a table, guessed by the tool, or not known at all. */
  readonly basis: 'reported' | 'priced' | 'estimated' | 'unknown'
}

/** What a session used in all, as its tool counts: kept by whoever takes the session up again. Plain JSON. */
export interface SessionUsage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedTokens: number
  readonly costUsd: number
}

/**
 * How a turn ended. `completed` says that the tool ended its turn without an error; whether the work is done is
 * seen in the worktree. `lost`: the process was gone before it said how the turn ended.
 */
export type TurnEnd = TurnReport &
  (
    | { readonly outcome: 'completed' }
    | { readonly outcome: 'failed'; readonly failure: Failure }
    | { readonly outcome: 'interrupted' }
    | { readonly outcome: 'lost'; readonly exit: WireExit }
  )

/** What is known of a turn, however it ended. */
export interface TurnReport {
  /** The tool's answer. */
  readonly text: string
  readonly usage: TurnUsage
  /** The tool's own count of the session so far, where it has one. */
  readonly sessionUsage?: SessionUsage
  /** The tool's own id of the session, where another process can take it up by that. */
  readonly sessionId?: string
  /** Files that the tool says it changed. */
  readonly files?: readonly string[]
  /** What was denied, by us or by the tool's own rules. */
  readonly denied: readonly PermissionAsk[]
  /** The end was guessed from silence or a prompt. */
  readonly isWeak?: boolean
  /** The message that ended the turn, as it came. */
  readonly raw?: unknown
}
