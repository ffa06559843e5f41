import { randomBytes, randomUUID } from 'node:crypto'

/** What a program that we start inherits unless the caller says otherwise. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  return process.env
}

/** A name that nothing has yet. */
export function freshName(): string {
  return randomUUID()
}

/** Bytes that nobody can foretell. */
export function chance(count: number): Uint8Array {
  return randomBytes(count)
}
