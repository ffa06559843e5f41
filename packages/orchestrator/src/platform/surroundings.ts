import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'

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

/** Whether a key is the right one, without telling how much of it was. */
export function isSameKey(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
