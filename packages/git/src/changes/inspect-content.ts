import { WsError } from '@ws/core'
import type { GitRunOptions } from '../door/git.ts'
import { type ObjectId, parseObjectId } from '../door/names.ts'
import type { Repository } from '../repository/repository.ts'

/** What a commit holds that a worktree of ours does not fill in. */
export interface ContentNotes {
  /** Directories that come up empty: submodules are not cloned into worktrees. */
  readonly submodules: readonly string[]
  /** `.gitattributes` files that hand files to LFS: those files are pointers unless `lfs` is `smudge`. */
  readonly lfsAttributes: readonly string[]
}

/** Looks for submodules and LFS files, so that neither comes as a surprise. */
export async function inspectContent(
  repository: Repository,
  commit: ObjectId,
  options: GitRunOptions = {},
): Promise<ContentNotes> {
  const git = await repository.content.bare()
  const submodules: string[] = []
  const lfsAttributes: string[] = []
  for (const item of await git.items(['ls-tree', '-r', '-z', '--full-tree', commit], options)) {
    const tab = item.indexOf('\t')
    const path = item.slice(tab + 1)
    if (item.startsWith('160000 ')) submodules.push(path)
    else if (path === '.gitattributes' || path.endsWith('/.gitattributes')) {
      const object = await repository.readObject(parseObjectId(item.slice(0, tab).split(' ')[2] ?? ''))
      if (object !== undefined && /\bfilter=lfs\b/.test(object.content.toString('utf8')))
        lfsAttributes.push(path)
    }
  }
  return { submodules, lfsAttributes }
}

/** @throws `WS_GIT_SUBMODULES`, `WS_GIT_LFS` */
export async function refuseContent(
  repository: Repository,
  commit: ObjectId,
  refuse: readonly ('submodules' | 'lfs')[],
): Promise<void> {
  if (refuse.length === 0) return
  const { submodules, lfsAttributes } = await inspectContent(repository, commit)
  if (refuse.includes('submodules') && submodules.length > 0)
    throw new WsError(
      'WS_GIT_SUBMODULES',
      `the commit has submodules, which would come up empty: ${submodules.join(', ')}`,
      {
        details: { commit, submodules },
        hint: 'fetch them in a setup command, or work without them by not refusing them',
      },
    )
  if (refuse.includes('lfs') && lfsAttributes.length > 0)
    throw new WsError(
      'WS_GIT_LFS',
      `the commit keeps files in LFS, which would come up as pointers: ${lfsAttributes.join(', ')}`,
      {
        details: { commit, lfsAttributes },
        hint: 'open the repository with `lfs: "smudge"`, or work with pointers by not refusing them',
      },
    )
}
