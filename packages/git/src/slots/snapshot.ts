// The content of a worktree as a tree, by plumbing and through the private directory. `git add` and `git status`
// look into nested repositories with a git that reads *their* configuration, where a monitor can be named;
// `ls-files` and `update-index` do not. The index used is ours: flags that a tool sets on its own, such as
// assume-unchanged, hide nothing.
import type { Git, GitRunOptions } from '../door/git.ts'
import { type ObjectId, parseObjectId } from '../door/names.ts'
import { isGitLookAlike } from '../changes/path-safety.ts'

/** A worktree's content at one moment. */
export interface Snapshot {
  readonly tree: ObjectId
  /** Directories with a repository of their own; their files are not in the tree. */
  readonly nestedRepositories: readonly string[]
  /** Paths that git must never store, such as `.GIT/config`; not in the tree. */
  readonly refusedPaths: readonly string[]
}

/**
 * Brings the private index up to what the files are and writes the tree. Ignored files are not in it. `base` is
 * any id of the repository: it tells how long ids are.
 */
export async function takeSnapshot(git: Git, base: ObjectId, options: GitRunOptions = {}): Promise<Snapshot> {
  const listed = await listChanges(git, options)
  // Not `--force-remove`, which refuses what lay in a directory that is a symbolic link now.
  const nothing = '0'.repeat(base.length)
  if (listed.gone.length > 0)
    await git.run(['update-index', '-z', '--index-info'], {
      ...options,
      stdin: toInput(listed.gone.map((path) => `0 ${nothing}\t${path}`)),
    })
  if (listed.present.length > 0)
    await git.run(['update-index', '-z', '--add', '--replace', '--remove', '--stdin'], {
      ...options,
      stdin: toInput(listed.present),
      timeoutMs: 900_000,
    })
  return {
    tree: parseObjectId(await git.text(['write-tree'], options)),
    nestedRepositories: listed.nested,
    refusedPaths: listed.refused,
  }
}

/** What differs between the private index and the files. `present` and `gone` are bytes, as Latin-1. */
export interface ListedChanges {
  readonly present: readonly string[]
  readonly gone: readonly string[]
  readonly nested: readonly string[]
  readonly refused: readonly string[]
}

async function listChanges(git: Git, options: GitRunOptions = {}): Promise<ListedChanges> {
  const { stdout } = await git.run(
    ['ls-files', '-z', '-t', '--modified', '--deleted', '--others', '--exclude-standard'],
    { ...options, timeoutMs: 900_000 },
  )
  const present = new Set<string>()
  const gone = new Set<string>()
  const nested: string[] = []
  const refused: string[] = []
  // A name is bytes and need not be UTF-8; as Latin-1 it comes back to git as it was.
  for (const item of stdout.toString('latin1').split('\0')) {
    const [tag, path] = [item[0], item.slice(2)]
    if (tag === undefined) continue
    if (tag === 'R') gone.add(path)
    else if (decode(path).split('/').some(isGitLookAlike)) refused.push(decode(path))
    else if (path.endsWith('/')) nested.push(decode(path).slice(0, -1))
    else present.add(path)
  }
  // A deleted file is listed as changed, too.
  for (const path of gone) present.delete(path)
  // Where a directory became a link, git still looks through it for what lay there; the link itself replaces all of that.
  for (const path of present) if (hasAncestorIn(path, present)) present.delete(path)
  return { present: [...present], gone: [...gone], nested, refused }
}

function hasAncestorIn(path: string, paths: ReadonlySet<string>): boolean {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
    if (paths.has(path.slice(0, at))) return true
  return false
}

function decode(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8')
}

function toInput(paths: readonly string[]): Buffer {
  return Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1')
}
