// Read at once: a file takes a tenth of what it takes by way of the thread pool, and there are a few for each worktree.
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { isObjectId, type ObjectId, parseRefName, type RefName } from '../door/names.ts'
import { configValue, isTrue } from '../repository/config.ts'
import type { Repository } from '../repository/repository.ts'
import type { Registration } from './registration.ts'

/** What a `HEAD` file holds; `undefined` for what only git can read. */
export type HeadFile = { readonly branch: RefName } | { readonly id: ObjectId } | undefined

/** Reads a `HEAD` as git writes it. */
export function readHead(path: string): HeadFile {
  const text = readPlain(path)
  if (text === undefined) return undefined
  const [, branch, id = ''] = /^(?:ref: (refs\/heads\/\S+)|([0-9a-f]+))\n$/.exec(text) ?? []
  // With references in tables this file says `.invalid`, which is no name.
  const ref = branch === undefined ? undefined : unlessFailed(() => parseRefName(branch), undefined)
  if (ref !== undefined) return { branch: ref }
  return isObjectId(id) ? { id } : undefined
}

/**
 * Every worktree as `git worktree list` names them, read from its files; `undefined` where one of these is not as git
 * writes it, or was written meanwhile: then git is asked, which knows more.
 */
export async function readRegistrations(
  repository: Repository,
): Promise<readonly Registration[] | undefined> {
  const { commonDir, refFormat } = repository.facts
  if (refFormat !== 'files') return undefined
  const folder = join(commonDir, 'worktrees')
  const names = unlessFailed(() => readdirSync(folder), [])
  if (names === undefined) return undefined
  const all = await Promise.all([
    readMain(repository),
    ...names.map((name) => readLinked(repository, join(folder, name), `worktrees/${name}/HEAD`)),
  ])
  const [main, ...linked] = all.filter((each) => each !== undefined)
  if (main === undefined || linked.length < names.length) return undefined
  const byPath = (a: Registration, b: Registration) =>
    Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))
  return [main, ...linked.toSorted(byPath)]
}

async function readMain(repository: Repository): Promise<Registration | undefined> {
  const { commonDir } = repository.facts
  const isBare = isTrue(configValue(await repository.readConfig(), 'core.bare'))
  const at = isBare ? nowhere : await readPlace(repository, join(commonDir, 'HEAD'), 'HEAD')
  const path = commonDir.replace(/\/\.git$/, '')
  return at === undefined ? undefined : { path, isMain: true, locked: undefined, prunable: undefined, ...at }
}

const nowhere = { head: undefined, branch: undefined }

async function readLinked(
  repository: Repository,
  folder: string,
  headName: `worktrees/${string}/HEAD`,
): Promise<Registration | undefined> {
  const gitFile = readPlain(join(folder, 'gitdir'))
  const locked = unlessFailed(() => readFileSync(join(folder, 'locked'), 'utf8'), null)
  const path = /^(\S|\S.*\S)\/\.git\n$/s.exec(gitFile ?? '')?.[1]
  if (path === undefined || !isAbsolute(path) || locked === undefined) return undefined
  const isThere = unlessFailed(() => lstatSync(join(path, '.git')) !== undefined, false)
  const at = await readPlace(repository, join(folder, 'HEAD'), headName)
  if (isThere === undefined || at === undefined) return undefined
  return {
    path,
    isMain: false,
    // Git's idea of a blank.
    locked: locked?.replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, ''),
    prunable: isThere || locked !== null ? undefined : 'gitdir file points to non-existent location',
    ...at,
  }
}

/** The branch that a worktree is on, and its commit. */
async function readPlace(
  repository: Repository,
  path: string,
  name: 'HEAD' | `worktrees/${string}/HEAD`,
): Promise<Pick<Registration, 'head' | 'branch'> | undefined> {
  const head = readHead(path)
  if (head === undefined) return undefined
  if ('id' in head) return { head: head.id, branch: undefined }
  const { branch } = head
  const text = unlessFailed(() => readFileSync(join(repository.facts.commonDir, branch), 'utf8'), null)
  // Packed, or without a commit yet.
  if (text === null) return { head: await repository.lookUp(name), branch }
  const id = text?.replace(/\n$/, '') ?? ''
  return isObjectId(id) ? { head: id, branch } : undefined
}

/** A file that is one: what a link leads to is for git to say. */
function readPlain(path: string): string | undefined {
  return unlessFailed(() => (lstatSync(path).isFile() ? readFileSync(path, 'utf8') : undefined), undefined)
}

/** What is read, `absent` where there is nothing, and `undefined` where that cannot be told. */
function unlessFailed<T, A>(read: () => T, absent: A): T | A | undefined {
  try {
    return read()
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? absent : undefined
  }
}
