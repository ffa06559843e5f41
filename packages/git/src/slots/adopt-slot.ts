import { WsError } from '@ws/core'
import { branchRef, parseRefName } from '../door/names.ts'
import { canonicalPath } from '../platform/paths.ts'
import { ownIdentity } from '../platform/processes.ts'
import type { Repository } from '../repository/repository.ts'
import { exclusiveOptions, newId, signalOf } from './create-slot.ts'
import { adminOf, listRegistrations, requireIntact } from './registration.ts'
import type { AdoptOptions } from './slot-options.ts'
import { checkSlotName, readRecord, type SlotRecord, writeRecord } from './slot-record.ts'

/**
 * Takes a linked worktree that somebody else made into our book. Its files, branch and lock stay as they are;
 * removing the slot lets it go again.
 * @throws `WS_GIT_ADOPT_MAIN`, `WS_GIT_ADOPT_DETACHED`, `WS_GIT_NOT_A_WORKTREE`
 */
export async function adoptWorktree(
  repository: Repository,
  at: string,
  options: AdoptOptions,
): Promise<SlotRecord> {
  const slot = checkSlotName(options.slot)
  const path = await canonicalPath(at)
  const base = await repository.resolveCommit(options.base, signalOf(options))
  return repository.exclusively(async () => {
    const registration = (await listRegistrations(repository)).find((worktree) => worktree.path === path)
    const admin = await adminOf(repository.facts.commonDir, path)
    if (registration?.isMain === true || path === repository.facts.mainWorktree)
      throw new WsError(
        'WS_GIT_ADOPT_MAIN',
        `${path} is the repository's own checkout, which is never touched`,
        {
          details: { path },
          hint: 'adopt its branch instead',
        },
      )
    if (registration === undefined || admin === undefined)
      throw new WsError('WS_GIT_NOT_A_WORKTREE', `${path} is no worktree of this repository`, {
        details: { path },
        hint: 'see "git worktree list"',
      })
    if (registration.branch === undefined)
      throw new WsError('WS_GIT_ADOPT_DETACHED', `the worktree ${path} is on no branch`, {
        details: { path },
        hint: 'make a branch there: git switch -c <name>',
      })
    await requireIntact(repository.facts.commonDir, path, admin)
    if ((await readRecord(repository.facts.wsDir, slot)) !== undefined)
      throw new WsError('WS_GIT_SLOT_EXISTS', `there is a slot ${JSON.stringify(slot)} already`, {
        details: { slot },
        hint: 'choose another name',
      })
    const record: SlotRecord = {
      version: 1,
      slot,
      id: newId(slot),
      state: 'ready',
      path,
      admin,
      branch: parseRefName(branchRef(registration.branch.replace(/^refs\/heads\//, ''))),
      ownsBranch: false,
      base,
      tip: registration.head ?? base,
      work: options.work,
      isAdopted: true,
      sparse: null,
      madeAt: repository.clock.now(),
      maker: ownIdentity(),
      pinnedTree: null,
    }
    // Our index begins with what the branch holds; the first look at the files does the rest.
    const git = await repository.content.forSlot(record.id, path)
    await git.run(['read-tree', '--reset', registration.head ?? base], signalOf(options))
    await writeRecord(repository.facts.wsDir, record)
    return record
  }, exclusiveOptions(options))
}
