import { spawnSync } from 'node:child_process'
import { type Kill, killAt, operations } from '../packages/git/test/slots/kill-at.ts'
import { states } from '../packages/git/test/slots/kept.ts'
import type { SoakFailure, SoakPart, SoakResult } from '../scripts/soak/soak-part.ts'

// Kills a process that makes, recycles, commits or removes a slot: before or after a git that it starts, or, where
// there is strace, in a system call of its own or of that git. One seed is one slot in one state and one kill; then
// the doctor mends, and what the slot held has to be there, with nothing half done beside it.

export const covers = ['packages/git/src', 'packages/git/test/slots', 'soak/git.ts']

/** By these a process changes files, and a few by which it only looks: the moments in between. */
const calls = [
  'rename',
  'openat',
  'write',
  'unlink',
  'link',
  'mkdir',
  'fsync',
  'pwrite64',
  'rmdir',
  'copy_file_range',
]

/** None of them breaks the registration, the files or the repository itself: there, more than one end is right. */
const ordinary = Object.keys(states).filter(
  (state) => !/without|broken reference|locked by somebody/.test(state),
)

export async function run({ seed, count, deadline }: SoakPart): Promise<SoakResult> {
  const canTrace = spawnSync('strace', ['-e', 'trace=none', 'true'], { stdio: 'ignore' }).status === 0
  const failures: SoakFailure[] = []
  let done = 0
  while (done < count && Date.now() < deadline) {
    const kill = killOf(seed + done, canTrace)
    const problems = await killAt(kill).catch((error: unknown) => [String(error)])
    if (problems.length > 0)
      failures.push({ seed: seed + done, message: `${JSON.stringify(kill)}: ${problems.join('; ')}` })
    done += 1
  }
  return { done, nextSeed: seed + done, failures }
}

function killOf(seed: number, canTrace: boolean): Kill {
  const draw = drawer(seed)
  const operation = operations[draw(operations.length)] ?? 'recycle'
  const chosen = ordinary.filter(() => draw(2) === 0)
  // The first four only open the repository.
  if (!canTrace || draw(2) === 0)
    return { operation, chosen, at: { step: 5 + draw(16), moment: draw(2) === 0 ? 'before' : 'after' } }
  const call = calls[draw(calls.length)] ?? 'rename'
  // A process opens some hundred files before it has read itself.
  const nth = call === 'openat' ? 1 + draw(400) : 1 + draw(call === 'write' ? 60 : 12)
  return { operation, chosen, at: { call, nth } }
}

/** Numbers that follow from a seed, the same ones each time (mulberry32). */
function drawer(seed: number): (below: number) => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
