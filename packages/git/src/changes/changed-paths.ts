import { isUtf8 } from 'node:buffer'
import type { Git, GitRunOptions } from '../door/git.ts'
import { type ObjectId, parseObjectId } from '../door/names.ts'

/** One path that differs between two trees. A rename is two of them: one deleted, one added. */
export interface ChangedPath {
  readonly path: string
  readonly kind: 'added' | 'modified' | 'deleted'
  readonly before: TreeEntry | null
  readonly after: TreeEntry | null
  /** A name that is no UTF-8 cannot be compared with a claim. */
  readonly isReadable: boolean
}

/** What a tree holds at a path: a file, an executable, a symbolic link or the commit of a submodule. */
export interface TreeEntry {
  readonly mode: string
  readonly id: ObjectId
}

/** For `diff-tree`: every path by bytes. */
export const rawDiffArgs: readonly string[] = [
  '-r',
  '-z',
  '--raw',
  '--no-renames',
  '--no-ext-diff',
  '--no-textconv',
  '--ignore-submodules=none',
]

/** Every path that differs between two trees or commits, by bytes; attributes and filters have no say in it. */
export async function changedPaths(
  git: Git,
  before: ObjectId,
  after: ObjectId,
  options: GitRunOptions = {},
): Promise<ChangedPath[]> {
  const { stdout } = await git.run(['diff-tree', ...rawDiffArgs, before, after], options)
  return parseRawDiff(stdout)[0] ?? []
}

/** The same for many pairs of commits, in one process. */
export async function changedPathsOfAll(
  git: Git,
  pairs: readonly { readonly before: ObjectId; readonly after: ObjectId }[],
  options: GitRunOptions = {},
): Promise<ChangedPath[][]> {
  if (pairs.length === 0) return []
  const stdin = pairs.map(({ before, after }) => `${after} ${before}\n`).join('')
  const { stdout } = await git.run(['diff-tree', '--stdin', '--always', '-m', ...rawDiffArgs], {
    ...options,
    stdin,
  })
  return parseRawDiff(stdout)
}

/** `:<modes> <ids> <status>` NUL `<path>` NUL, and before each further pair of commits an item of its own. */
export function parseRawDiff(output: Buffer): ChangedPath[][] {
  const all: ChangedPath[][] = []
  for (let at = 0; at < output.length;) {
    const next = output.indexOf(0, at) + 1
    if (output[at] !== 0x3a) {
      all.push([])
      at = next
      continue
    }
    if (all.length === 0) all.push([])
    const end = output.indexOf(0, next)
    const [oldMode = '', newMode = '', oldId = '', newId = ''] = output
      .toString('latin1', at + 1, next - 1)
      .split(' ')
    const path = output.subarray(next, end)
    const before = toEntry(oldMode, oldId)
    const after = toEntry(newMode, newId)
    all.at(-1)?.push({
      path: path.toString('utf8'),
      kind: before === null ? 'added' : after === null ? 'deleted' : 'modified',
      before,
      after,
      isReadable: isUtf8(path),
    })
    at = end + 1
  }
  return all
}

function toEntry(mode: string, id: string): TreeEntry | null {
  return mode === '000000' ? null : { mode, id: parseObjectId(id) }
}
