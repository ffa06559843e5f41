/** What the test asks of a running scripted tool; each is answered once it is done. */
export type RunnerCommand =
  | { readonly do: 'write'; readonly to: 'stdout' | 'stderr'; readonly base64: string }
  | { readonly do: 'read-line' }
  | { readonly do: 'ignore'; readonly signal: NodeJS.Signals }
  | { readonly do: 'raise'; readonly signal: NodeJS.Signals }
  | { readonly do: 'spawn'; readonly child: ChildOptions }
  | { readonly do: 'flood'; readonly to: 'stdout' | 'stderr'; readonly bytes: number }
  | { readonly do: 'flooded' }
  | { readonly do: 'close-output' }
  | { readonly do: 'exit'; readonly code: number }

/** How a child of the tool tries to outlive it. */
export interface ChildOptions {
  /** In a session, and so a process group, of its own. @default false */
  readonly isDetached?: boolean
  /** Its parent ends at once, so that nothing leads from the tool to it. @default false */
  readonly isDoubleForked?: boolean
  /** SIGTERM does not end it. @default false */
  readonly ignoresTerm?: boolean
  /** Keeps the tool's standard output open. @default false */
  readonly holdsOutput?: boolean
  /** Without the environment that the tool was given. @default false */
  readonly forgetsEnvironment?: boolean
}

/** What the runner says: first who it is, then the answers, and signals that it was told to survive. */
export type RunnerMessage =
  | { readonly is: 'started'; readonly start: RunnerStart }
  | { readonly is: 'done'; readonly id: number; readonly value?: string | number | null }
  | { readonly is: 'signalled'; readonly signal: NodeJS.Signals }

/** How the tool was started. */
export interface RunnerStart {
  readonly pid: number
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}
