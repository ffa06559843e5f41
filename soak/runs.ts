import { crashAt, type KillPoint } from '../packages/orchestrator/test/crash-story.ts'
import type { SoakFailure, SoakPart, SoakResult } from '../scripts/soak/soak-part.ts'

// A run of four tasks is killed at every call of git and every append of its log, before and after each, and goes on.
// One kill a seed; beyond the last point the seeds begin again.

export const covers = [
  'packages/orchestrator/src',
  'packages/merge-queue/src',
  'packages/git/src',
  'soak/runs.ts',
]

/** More calls than a run makes: what is beyond the end is a run that nobody killed. */
const points = { git: 150, append: 30 }

export async function run({ seed, count, deadline }: SoakPart): Promise<SoakResult> {
  const failures: SoakFailure[] = []
  let done = 0
  while (done < count && Date.now() < deadline) {
    const point = pointOf(seed + done)
    try {
      await crashAt(point)
    } catch (error) {
      failures.push({ seed: seed + done, message: error instanceof Error ? error.message : String(error) })
    }
    done += 1
  }
  return { done, nextSeed: seed + done, failures }
}

function pointOf(seed: number): KillPoint {
  const when = seed % 2 === 0 ? 'before' : 'after'
  const at = (Math.floor(seed / 2) % (points.git + points.append)) + 1
  return at <= points.git ? { what: 'git', at, when } : { what: 'append', at: at - points.git, when }
}
