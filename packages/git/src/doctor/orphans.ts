import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type ObjectId, parseRefName, refComponent } from '../door/names.ts'
import { ownIdentity } from '../platform/processes.ts'
import { canonicalPath } from '../platform/paths.ts'
import type { Repository } from '../repository/repository.ts'
import { pinSlot, requireKept } from '../rescue/pin.ts'
import { newId } from '../slots/create-slot.ts'
import { listRegistrations } from '../slots/registration.ts'
import { purgeSlot } from '../slots/remove-slot.ts'
import { forgetRecord, listRecords, type SlotRecord, writeRecord } from '../slots/slot-record.ts'
import type { Slots } from '../slots/slots.ts'
import { exists, lockReason, moveAway, trashFolder, unregister } from '../slots/undo-slot.ts'
import type { Diagnosis } from './finding.ts'

/** Worktrees that the repository knows and whose directory is gone. Only those that carry our lock are ours. */
export async function diagnoseRegistrations({ repository }: Slots): Promise<Diagnosis[]> {
  const records = await listRecords(repository.facts.wsDir)
  const diagnoses: Diagnosis[] = []
  for (const registration of await listRegistrations(repository)) {
    const record = records.find(({ path, state }) => path === registration.path && state === 'ready')
    if (registration.isMain || registration.locked !== lockReason || (await exists(registration.path)))
      continue
    if (records.some(({ path, state }) => path === registration.path && state === 'making')) continue
    const { path, head } = registration
    diagnoses.push({
      finding: {
        kind: 'registration-without-directory',
        name: record?.slot ?? basename(path),
        message: `the directory ${path} is gone, its registration is not`,
      },
      mend: async () => {
        const orphan = record ?? (head === undefined ? undefined : strayRecord(repository, path, head))
        if (orphan !== undefined) await pinSlot(repository, orphan, { reason: 'its directory was gone' })
        await repository.exclusively(async () => {
          await unregister(repository, path)
          if (record === undefined) return
          await forgetRecord(repository.facts.wsDir, record)
        })
        if (record !== undefined) await repository.content.forgetSlot(record.id)
      },
    })
  }
  return diagnoses
}

/** Directories among the slots that the repository no longer knows. One that never was ours is a person's. */
export async function diagnoseDirectories({ repository, root }: Slots): Promise<Diagnosis[]> {
  const records = await listRecords(repository.facts.wsDir)
  const registered = new Set((await listRegistrations(repository)).map(({ path }) => path))
  const places = new Map<string, SlotRecord | undefined>(
    records.filter(({ state }) => state === 'ready').map((record) => [record.path, record]),
  )
  if (await exists(root))
    for (const entry of await readdir(root, { withFileTypes: true }))
      if (entry.isDirectory() && entry.name !== basename(trashFolder(root))) {
        const path = join(await canonicalPath(root), entry.name)
        if (!records.some((record) => record.path === path)) places.set(path, undefined)
      }
  const diagnoses: Diagnosis[] = []
  for (const [path, record] of places) {
    if (registered.has(path) || !(await exists(path))) continue
    const finding = {
      kind: 'directory-without-registration' as const,
      name: record?.slot ?? path,
      message: `the repository does not know the worktree ${path} any more`,
    }
    const wasOurs = record !== undefined || (await pointsToUs(repository, path))
    if (wasOurs) diagnoses.push({ finding, mend: () => takeAway(repository, path, record) })
    else
      diagnoses.push({
        finding: { ...finding, message: `${path} lies among the worktrees and is none of this repository` },
      })
  }
  return diagnoses
}

async function takeAway(repository: Repository, path: string, record: SlotRecord | undefined): Promise<void> {
  const base = record?.base ?? (await repository.resolveCommit('HEAD'))
  const orphan = { ...(record ?? strayRecord(repository, path, base)), admin: null }
  const pinned = await pinSlot(repository, orphan, { reason: 'its registration was gone' })
  requireKept(orphan, pinned.snapshot)
  const leaving: SlotRecord = {
    ...orphan,
    state: 'leaving',
    path: join(trashFolder(path), orphan.id),
    pinnedTree: pinned.snapshot.tree,
  }
  await repository.exclusively(async () => {
    await writeRecord(repository.facts.wsDir, leaving)
    await moveAway(path, orphan.id)
    if (record !== undefined) await forgetRecord(repository.facts.wsDir, record)
  })
  await purgeSlot(repository, leaving)
}

async function pointsToUs(repository: Repository, path: string): Promise<boolean> {
  const text = await readFile(join(path, '.git'), 'utf8').catch(() => '')
  return text.startsWith(`gitdir: ${repository.facts.commonDir}/worktrees/`)
}

/** A record for what has none, so that it can be pinned like a slot. */
function strayRecord(repository: Repository, path: string, base: ObjectId): SlotRecord {
  const name = refComponent(basename(path))
  const slot = /^[A-Za-z0-9]/.test(name) ? name : `x${name.replaceAll('=', '')}`
  const at = repository.clock.now()
  return {
    version: 1,
    slot,
    id: newId(slot),
    state: 'ready',
    path,
    admin: null,
    branch: parseRefName('refs/ws/none'),
    ownsBranch: false,
    base,
    tip: base,
    work: { run: 'doctor', workstream: basename(path), attempt: at },
    isAdopted: false,
    sparse: null,
    madeAt: at,
    maker: ownIdentity(),
    pinnedTree: null,
  }
}
