import { shortBranch } from '../door/names.ts'
import { listRecords } from '../slots/slot-record.ts'
import { listRegistrations } from '../slots/registration.ts'
import type { Slots } from '../slots/slots.ts'
import type { Diagnosis } from './finding.ts'

/**
 * Branches that were made for a slot and that no slot has. Only one that is still where it was made is taken
 * back: any other holds work, and whether that landed is not known here.
 */
export async function diagnoseBranches({ repository }: Slots): Promise<Diagnosis[]> {
  const owned = new Set<string>((await listRecords(repository.facts.wsDir)).map(({ branch }) => branch))
  for (const { branch } of await listRegistrations(repository)) if (branch !== undefined) owned.add(branch)
  const diagnoses: Diagnosis[] = []
  for (const { name, id } of await repository.listRefs('refs/heads/')) {
    if (owned.has(name)) continue
    const reflog = (
      await repository.git.text(['log', '--walk-reflogs', '--format=%H %gs', '--max-count=2', name, '--'])
    ).split('\n')
    const isUntouched = reflog.length === 1 && reflog[0]?.startsWith(`${id} ws: branch of `) === true
    if (!isUntouched) continue
    diagnoses.push({
      finding: {
        kind: 'branch-without-owner',
        name: shortBranch(name),
        message: `the branch ${shortBranch(name)} was made for a slot that is gone, and nothing was put on it`,
      },
      mend: () =>
        repository.exclusively((exclusive) =>
          repository.updateRefs(exclusive, [{ ref: name, from: id, to: null }], 'ws: no slot has it'),
        ),
    })
  }
  return diagnoses
}
