import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { GitRunOptions } from '../door/git.ts'
import { type ObjectId, parseObjectId } from '../door/names.ts'
import type { Repository } from '../repository/repository.ts'

/** One path of a tree put to something else, or taken out. */
export type TreeEdit =
  | { readonly path: string; readonly remove: true }
  | { readonly path: string; readonly mode: string; readonly id: ObjectId }

let counter = 0

/** A tree with some of its paths changed, made without any files. */
export async function editTree(
  repository: Repository,
  tree: ObjectId,
  edits: readonly TreeEdit[],
  options: GitRunOptions = {},
): Promise<ObjectId> {
  if (edits.length === 0) return tree
  const bare = await repository.content.bare()
  const indexFile = join(bare.place.cwd, `edit-${process.pid}-${++counter}`)
  const git = bare.at({ indexFile })
  const nothing = '0'.repeat(tree.length)
  const line = (edit: TreeEdit) =>
    'remove' in edit ? `0 ${nothing}\t${edit.path}\0` : `${edit.mode} ${edit.id}\t${edit.path}\0`
  // What goes comes first: a file may make room for a directory of its name.
  const ordered = [
    ...edits.filter((edit) => 'remove' in edit),
    ...edits.filter((edit) => !('remove' in edit)),
  ]
  try {
    await git.run(['read-tree', tree], options)
    await git.run(['update-index', '-z', '--index-info'], { ...options, stdin: ordered.map(line).join('') })
    return parseObjectId(await git.text(['write-tree'], options))
  } finally {
    await rm(indexFile, { force: true })
  }
}
