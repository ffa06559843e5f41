import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { openSqliteJournal } from '../packages/store/src/index.ts'
import { lastOf, runProgram } from '../packages/store/test/programs/run-program.ts'
import { readAll, sampleSteps } from '../packages/store/test/sample-steps.ts'
import type { SoakFailure, SoakPart, SoakResult } from '../scripts/soak/soak-part.ts'

// Kills a program that appends to a journal at every system call by which it writes, one call a seed, and lets each
// such call fail as well. Needs Linux and strace. 400 seeds go over a log of 40 steps once.

export const covers = ['packages/store/src', 'soak/store.ts']

const calls = ['pwrite64', 'fsync'] as const
const ends = ['signal=KILL', 'error=EIO', 'error=ENOSPC'] as const

export async function run({ seed, count, deadline }: SoakPart): Promise<SoakResult> {
  const failures: SoakFailure[] = []
  let done = 0
  while (done < count && Date.now() < deadline) {
    const message = await storm(seed + done)
    if (message !== undefined) failures.push({ seed: seed + done, message })
    done += 1
  }
  return { done, nextSeed: seed + done, failures }
}

/** What went wrong, or `undefined`. */
async function storm(seed: number): Promise<string | undefined> {
  const call = calls[seed % 2] ?? 'fsync'
  const end = ends[Math.floor(seed / 2) % 3] ?? 'signal=KILL'
  const nth = Math.floor(seed / 6) + 1
  const dir = mkdtempSync(join(tmpdir(), 'ws-soak-'))
  try {
    const path = join(dir, 'journal.db')
    const within = [
      'strace',
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      '-e',
      `trace=${call}`,
      '-e',
      `inject=${call}:${end}:when=${nth}`,
    ]
    const { lines } = await runProgram('append.ts', [path, '40'], { within })
    const journal = await openSqliteJournal({ path })
    const steps = await readAll(journal)
    await journal.close()
    const [acknowledged, tried] = [lastOf(lines, 'ack'), lastOf(lines, 'try')]
    if (steps.length < acknowledged || steps.length > tried) {
      return `${end} at ${call} ${nth}: ${steps.length} steps, ${acknowledged} acknowledged, ${tried} tried`
    }
    return isDeepStrictEqual(steps, sampleSteps(steps.length))
      ? undefined
      : `${end} at ${call} ${nth}: other steps than were given`
  } catch (error) {
    return `${end} at ${call} ${nth}: ${String(error)}`
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
