import { crashAt, type KillPoint } from '../packages/orchestrator/test/crash-story.ts'
import type { SoakFailure, SoakPart, SoakResult } from '../scripts/soak/soak-part.ts'

// A run of four tasks is killed at every call of git and every append of its log, before and after each, and goes on.
// One kill a seed; beyond the last point each seed is two kills, the second while it goes on.

export const covers = [
  'packages/orchestrator/src',
  'packages/merge-queue/src',
  'packages/git/src',
  'soak/runs.ts',
]

/** More calls than a run makes: what is beyond the end is a run that nobody killed. */
const points = { git: 130, append: 24 }

export async function run({ seed, count, deadline }: SoakPart): Promise<SoakResult> {
  const failures: SoakFailure[] = []
  let done = 0
  while (done < count && Date.now() < deadline) {
    try {
      await crashAt(...pointsOf(seed + done))
    } catch (error) {
      failures.push({ seed: seed + done, message: error instanceof Error ? error.message : String(error) })
    }
    done += 1
  }
  return { done, nextSeed: seed + done, failures }
}

const pointCount = 2 * (points.git + points.append)

function pointsOf(seed: number): readonly [KillPoint, ...KillPoint[]] {
  if (seed < pointCount) return [pointOf(seed)]
  const first = scatter(seed)
  return [pointOf(first % pointCount), pointOf(scatter(first) % pointCount)]
}

function pointOf(seed: number): KillPoint {
  const when = seed % 2 === 0 ? 'before' : 'after'
  const at = Math.floor(seed / 2) + 1
  return at <= points.git ? { what: 'git', at, when } : { what: 'append', at: at - points.git, when }
}

/** Neighbouring seeds become far points. */
function scatter(seed: number): number {
  const mixed = Math.imul(seed ^ (seed >>> 15), 0x2c_1b_3c_6d)
  return (mixed ^ (mixed >>> 12)) >>> 0
}
