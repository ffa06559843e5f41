// Looks for what a crash left half done, and mends it on demand. Whatever holds content is pinned before it
// goes; whoever may still be at work is left alone; a look-up that fails is an error, never a reason to delete.
import { freeBytes } from '../platform/disk.ts'
import { defaultMinFreeBytes } from '../slots/require-disk.ts'
import type { Slots } from '../slots/slots.ts'
import { diagnoseBranches } from './branches.ts'
import { diagnoseDirectories, diagnoseRegistrations } from './orphans.ts'
import type { Diagnosis, Finding } from './finding.ts'
import { diagnoseLeftovers, diagnoseLockFiles } from './leftovers.ts'
import { diagnoseSlots } from './unfinished.ts'

/** How far the doctor goes. */
export interface DoctorOptions {
  /** Mend what can be mended; else only say so. @default false */
  readonly fix?: boolean
  /** @default 268435456 */
  readonly minFreeBytes?: number
}

/** Examines a repository's slots and locks. Dry unless told to fix. */
export async function runDoctor(slots: Slots, options: DoctorOptions = {}): Promise<Finding[]> {
  const findings: Finding[] = []
  // In this order: what finishes a slot or a removal leaves fewer orphans for the next look.
  for (const diagnose of [
    diagnoseLockFiles,
    diagnoseSlots,
    diagnoseRegistrations,
    diagnoseDirectories,
    diagnoseBranches,
    diagnoseLeftovers,
  ])
    for (const diagnosis of await diagnose(slots))
      findings.push(await settle(diagnosis, options.fix === true))
  const disk = await diagnoseDisk(slots, options.minFreeBytes ?? defaultMinFreeBytes)
  if (disk !== undefined) findings.push(disk)
  return findings
}

async function settle({ finding, mend }: Diagnosis, isFixing: boolean): Promise<Finding> {
  if (mend === undefined) return { ...finding, state: 'person' }
  if (!isFixing) return { ...finding, state: 'mendable' }
  const isMended = (await mend()) !== 'not-mended'
  return { ...finding, state: isMended ? 'mended' : 'person' }
}

async function diagnoseDisk({ root }: Slots, minFreeBytes: number): Promise<Finding | undefined> {
  const free = await freeBytes(root)
  if (free >= minFreeBytes) return undefined
  return {
    kind: 'disk-low',
    name: root,
    message: `${free} bytes are free where worktrees are made; below ${minFreeBytes} none is`,
    state: 'person',
  }
}
