import { readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { WsError } from '@ws/core'
import type { Git, GitRunOptions } from '../door/git.ts'
import { isObjectId, type ObjectId, parseRefName, type RefName } from '../door/names.ts'
import type { Exclusive } from '../locks/repository-lock.ts'
import { toGitPath } from '../platform/paths.ts'
import type { Repository } from '../repository/repository.ts'
import { readHead, readRegistrations } from './read-registrations.ts'
import type { SlotRecord } from './slot-record.ts'

/** A worktree as the repository knows it. */
export interface Registration {
  readonly path: string
  readonly head: ObjectId | undefined
  readonly branch: string | undefined
  readonly isMain: boolean
  /** Its reason, `''` if none was given. */
  readonly locked: string | undefined
  /** Why git would forget it: its directory is gone. */
  readonly prunable: string | undefined
}

/** Every worktree that is registered, the main one first. */
export async function listRegistrations(
  repository: Repository,
  options: GitRunOptions = {},
): Promise<readonly Registration[]> {
  return (await readRegistrations(repository)) ?? askForRegistrations(repository.git, options)
}

/** The same as git says it. */
export async function askForRegistrations(git: Git, options: GitRunOptions = {}): Promise<Registration[]> {
  const items = await git.items(['worktree', 'list', '--porcelain', '-z'], options)
  const blocks: Map<string, string>[] = []
  let block = new Map<string, string>()
  for (const item of items) {
    if (item === '') {
      blocks.push(block)
      block = new Map()
      continue
    }
    const space = item.indexOf(' ')
    if (space < 0) block.set(item, '')
    else block.set(item.slice(0, space), item.slice(space + 1))
  }
  if (block.size > 0) blocks.push(block)
  return blocks.map((fields, index) => {
    const head = fields.get('HEAD') ?? ''
    return {
      path: fields.get('worktree') ?? '',
      head: isObjectId(head) && !/^0+$/.test(head) ? head : undefined,
      branch: fields.get('branch'),
      isMain: index === 0,
      locked: fields.get('locked'),
      prunable: fields.get('prunable'),
    }
  })
}

/** The name under `worktrees/` that the `.git` file of a worktree points to, if it is one of this repository. */
export async function adminOf(commonDir: string, path: string): Promise<string | undefined> {
  const text = await readFile(join(path, '.git'), 'utf8').catch(() => '')
  const target = /^gitdir: (.*?)\n*$/s.exec(text)?.[1]
  if (target === undefined) return undefined
  const folder = toGitPath(dirname(target))
  const isOurs = folder === toGitPath(join(commonDir, 'worktrees'))
  return isOurs ? target.slice(folder.length + 1) : undefined
}

/**
 * Asserts that a worktree and its registration point to each other and nowhere else: a rewritten `commondir`
 * or a swapped `.git` would send the next command to another repository.
 * @throws `WS_GIT_ISOLATION`
 */
export async function requireIntact(commonDir: string, path: string, admin: string): Promise<void> {
  const folder = join(commonDir, 'worktrees', admin)
  const read = (file: string) =>
    readFile(file, 'utf8').then(
      (text) => text.replace(/\n+$/, ''),
      () => undefined,
    )
  const [gitFile, back, common] = await Promise.all([
    read(join(path, '.git')),
    read(join(folder, 'gitdir')),
    read(join(folder, 'commondir')),
  ])
  const wanted: readonly (readonly [what: string, is: string | undefined, should: string])[] = [
    ['.git', gitFile, `gitdir: ${toGitPath(folder)}`],
    [`worktrees/${admin}/gitdir`, back, `${toGitPath(path)}/.git`],
    [`worktrees/${admin}/commondir`, common, '../..'],
  ]
  for (const [what, is, should] of wanted)
    if (is !== should)
      throw new WsError(
        'WS_GIT_ISOLATION',
        `the worktree ${path} is no longer tied to its repository: ${what} was changed`,
        {
          details: { path, what, is: is?.slice(0, 300) ?? null, should },
          hint: 'its content can still be pinned and removed; it is not used again',
        },
      )
}

/** What a worktree's `HEAD` points to: a branch, or `undefined` when it is detached. */
export async function headBranch(git: Git, admin: string): Promise<RefName | undefined> {
  const head = readHead(join(git.place.cwd, 'worktrees', admin, 'HEAD'))
  if (head !== undefined) return 'branch' in head ? head.branch : undefined
  const { exitCode, stdout } = await git.run(['symbolic-ref', '--quiet', `worktrees/${admin}/HEAD`], {
    okExitCodes: [0, 1],
  })
  return exitCode === 0 ? parseRefName(stdout.toString('utf8').trim()) : undefined
}

/**
 * Lets a worktree's `HEAD` point to its branch. Written from the common directory: what the tool may have put into
 * the worktree's own is not asked. The one line is put there as git does it, without a process.
 */
export async function pointHead(
  { facts, git }: Repository,
  exclusive: Exclusive,
  { admin, branch }: Pick<SlotRecord, 'admin' | 'branch'>,
): Promise<void> {
  exclusive.require()
  const head = join(facts.commonDir, 'worktrees', admin ?? '', 'HEAD')
  if (facts.refFormat === 'files')
    try {
      await writeFile(`${head}.lock`, `ref: ${branch}\n`, { flag: 'wx' })
      return await rename(`${head}.lock`, head)
    } catch {
      // Somebody's lock is in the way: git waits for it, or says so.
    }
  await git.run(['symbolic-ref', `worktrees/${admin}/HEAD`, branch])
}
