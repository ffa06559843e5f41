import { existsSync } from 'node:fs'
import { dirname, basename, join } from 'node:path'
import { parseRefName, type ObjectId, type RefName, type Repository, Slots } from '@ws/git'
import { filesFolder } from './files-folder.ts'

/** Everything of ours in a repository and beside it. */
export interface Traces {
  readonly items: readonly {
    readonly kind: 'worktree' | 'branch' | 'refs' | 'folder'
    readonly name: string
    readonly why: string
    readonly proof: string
  }[]
  readonly slots: readonly string[]
  readonly refs: readonly { readonly name: RefName; readonly id: ObjectId }[]
  readonly folders: readonly string[]
}

/** Branches of workstreams that name none of their own are made below it. */
const branchPrefix = 'refs/heads/lane/'

/** Looks for everything that was ever made here. */
export async function findTraces(repository: Repository): Promise<Traces> {
  const slots = new Slots(repository)
  const records = await slots.list()
  const owned = new Set(records.flatMap(({ branch, ownsBranch }) => (ownsBranch ? [String(branch)] : [])))
  const all = await repository.listRefs('refs/')
  const ours = all.filter(({ name }) => name.startsWith('refs/ws/'))
  const branches = all.filter(
    ({ name }) => name.startsWith(branchPrefix) || (owned.has(name) && name.startsWith('refs/heads/')),
  )
  const { facts } = repository
  const place = facts.mainWorktree ?? facts.commonDir
  const beside = join(dirname(place), basename(place).replace(/\.git$/, ''))
  const folders = [
    slots.root,
    `${beside}.queue`,
    `${beside}.reading`,
    filesFolder(facts),
    facts.wsDir,
  ].filter(existsSync)
  const landed = await landedBranches(repository, branches)
  return {
    items: [
      ...records.map(({ slot, path, isAdopted }) => ({
        kind: 'worktree' as const,
        name: path,
        why: isAdopted ? 'adopted: it is let go, and stays' : `the worktree of ${slot}`,
        proof: isAdopted ? 'it is not ours' : 'NOTHING proves it: what it holds beyond its branch is lost',
      })),
      ...branches.map(({ name }) => ({
        kind: 'branch' as const,
        name,
        why: 'the branch of a workstream',
        proof: landed.has(name)
          ? 'it is in the branch that is checked out'
          : 'NOT in the branch that is checked out: its work is lost',
      })),
      ...(ours.length === 0
        ? []
        : [
            {
              kind: 'refs' as const,
              name: `refs/ws/ (${ours.length})`,
              why: 'kept states and bookkeeping',
              proof: 'you ask for everything to go',
            },
          ]),
      ...folders.map((name) => ({
        kind: 'folder' as const,
        name,
        why: name === facts.wsDir ? 'the log and our book' : 'files of runs and checks',
        proof: 'you ask for everything to go',
      })),
    ],
    slots: records.map(({ slot }) => slot),
    refs: [...ours, ...branches],
    folders,
  }
}

async function landedBranches(
  repository: Repository,
  branches: readonly { readonly name: string }[],
): Promise<ReadonlySet<string>> {
  if (branches.length === 0) return new Set()
  const names = await repository.git.text([
    'for-each-ref',
    '--merged=HEAD',
    '--format=%(refname)',
    branchPrefix,
  ])
  return new Set(names.split('\n'))
}

/** Removes worktrees and references; the folders go when the repository is closed. */
export async function removeTraces(repository: Repository, { slots: names }: Traces): Promise<void> {
  const slots = new Slots(repository)
  for (const slot of names) await slots.remove(slot)
  await slots.purgeTrash()
  // Removing a worktree has pinned its state: what there is now goes as well.
  const { refs } = await findTraces(repository)
  if (refs.length > 0)
    await repository.exclusively((exclusive) =>
      repository.updateRefs(
        exclusive,
        refs.map(({ name, id }) => ({ ref: parseRefName(name), from: id, to: null })),
        'ws: everything was to go',
      ),
    )
  await repository.git.run(['worktree', 'prune'])
}
