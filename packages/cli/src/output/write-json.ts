import type { Terminal } from '../terminal.ts'

/** The version of everything that `--json` writes: fields are added to it, never changed or taken away. */
const jsonVersion = 1

/** Writes an answer as a line of JSON for programs. */
export function writeJson({ out }: Pick<Terminal, 'out'>, answer: object): void {
  out(`${JSON.stringify({ version: jsonVersion, ...answer })}\n`)
}
