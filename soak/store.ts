import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { openSqliteJournal } from '../packages/store/src/index.ts'
import { lastOf, runProgram } from '../packages/store/test/programs/run-program.ts'
import { failing } from '../packages/store/test/programs/strace.ts'
import { readAll, sampleSteps } from '../packages/store/test/sample-steps.ts'
import type { SoakFailure, SoakPart, SoakResult } from '../scripts/soak/soak-part.ts'

// Ends a program that appends to a journal: at each system call of one append, whatever it is; at every call by which
// it writes, over a log of 40 steps; and with each acknowledgement and each attempt. The first two let such calls
// fail as well. One end a seed, the three kinds in turn. Needs Linux and strace.

export const covers = ['packages/store/src', 'soak/store.ts']

export async function run({ seed, count, deadline }: SoakPart): Promise<SoakResult> {
  const failures: SoakFailure[] = []
  const calls = await callsOfOneAppend()
  let done = 0
  while (done < count && Date.now() < deadline) {
    const message = await storm(endOf(seed + done, calls))
    if (message !== undefined) failures.push({ seed: seed + done, message })
    done += 1
  }
  return { done, nextSeed: seed + done, failures }
}

/** How a program is ended: by a system call, or when it says something. */
type End =
  | { readonly call: string; readonly end: string; readonly nth: number }
  | { readonly word: 'try' | 'ack'; readonly nth: number }

/** The n-th call of a name in its thread, as `strace` counts. */
interface Call {
  readonly call: string
  readonly nth: number
}

const ends = ['signal=KILL', 'error=EIO', 'error=ENOSPC'] as const

function endOf(seed: number, calls: readonly Call[]): End {
  const nth = Math.floor(seed / 3)
  switch (seed % 3) {
    case 0: {
      const call = calls[nth % calls.length] ?? { call: 'fsync', nth: 1 }
      // Each is killed, and where it is a call on a file each fails, too.
      const isOnFile = /^(?:p?read|p?write|f?sync|fdatasync|ftruncate|openat|fcntl)/.test(call.call)
      return { ...call, end: (isOnFile ? ends[Math.floor(nth / calls.length) % 3] : undefined) ?? ends[0] }
    }
    case 1:
      return {
        call: nth % 2 === 0 ? 'fsync' : 'pwrite64',
        end: ends[Math.floor(nth / 2) % 3] ?? ends[0],
        nth: Math.floor(nth / 6) + 1,
      }
    default:
      return { word: nth % 2 === 0 ? 'try' : 'ack', nth: (Math.floor(nth / 2) % 40) + 1 }
  }
}

/** What the program calls between its fifth attempt and the acknowledgement of it, thread by thread. */
async function callsOfOneAppend(): Promise<readonly Call[]> {
  const dir = mkdtempSync(join(tmpdir(), 'ws-soak-'))
  try {
    const log = join(dir, 'calls')
    await runProgram('append.ts', [join(dir, 'journal.db'), '6'], {
      within: ['strace', '-f', '-qq', '-o', log],
    })
    const counts = new Map<string, number>()
    const calls = new Map<string, Call>()
    let isWithin = false
    for (const line of readFileSync(log, 'utf8').split('\n')) {
      const [, thread = '', call = ''] = /^(\d+) +([a-z0-9_]+)\(/.exec(line) ?? []
      if (call === '') continue
      const nth = (counts.get(`${thread} ${call}`) ?? 0) + 1
      counts.set(`${thread} ${call}`, nth)
      if (line.includes('"ack 5')) isWithin = false
      if (isWithin) calls.set(`${call} ${nth}`, { call, nth })
      if (line.includes('"try 5')) isWithin = true
    }
    return [...calls.values()]
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** What went wrong, or `undefined`. */
async function storm(end: End): Promise<string | undefined> {
  const where = JSON.stringify(end)
  const dir = mkdtempSync(join(tmpdir(), 'ws-soak-'))
  try {
    const path = join(dir, 'journal.db')
    const { lines } = await ('word' in end
      ? runProgram('append.ts', [path, '40'], {
          onLine: (line, child) => line === `${end.word} ${end.nth}` && child.kill('SIGKILL'),
        })
      : runProgram('append.ts', [path, '40'], { within: failing(end.call, end.end, end.nth) }))
    const journal = await openSqliteJournal({ path })
    const steps = await readAll(journal)
    await journal.close()
    const [acknowledged, tried] = [lastOf(lines, 'ack'), lastOf(lines, 'try')]
    if (steps.length < acknowledged || steps.length > tried)
      return `${where}: ${steps.length} steps, ${acknowledged} acknowledged, ${tried} tried`
    return isDeepStrictEqual(steps, sampleSteps(steps.length))
      ? undefined
      : `${where}: other steps than were given`
  } catch (error) {
    return `${where}: ${String(error)}`
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
