import type * as z from 'zod'
import type { ExitCode } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'

/** An option of a command: a flag, or one with a value of which `value` names the kind. */
export interface OptionSpec {
  readonly value?: string
  readonly says: string
}

/** What was given to a command. */
export interface Given {
  readonly positionals: readonly string[]
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
}

/** One command of `ws`. */
export interface Command {
  /** A word, or two where several commands are about one thing: `merge add`. */
  readonly name: string
  /** One sentence. */
  readonly says: string
  /** What stands after the name, such as `<plan…>`. */
  readonly takes: string
  readonly positionals: { readonly least: number; readonly most: number }
  readonly options: Readonly<Record<string, OptionSpec>>
  /** A line that could be typed, and what it does. */
  readonly example: { readonly line: string; readonly does: string }
  /** What `--json` writes as its last line. */
  readonly answers?: z.ZodType
  run(given: Given, terminal: Terminal): Promise<ExitCode>
}
