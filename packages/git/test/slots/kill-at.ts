// Ends a process that does something to a slot in the middle of it, and looks at what is left.
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runDoctor } from '../../src/doctor/doctor.ts'
import { startFixture, startWithin } from '../fixtures/start-fixture.ts'
import { withOpened, work } from '../opened.ts'
import { isKept, states } from './kept.ts'

/** What is done to a slot. */
export const operations = ['create', 'recycle', 'remove', 'commit'] as const

/** What `be-killed.ts` does, and when it ends. */
export interface Kill {
  readonly operation: (typeof operations)[number]
  /** What the slot is like before. */
  readonly chosen: readonly string[]
  readonly at: GitStep | SystemCall
}

/** Before or after the n-th git that it starts. */
interface GitStep {
  readonly step: number
  readonly moment: 'before' | 'after'
}

/** At the n-th call of this name of any thread, of it or of a git that it started. */
interface SystemCall {
  readonly call: string
  readonly nth: number
}

/** Everything that is not as it has to be afterwards, in words; nothing where all is well. */
export async function killAt({ operation, chosen, at }: Kill): Promise<string[]> {
  const problems: string[] = []
  await withOpened(
    async (opened) => {
      const { temp, slots } = opened
      const record = await slots.create({ slot: 's', base: 'main', work: work('a') })
      const texts = chosen
        .map((state) => states[state]?.(opened, record))
        .filter((text) => text !== undefined)
      const killed =
        'step' in at
          ? startFixture('be-killed.ts', temp.path, operation, killingGit(temp.folder, at))
          : startWithin(strace(at), 'be-killed.ts', temp.path, operation)
      const { end, output } = await killed.ended
      // Git itself may be what was killed: then we end with its error.
      const ends = 'step' in at ? [0, 'SIGKILL'] : [0, 1, 137, 'SIGKILL']
      if (!ends.includes(end)) problems.push(`it ended with ${end}: ${output}`)
      await runDoctor(slots, { fix: true })
      for (const { kind, name, state } of await runDoctor(slots))
        if (kind !== 'stale-lock-file' && state !== 'person') problems.push(`the doctor left ${kind} ${name}`)
      for (const text of texts) if (!isKept(opened, text)) problems.push(`lost: ${text.trim()}`)
      const fsck = temp.git('fsck', '--no-dangling', '--connectivity-only')
      if (fsck !== '') problems.push(`fsck: ${fsck}`)
    },
    { files: { 'a.txt': 'a\n' } },
  )
  return problems
}

const keptGit = join(import.meta.dirname, '../fixtures/kept-git.sh')

/** A git that ends whoever started it. */
function killingGit(folder: string, { step, moment }: GitStep): string {
  const program = join(folder, 'killing-git')
  const count = join(folder, 'count')
  const kill = 'kill_caller; exit 1'
  writeFileSync(
    program,
    `#!/bin/sh\nis_it() { echo x >> '${count}'; [ "$(wc -l < '${count}')" -eq ${step} ]; }\n` +
      `when=${moment}\ncommitted='${count}.committed'\n. '${keptGit}'\n` +
      (moment === 'before'
        ? `if is_it; then ${kill}; fi\nexec git "$@"\n`
        : `is_it; isIt=$?\ngit "$@"; code=$?\nif [ $isIt -eq 0 ]; then ${kill}; fi\nexit $code\n`),
  )
  chmodSync(program, 0o755)
  return program
}

function strace({ call, nth }: SystemCall): readonly string[] {
  const inject = `inject=${call}:signal=KILL:when=${nth}`
  return ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject]
}
