import type { ExitCode } from './exit-codes.ts'

/** What became of a command that was given in another process: it has begun runs, or ended before. */
export type Detached =
  | { readonly kind: 'begun'; readonly pid: number; readonly runs: readonly string[] }
  | { readonly kind: 'ended'; readonly code: ExitCode }

/** The world of a command: where it was given, where it writes, and how it is interrupted. */
export interface Terminal {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether a person watches: then a block of lines at the end is kept up to date. */
  readonly isLive: boolean
  readonly columns: number
  /** Whether it can show colours. @default false */
  readonly hasColors?: boolean
  /** Writes to standard output. */
  out(text: string): void
  /** Writes to standard error. */
  err(text: string): void
  /** Hears Ctrl-C and SIGTERM until the returned function is called. */
  onInterrupt(listener: () => void): () => void
  /** Ends the program at once. */
  exit(code: number): void
  /** Has a process that outlives this one give a command; what it writes goes to the file. */
  detach?(args: readonly string[], logFile: string): Promise<Detached>
  /** Tells whoever detached this process which runs it has begun. */
  tellBegun?(runs: readonly string[]): void
}
