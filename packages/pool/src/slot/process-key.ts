import { createHash } from 'node:crypto'

/** What two turns must have in common to be served by one process. */
export interface ProcessKeyParts {
  readonly tool: string
  readonly model: string | undefined
  readonly permission: string
  /** Where the process is bound to a directory. */
  readonly cwd: string | undefined
  readonly env: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, unknown>> | undefined
  readonly sandbox: string | undefined
}

/** A short name for the kind of process: tool, directory, environment, permission and sandbox. */
export function processKey(parts: ProcessKeyParts): string {
  const env = Object.entries(parts.env).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const facts = [parts.model, parts.permission, parts.cwd, env, parts.settings, parts.sandbox]
  const hash = createHash('sha256').update(JSON.stringify(facts.map((fact) => fact ?? null)))
  return `${parts.tool}-${hash.digest('hex').slice(0, 12)}`
}
