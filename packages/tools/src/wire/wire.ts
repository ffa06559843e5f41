/**
 * A running program as a protocol sees it: two streams of bytes and an end. Whoever owns the process makes one;
 * a protocol never sees the process, so a test can be the other side.
 */
export interface Wire {
  /** Standard output, read by one reader, to its end. Standard error is the owner's to drain. */
  readonly output: AsyncIterable<Uint8Array>
  /**
   * Hands bytes to the program's standard input. Resolves when more may be written; writing to a program that is
   * gone is no error, its end is told by `exited`.
   */
  write(bytes: string | Uint8Array): Promise<void>
  /** Ends the program's standard input. */
  end(): void
  /** Resolves, and never rejects, when the program is gone and its output has been read. */
  readonly exited: Promise<WireExit>
}

/** How a program ended, with the last of its standard error. */
export interface WireExit {
  readonly exitCode: number | null
  readonly signal: string | null
  readonly errorTail: string
}
