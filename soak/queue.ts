import { randomKillCase, withKillCases } from '../packages/merge-queue/test/kills/kill-case.ts'
import { readMerges, replayMerges } from '../packages/merge-queue/test/service/replay-merges.ts'
import { landRandomBranches } from '../packages/merge-queue/test/service/stays-green.ts'
import type { SoakFailure, SoakPart, SoakResult } from '../scripts/soak/soak-part.ts'

// The merge queue on real repositories, one case a seed. Of five seeds one is a generated history of 60 branches that
// lands and is compared with plain git; the others are landings of which one process after the other is killed, beside
// which somebody pushes or commits. 1,100 seeds are some 2,000 kills and 10,000 landings. WS_SOAK_CASES=green or =kills
// takes one kind only. With --repo <clone> a seed is twelve merges of that clone, which are landed again.

export const covers = ['packages/merge-queue/src', 'packages/git/src', 'soak/queue.ts']

const branches = 60
const mergesOfACase = 12
/** Most of a case's time goes by while git runs. */
const lanes = 3

export async function run(part: SoakPart): Promise<SoakResult> {
  if (part.repo !== undefined) return replay(part, part.repo)
  const sum = { landed: 0, conflicted: 0, failed: 0, killed: 0 }
  const result = await withKillCases((runKillCase) =>
    runSeeds(part, async (seed) => {
      const kind = process.env['WS_SOAK_CASES'] ?? (seed % 5 === 0 ? 'green' : 'kills')
      if (kind === 'green') return add(sum, await landRandomBranches(seed, branches))
      const it = randomKillCase(seed)
      const { killed } = await runKillCase(it)
      sum.killed += killed
      sum.landed += it.branches.filter(({ name }) => name !== 'broken').length
    }),
  )
  return { ...result, found: `${sum.killed} kills, ${say(sum)}` }
}

/** Lands what was merged in a clone again, some merges at a time; beyond the last ones the first ones come again. */
async function replay(part: SoakPart, clone: string): Promise<SoakResult> {
  const merges = readMerges(clone)
  if (merges.length === 0)
    throw new Error(`${clone}: no merge of two parents on the first-parent line of HEAD`)
  const cases = Math.ceil(merges.length / mergesOfACase)
  const sum = { landed: 0, conflicted: 0, failed: 0 }
  const result = await runSeeds(part, async (seed) => {
    const from = ((seed - 1) % cases) * mergesOfACase
    add(sum, await replayMerges(clone, merges.slice(from, from + mergesOfACase), seed))
  })
  return { ...result, found: `${say(sum)}; the clone has ${merges.length} merges, ${cases} cases` }
}

async function runSeeds(
  { seed, count, deadline }: SoakPart,
  runCase: (seed: number) => Promise<void>,
): Promise<SoakResult> {
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

interface Sum {
  landed: number
  conflicted: number
  failed: number
}

function add(sum: Sum, { landed, conflicted, failed }: Readonly<Sum>): void {
  sum.landed += landed
  sum.conflicted += conflicted
  sum.failed += failed
}

function say({ landed, conflicted, failed }: Readonly<Sum>): string {
  return `${landed} landed, ${conflicted} conflicts, ${failed} failed`
}
