import { setTimeout } from 'node:timers/promises'
import { pointsOf } from '../packages/orchestrator/test/crash-points.ts'
import { crashAt } from '../packages/orchestrator/test/crash-story.ts'
import type { SoakFailure, SoakPart, SoakResult } from '../scripts/soak/soak-part.ts'

// A run of four tasks is killed at every call of git and every append of its log, before and after each, and goes on.
// One kill a seed; beyond the last point each seed is two kills, the second while it goes on.

export const covers = [
  'packages/orchestrator/src',
  'packages/merge-queue/src',
  'packages/git/src',
  'soak/runs.ts',
]

export async function run({ seed, count, deadline }: SoakPart): Promise<SoakResult> {
  const failures: SoakFailure[] = []
  let done = 0
  while (done < count && Date.now() < deadline) {
    try {
      await Promise.race([crashAt(...pointsOf(seed + done)), tooLong()])
    } catch (error) {
      failures.push({ seed: seed + done, message: error instanceof Error ? error.message : String(error) })
    }
    done += 1
  }
  return { done, nextSeed: seed + done, failures }
}

/** A story takes seconds. One that does not come to an end is a failure as well, and not the end of the soak. */
async function tooLong(): Promise<never> {
  await setTimeout(180_000, undefined, { ref: false })
  throw new Error('it does not come to an end')
}
