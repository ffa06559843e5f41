import { mkdir, readdir, realpath, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { WsError } from '@ws/core'
import { type ChangedPath, changedPaths } from '../changes/changed-paths.ts'
import type { Git } from '../door/git.ts'
import { branchRef, type ObjectId, parseObjectId, parseRefName, type RefName } from '../door/names.ts'
import { isInside } from '../platform/paths.ts'
import { freshName } from '../platform/surroundings.ts'
import type { Repository } from '../repository/repository.ts'
import { decodeUnstorable } from './keep-unstorable.ts'
import { rescuePrefix } from './rescue-ref.ts'

/** A kept state. */
export interface Rescue {
  readonly ref: RefName
  readonly commit: ObjectId
  readonly run: string
  readonly workstream: string
  readonly attempt: number
  /** The branch it was on. */
  readonly branch: string | undefined
  readonly reason: string
  readonly at: number
}

/** Every kept state, the newest first. */
export async function listRescues(repository: Repository): Promise<Rescue[]> {
  const format = '--format=%(objectname)%00%(refname)%00%(committerdate:unix)%00%(contents)%00'
  const { stdout } = await repository.git.run(['for-each-ref', format, rescuePrefix])
  const items = stdout.toString('utf8').split('\0')
  const rescues: Rescue[] = []
  for (let i = 0; i + 3 < items.length; i += 4) {
    const [id = '', ref = '', seconds = '', message = ''] = items.slice(i, i + 4)
    const trailer = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(message)?.[1]
    const [run = '', workstream = '', attempt = ''] = ref.slice(rescuePrefix.length).split('/')
    rescues.push({
      ref: parseRefName(ref),
      commit: parseObjectId(id.trim()),
      run: trailer('Ws-Run') ?? run,
      workstream: trailer('Ws-Workstream') ?? workstream,
      attempt: Number(attempt),
      branch: trailer('Ws-Branch'),
      reason: message.split('\n')[2] ?? '',
      at: Number(seconds) * 1_000,
    })
  }
  return rescues.toSorted((a, b) => b.at - a.at || (a.ref < b.ref ? -1 : 1))
}

/** What a kept state holds beyond the commit that it was based on. */
export interface RescueContent {
  readonly rescue: Rescue
  readonly changes: readonly ChangedPath[]
  /** Paths that git cannot store as they are; they come back with `restoreRescue`. */
  readonly unstorable: readonly string[]
}

/** Looks into a kept state. @throws `WS_GIT_NO_SUCH_RESCUE` */
export async function showRescue(repository: Repository, ref: RefName): Promise<RescueContent> {
  const rescue = await findRescue(repository, ref)
  const git = await repository.content.bare()
  const { parents, unstorable } = await readParents(git, rescue.commit)
  const changes = parents[0] === undefined ? [] : await changedPaths(git, parents[0], rescue.commit)
  const kept =
    unstorable === undefined ? [] : await git.items(['ls-tree', '-r', '-z', '--name-only', unstorable])
  return { rescue, changes, unstorable: kept.map(decodeUnstorable) }
}

/** Where a kept state is brought back. */
export interface RestoreOptions {
  /** Make this branch at the kept state. */
  readonly branch?: string
  /** Write its files into this directory, which must be empty or absent. */
  readonly folder?: string
}

/** Brings a kept state back, as a branch, as files, or both; the reference stays. */
export async function restoreRescue(
  repository: Repository,
  ref: RefName,
  { branch, folder }: RestoreOptions,
): Promise<Rescue> {
  const rescue = await findRescue(repository, ref)
  if (branch !== undefined)
    await repository.exclusively((exclusive) =>
      repository.updateRefs(
        exclusive,
        [{ ref: branchRef(branch), from: null, to: rescue.commit }],
        'ws: restored',
      ),
    )
  if (folder !== undefined) await writeFiles(repository, rescue.commit, resolve(folder))
  return rescue
}

async function findRescue(repository: Repository, ref: RefName): Promise<Rescue> {
  const rescues = await listRescues(repository)
  const found = rescues.find((rescue) => rescue.ref === ref)
  if (found !== undefined) return found
  throw new WsError('WS_GIT_NO_SUCH_RESCUE', `nothing is kept under ${ref}`, {
    details: { ref, kept: rescues.slice(0, 20).map((rescue) => rescue.ref) },
    hint: 'list what is kept with `listRescues`',
  })
}

async function writeFiles(repository: Repository, commit: ObjectId, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  if ((await readdir(folder)).length > 0)
    throw new WsError('WS_GIT_PATH_TAKEN', `${folder} is not empty`, {
      details: { folder },
      hint: 'name a new directory',
    })
  const id = `restore.${freshName().slice(0, 8)}`
  const git = await repository.content.forSlot(id, folder)
  try {
    await git.run(['read-tree', '--reset', '-u', commit], { timeoutMs: 900_000 })
    const { unstorable } = await readParents(git, commit)
    if (unstorable !== undefined) await writeUnstorable(repository, git, unstorable, folder)
  } finally {
    await repository.content.forgetSlot(id)
  }
}

async function writeUnstorable(
  repository: Repository,
  git: Git,
  tree: ObjectId,
  folder: string,
): Promise<void> {
  for (const item of await git.items(['ls-tree', '-r', '-z', '--full-tree', tree])) {
    const [, mode = '', id = '', encoded = ''] = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(item) ?? []
    const path = join(folder, decodeUnstorable(encoded))
    const object = await repository.readObject(parseObjectId(id))
    // The tree may have been forged since: nothing is written beside the directory.
    if (!isInside(folder, path) || object === undefined) continue
    await mkdir(dirname(path), { recursive: true })
    if (!isInside(await realpath(folder), await realpath(dirname(path)))) continue
    if (mode === '120000') await symlink(object.content.toString('utf8'), path)
    else await writeFile(path, object.content, { flag: 'wx', mode: mode === '100755' ? 0o755 : 0o644 })
  }
}

/** The parents of a kept state; the one that holds what git cannot store is told by its message. */
async function readParents(git: Git, commit: ObjectId) {
  const text = await git.text(['rev-list', '--no-walk', '--parents', commit])
  const parents = text.split(' ').slice(1).map(parseObjectId)
  let unstorable: ObjectId | undefined
  for (const parent of parents)
    if ((await git.text(['log', '-1', '--format=%s', parent])).startsWith('unstorable files of '))
      unstorable = parent
  return { parents, unstorable }
}
