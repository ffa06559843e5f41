import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { damages, outcomes, survive } from '../packages/tools/test/protocols/damage.ts'
import { cutAt } from '../packages/tools/test/protocols/pieces.ts'
import {
  playScenario,
  type Scenario,
  scenarioOf,
  transcriptOf,
} from '../packages/tools/test/protocols/play-scenario.ts'
import { sequence, summarize } from '../packages/tools/test/protocols/summary.ts'
import { recordings, said } from '../packages/tools/test/transcript.ts'
import type { SoakFailure, SoakPart, SoakResult } from '../scripts/soak/soak-part.ts'

// The recorded tools, of which one seed takes one. Odd seeds cut it, spoil it and end it anywhere: each prompt ends once
// all the same. Even seeds only let it arrive in other pieces, cut at any byte: it means what it meant. Nothing is
// thrown on the side, and nothing grows.

export const covers = [
  'packages/tools/src',
  'packages/tools/test',
  'packages/testing/transcripts',
  'soak/tools.ts',
]

/** A case takes milliseconds; one that takes longer than this has hung. */
const longestMs = 60_000

/** Compiled code and caches have their size by then. */
const warmCases = 2_000
const mostGrowthMb = 32

export async function run({ seed, count, deadline }: SoakPart): Promise<SoakResult> {
  const names = recordings()
  const failures: SoakFailure[] = []
  let at = seed
  const onStray = (error: unknown) => failures.push({ seed: at, message: `on the side: ${String(error)}` })
  process.on('unhandledRejection', onStray)
  let warmMb: number | undefined
  while (at < seed + count && Date.now() < deadline) {
    try {
      // Both kinds of case for each recording, also where their number is even.
      const name = names[Math.floor(at / 2) % names.length] ?? ''
      await inTime(tryCase(scenarioOf(name), at))
    } catch (error) {
      failures.push({ seed: at, message: error instanceof Error ? error.message : String(error) })
    }
    at += 1
    if (at - seed === warmCases) warmMb = heapMb()
  }
  process.off('unhandledRejection', onStray)
  const endMb = heapMb()
  if (warmMb !== undefined && endMb - warmMb > mostGrowthMb)
    failures.push({ seed, message: `the heap grew from ${warmMb} to ${endMb} MB` })
  const found = warmMb === undefined ? {} : { found: `heap ${warmMb} MB warm, ${endMb} MB at the end` }
  return { done: at - seed, nextSeed: at, failures, ...found }
}

async function tryCase(scenario: Scenario, seed: number): Promise<void> {
  const random = fc.sample(fc.record({ damage: damages, places }), { seed, numRuns: 1 })[0]!
  if (seed % 2 === 1) {
    const output = new TextEncoder().encode(said(transcriptOf(scenario).entries, 'out'))
    for (const { outcome } of await survive(scenario, output, random.damage))
      if (!outcomes.includes(outcome)) throw new Error(`an outcome "${outcome}"`)
    return
  }
  const [whole, cut] = [
    await playScenario(scenario),
    await playScenario(scenario, { pieces: cutAt(random.places) }),
  ]
  const [expected, found] = [whole, cut].map(({ turns, events, written }) =>
    JSON.stringify([turns.map(summarize), sequence(events), written]),
  )
  if (found !== expected) throw new Error(`cut, it means ${found}, expected ${expected}`)
}

const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 })

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const hung = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it hangs')), longestMs)
  })
  try {
    await Promise.race([work, hung])
  } finally {
    clearTimeout(timer)
  }
}

function heapMb(): number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
  return Math.round(process.memoryUsage().heapUsed / 1024 / 1024)
}
