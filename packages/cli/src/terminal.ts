/** The world of a command: where it was given, where it writes, and how it is interrupted. */
export interface Terminal {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether a person watches: then a block of lines at the end is kept up to date. */
  readonly isLive: boolean
  readonly columns: number
  /** Writes to standard output. */
  out(text: string): void
  /** Writes to standard error. */
  err(text: string): void
  /** Hears Ctrl-C and SIGTERM until the returned function is called. */
  onInterrupt(listener: () => void): () => void
  /** Ends the program at once. */
  exit(code: number): void
}
