// The reading interface without a git binary. Only what isomorphic-git gets right is offered: objects by id and
// references of a main repository. It does not follow a linked worktree's common directory.
import * as fs from 'node:fs'
import { lstat, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { WsError } from '@ws/core'
import type { GitReader } from '../door/git-reader.ts'
import { isObjectId, type ObjectId, parseObjectId, parseRefName, type RefName } from '../door/names.ts'
import type { GitObject } from '../door/object-reader.ts'
import type { Ref } from '../repository/refs.ts'

type IsomorphicGit = typeof import('isomorphic-git')

/**
 * Opens a main repository, or a bare one, for reading.
 * @throws `WS_GIT_PEER_MISSING`, `WS_GIT_LINKED_WORKTREE`, `WS_GIT_NOT_A_REPOSITORY`, `WS_GIT_FORMAT`
 */
export async function openIsomorphicReader(path: string): Promise<GitReader> {
  const git = await loadPeer()
  const gitdir = await findGitDirectory(path)
  await refuseFormats(gitdir)
  return new IsomorphicReader(git, gitdir)
}

class IsomorphicReader implements GitReader {
  readonly #git: IsomorphicGit
  readonly #gitdir: string
  // Without it every read of a packed object parses the pack's index anew.
  readonly #cache = {}

  constructor(git: IsomorphicGit, gitdir: string) {
    this.#git = git
    this.#gitdir = gitdir
  }

  async readObject(id: ObjectId): Promise<GitObject | undefined> {
    try {
      const found = await this.#git.readObject({ ...this.#place(), oid: id, format: 'content' })
      if (found.format !== 'content' || !isObjectType(found.type)) return undefined
      return { id, type: found.type, content: Buffer.from(found.object) }
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }

  async readRef(ref: RefName): Promise<ObjectId | undefined> {
    try {
      const id = await this.#git.resolveRef({ ...this.#place(), ref })
      return isObjectId(id) ? id : undefined
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }

  async listRefs(prefix = 'refs/'): Promise<Ref[]> {
    const folder = prefix.replace(/\/$/, '')
    const names = await this.#git.listRefs({ ...this.#place(), filepath: folder })
    const refs: Ref[] = []
    // It also lists what packed tags point to, as `v1^{}`, which is no reference.
    const real = names.filter((rest) => !rest.endsWith('^{}'))
    for (const name of real.map((rest) => `${folder}/${rest}`).toSorted()) {
      const ref = parseRefName(name)
      const id = await this.readRef(ref)
      if (id !== undefined) refs.push({ name: ref, id: parseObjectId(id) })
    }
    return refs
  }

  async close(): Promise<void> {}

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #place() {
    return { fs, gitdir: this.#gitdir, cache: this.#cache }
  }
}

async function loadPeer(): Promise<IsomorphicGit> {
  try {
    return await import('isomorphic-git')
  } catch (cause) {
    throw new WsError('WS_GIT_PEER_MISSING', 'isomorphic-git is not installed', {
      hint: 'install it beside @ws/git: npm install isomorphic-git',
      cause,
    })
  }
}

async function findGitDirectory(path: string): Promise<string> {
  const inside = join(path, '.git')
  const found = await lstat(inside).catch(() => undefined)
  if (found?.isFile() === true)
    throw new WsError(
      'WS_GIT_LINKED_WORKTREE',
      `${path} is a linked worktree, which isomorphic-git reads wrongly`,
      {
        details: { path },
        hint: 'open the main repository, or use native git: openRepository',
      },
    )
  const gitdir = found === undefined ? path : inside
  if ((await stat(join(gitdir, 'HEAD')).catch(() => undefined)) !== undefined) return gitdir
  throw new WsError('WS_GIT_NOT_A_REPOSITORY', `${path} is no git repository`, {
    details: { path },
    hint: 'name its root',
  })
}

async function refuseFormats(gitdir: string): Promise<void> {
  const config = await readFile(join(gitdir, 'config'), 'utf8').catch(() => '')
  const foreign = /^\s*(objectformat|refstorage)\s*=\s*(?!sha1|files)(\S+)/im.exec(config)
  if (foreign === null) return
  throw new WsError(
    'WS_GIT_FORMAT',
    `isomorphic-git does not read repositories with ${foreign[1]} ${foreign[2]}`,
    {
      details: { gitdir, setting: foreign[1] ?? '', value: foreign[2] ?? '' },
      hint: 'use native git: openRepository',
    },
  )
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'NotFoundError'
}

function isObjectType(type: string | undefined): type is GitObject['type'] {
  return type === 'blob' || type === 'tree' || type === 'commit' || type === 'tag'
}
