/** The command-line programs whose formats a fake agent speaks; `lines` is any program that reads and writes plain text. */
export type FakeTool = 'claude' | 'codex' | 'gemini' | 'opencode' | 'copilot' | 'qwen' | 'aider' | 'lines'

/** What a fake agent does in one turn, one after another. */
export type AgentStep = SayStep | WriteStep | FailStep | WaitStep | Misbehaviour

/** The turns of a fake agent. Those with `when` are for every prompt that has this text; the others follow each other. */
export type AgentTurn = readonly AgentStep[] | { readonly when: string; readonly steps: readonly AgentStep[] }

/** What one call of the model used. */
export interface AgentUsage {
  /** @default 1000 */
  readonly in?: number
  /** @default 20 */
  readonly out?: number
  /** @default 3 USD for a million tokens in, 15 for a million out */
  readonly costUsd?: number
}

/** Answers with text. */
export interface SayStep {
  readonly say: string
  readonly usage?: AgentUsage
}

/** Writes a file in its directory, with the messages that the tool has for it. */
export interface WriteStep {
  readonly write: string
  readonly content: string
  /** Asks first, and writes where it is told that it may. A tool that can ask nobody is then told no. */
  readonly asks?: true
  /** Says so and does not write. */
  readonly isLie?: true
  readonly usage?: AgentUsage
}

/** Ends the turn as the tool does when its model cannot be used. */
export interface FailStep {
  readonly fail: 'api-error' | 'auth' | 'overloaded' | 'quota'
  /** @default a sentence about it */
  readonly message?: string
  /** When a quota is there again, said in the words of the tool. */
  readonly resetsInS?: number
}

/** Does nothing until the test calls `release` with this name, or, with `delayMs`, for so long. */
export type WaitStep = { readonly wait: string } | { readonly delayMs: number }

/** What a program should not do and some do. */
export type Misbehaviour =
  /** `model`: can still be interrupted, like a tool whose model does not answer; `deaf`: reads nothing any more. */
  | { readonly hang: 'model' | 'deaf' }
  /** So many bytes of noise, in lines of 1024 bytes or as one line. */
  | { readonly flood: number; readonly to?: 'out' | 'err'; readonly isOneLine?: true }
  /** Dies of this signal. */
  | { readonly crash: NodeJS.Signals }
  | { readonly exit: number }
  /** These characters as they are, with no line end of their own. */
  | { readonly raw: string; readonly to?: 'out' | 'err' }
  /** Survives this signal from now on. */
  | { readonly ignore: NodeJS.Signals }
  /** A child that stays behind: in its own session, or also no longer a child of anybody here. */
  | { readonly leaveChild: 'child' | 'own-session' | 'orphan'; readonly holdsOutput?: true }
  /** Each later write comes in two parts, cut inside a character where one has several bytes; the second after `release`. */
  | { readonly split: string }
  /**
   * How the turn ends: `never`, though all before the end was said; with its last line `unflushed`, `half` written or
   * without its `newline`.
   */
  | { readonly ending: AgentEnding }

/** What happens with the last line of a turn. */
export type AgentEnding = 'never' | 'unflushed' | 'half' | 'no-newline'
