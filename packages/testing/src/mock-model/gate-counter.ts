import { createHash } from 'node:crypto'
import type { GateStep } from './model-step.ts'

/**
 * Counts how often each gate with a `times` has stood in the way: the only thing that the mock model remembers. The
 * same place in the same script is the same gate, so a caller that tries again gets on, also one that was started anew
 * elsewhere; callers at once that shall each meet it need scripts that differ, if only in a `message`.
 */
export class GateCounter {
  readonly #passed = new Map<string, number>()

  /** The first gate that still stands in the way at this place; it counts as met. */
  meet(place: string, gates: readonly GateStep[]): GateStep | undefined {
    for (const [at, gate] of gates.entries()) {
      if (gate.times === undefined) return gate
      const key = `${digest(place)}/${at}`
      const met = this.#passed.get(key) ?? 0
      if (met >= gate.times) continue
      this.#passed.set(key, met + 1)
      return gate
    }
    return undefined
  }
}

/** A short name for a text: the same text has the same name in every run. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
