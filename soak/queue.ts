import { landRandomBranches } from '../packages/merge-queue/test/service/stays-green.ts'
import { randomKillCase, runKillCase } from '../packages/merge-queue/test/kills/kill-case.ts'
import type { SoakFailure, SoakPart, SoakResult } from '../scripts/soak/soak-part.ts'

// The merge queue on real repositories, one case a seed. Of five seeds one is a generated history of 60 branches that
// lands and is compared with plain git; the others are landings that are killed once or twice, beside which somebody
// pushes or commits. 2,500 seeds are 2,000 cases of kills and some 20,000 landings. WS_SOAK_CASES=green or =kills takes
// one kind only.

export const covers = ['packages/merge-queue/src', 'packages/git/src', 'soak/queue.ts']

const branches = 60
/** Most of a case's time goes by while git runs. */
const lanes = 3

export async function run({ seed, count, deadline }: SoakPart): Promise<SoakResult> {
  const failures: SoakFailure[] = []
  const end = seed + count
  let next = seed
  const lane = async (): Promise<void> => {
    while (next < end && Date.now() < deadline) {
      const mine = next++
      await runCase(mine).catch((error: unknown) =>
        failures.push({ seed: mine, message: error instanceof Error ? error.message : String(error) }),
      )
    }
  }
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane))
  failures.sort((a, b) => a.seed - b.seed)
  return { done: next - seed, nextSeed: next, failures }
}

async function runCase(seed: number): Promise<void> {
  const kind = process.env['WS_SOAK_CASES'] ?? (seed % 5 === 0 ? 'green' : 'kills')
  if (kind === 'green') await landRandomBranches(seed, branches)
  else await runKillCase(randomKillCase(seed))
}
