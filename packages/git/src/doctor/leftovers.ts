import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LockFileMender } from '../locks/lock-file-mender.ts'
import { isPidGone } from '../platform/processes.ts'
import { strayTrash } from '../slots/remove-slot.ts'
import type { Slots } from '../slots/slots.ts'
import type { Diagnosis } from './finding.ts'

/**
 * Lock files of git that nobody holds. A lock file is only ever removed with proof that its owner is gone: no living
 * process has it open, and no living git that is older than it may have been at work here.
 */
export async function diagnoseLockFiles({ repository }: Slots): Promise<Diagnosis[]> {
  const { commonDir } = repository.facts
  const mender = new LockFileMender(commonDir, repository.clock)
  const diagnoses: Diagnosis[] = []
  for (const path of await findLockFiles(commonDir)) {
    const finding = { kind: 'stale-lock-file' as const, name: path.slice(commonDir.length + 1) }
    if (await mender.isAbandoned(path, { patienceMs: lockPatienceMs }))
      diagnoses.push({
        finding: { ...finding, message: `${path} is left, and its owner is gone` },
        // Under our lock nothing of ours can make a new one.
        mend: () =>
          repository.exclusively(async () =>
            (await mender.clear(path, { patienceMs: lockPatienceMs })) ? undefined : 'not-mended',
          ),
      })
    else
      diagnoses.push({
        finding: { ...finding, message: `${path} is held, or its owner cannot be proven gone` },
      })
  }
  return diagnoses
}

// Of those who might have made it, most are just passing by.
const lockPatienceMs = 1_000

/** Throwaway objects and temporary indexes of processes that ended, and directories nobody worked in. */
export async function diagnoseLeftovers({ repository, root }: Slots): Promise<Diagnosis[]> {
  const folder = join(repository.facts.wsDir, 'git')
  const diagnoses: Diagnosis[] = []
  for (const [place, pattern] of [
    [folder, /^preview-(\d+)-\d+$/],
    [join(folder, 'bare'), /^(?:edit|commit)-(\d+)-\d+(?:\.lock)?$/],
  ] as const)
    for (const name of await readdir(place).catch(() => [])) {
      const pid = pattern.exec(name)?.[1]
      if (pid === undefined || !isPidGone(Number(pid))) continue
      diagnoses.push({
        finding: {
          kind: 'leftover-file',
          name,
          message: `${join(place, name)} belongs to a process that ended`,
        },
        mend: () => rm(join(place, name), { recursive: true, force: true }),
      })
    }
  for (const path of await strayTrash(repository, root))
    diagnoses.push({
      finding: {
        kind: 'leftover-file',
        name: path,
        message: `${path} is what is left of a slot that was never ready`,
      },
      mend: () => rm(path, { recursive: true, force: true }),
    })
  return diagnoses
}

// Where git puts lock files: beside what they guard.
async function findLockFiles(commonDir: string): Promise<string[]> {
  const found: string[] = []
  const look = async (folder: string, isDeep: boolean) => {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name)
      if (entry.isFile() && entry.name.endsWith('.lock')) found.push(path)
      else if (entry.isDirectory() && isDeep) await look(path, true)
    }
  }
  await look(commonDir, false)
  await look(join(commonDir, 'refs'), true)
  await look(join(commonDir, 'worktrees'), true)
  await look(join(commonDir, 'ws', 'git'), true)
  return found.toSorted()
}
