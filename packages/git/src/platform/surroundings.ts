import { randomUUID } from 'node:crypto'

/** What a program that we start inherits unless the caller says otherwise. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  return process.env
}

/** A name that no file has yet. */
export function freshName(): string {
  return randomUUID()
}
