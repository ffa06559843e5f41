import type { QueueSettings } from '../queue/queue-spec.ts'

/** How many entries of a line the policy looks at, and so how many candidates are built ahead. */
export function horizonOf({ policy, slots, maxBatch, testEach }: QueueSettings): number {
  if (policy === 'serial') return 1
  if (policy === 'speculative') return slots
  return testEach ? Math.min(slots, maxBatch) : maxBatch
}
