// The private index of a slot: what git knows of its files without looking into them. Three questions are
// answered from the hash that git ends every index with: is the worktree's own index still the copy that it was
// given, which tree is ours, and has either changed since.
import { copyFile, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Git } from '../door/git.ts'
import { isObjectId, type ObjectId } from '../door/names.ts'
import type { Repository } from '../repository/repository.ts'
import type { SlotRecord } from './slot-record.ts'

/** Git on the files of a slot. Outside of a sparse slot's directories it looks for files all the same. */
export async function slotGit(
  repository: Repository,
  { id, path, sparse }: Pick<SlotRecord, 'id' | 'path' | 'sparse'>,
): Promise<Git> {
  const git = await repository.content.forSlot(id, path)
  const isSparse = String(sparse !== null)
  return git.at({ config: { 'core.sparseCheckout': isSparse, 'core.sparseCheckoutCone': isSparse } })
}

/** Gives the worktree's own index the state of ours, so that the tool's git sees what is really there. */
export async function shareIndex(
  repository: Repository,
  { id, admin }: Pick<SlotRecord, 'id' | 'admin'>,
): Promise<void> {
  const index = worktreeIndex(repository, admin)
  const own = repository.content.slotFile(id, 'index')
  await rm(`${index}.lock`, { force: true })
  await copyFile(own, index)
  await writeFile(repository.content.slotFile(id, 'shared'), await checksum(own))
}

/** Whether the worktree's own index is still the one that it was given: then nothing is staged in it. */
export async function isIndexShared(
  repository: Repository,
  { id, admin }: Pick<SlotRecord, 'id' | 'admin'>,
): Promise<boolean> {
  const given = await readFile(repository.content.slotFile(id, 'shared'), 'utf8').catch(() => undefined)
  return given !== undefined && (await checksum(worktreeIndex(repository, admin)).catch(() => '')) === given
}

export function worktreeIndex({ facts }: Repository, admin: string | null): string {
  return join(facts.commonDir, 'worktrees', admin ?? '', 'index')
}

/** Remembers which tree the private index holds. */
export async function rememberTree(repository: Repository, id: string, tree: ObjectId): Promise<void> {
  const index = await checksum(repository.content.slotFile(id, 'index'))
  await writeFile(repository.content.slotFile(id, 'tree'), `${tree} ${index}`)
}

/** The tree that the private index holds, if it is the one that was remembered. */
export async function rememberedTree(repository: Repository, id: string): Promise<ObjectId | undefined> {
  const text = await readFile(repository.content.slotFile(id, 'tree'), 'utf8').catch(() => '')
  const space = text.indexOf(' ')
  const tree = text.slice(0, Math.max(0, space))
  const index = await checksum(repository.content.slotFile(id, 'index')).catch(() => undefined)
  return isObjectId(tree) && index === text.slice(space + 1) ? tree : undefined
}

/** Size and end of an index. */
async function checksum(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const end = Buffer.alloc(32)
    await file.read(end, 0, 32, Math.max(0, size - 32))
    return `${size} ${end.toString('hex')}`
  } finally {
    await file.close()
  }
}
