import type { RecycleReason } from '../pool/pool-event.ts'

/** From when on a process is replaced though it works. */
export interface RecycleLimits {
  readonly turns?: number | undefined
  readonly ageMs?: number | undefined
  readonly memoryMb?: number | undefined
}

/** What is known of a process. */
export interface RecycleFacts {
  readonly turns: number
  readonly ageMs: number
  readonly rssBytes: number | undefined
}

/** Why a process is to be replaced, if it is. */
export function recycleReason(limits: RecycleLimits, facts: RecycleFacts): RecycleReason | undefined {
  if (limits.turns !== undefined && facts.turns >= limits.turns) return 'turns'
  if (limits.memoryMb !== undefined && (facts.rssBytes ?? 0) > limits.memoryMb * 1_048_576) return 'memory'
  if (limits.ageMs !== undefined && facts.ageMs >= limits.ageMs) return 'age'
  return undefined
}
