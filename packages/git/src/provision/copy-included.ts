import { constants } from 'node:fs'
import { copyFile, cp, lstat, mkdir, readlink, realpath, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { linkEscape } from '../changes/path-safety.ts'
import type { Repository } from '../repository/repository.ts'
import type { SlotRecord } from '../slots/slot-record.ts'
import { exists } from '../slots/undo-slot.ts'
import { isInside } from '../platform/paths.ts'

/** What came along from the main worktree, and what did not, with the reason. */
export interface CopyReport {
  readonly copied: readonly string[]
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
}

/** The file that lists, as `.gitignore` would, what worktrees need and git does not have. */
const includeFile = '.worktreeinclude'

/**
 * Copies what `.worktreeinclude` of the main worktree lists, but only files that git ignores: whatever is
 * tracked is there already, and what is neither would be taken for new work.
 */
export async function copyIncluded(repository: Repository, record: SlotRecord): Promise<CopyReport> {
  const from = repository.facts.mainWorktree
  if (from === undefined || !(await exists(join(from, includeFile)))) return { copied: [], skipped: [] }
  const bare = await repository.content.bare()
  const git = bare.at({
    cwd: from,
    workTree: from,
    indexFile: join(repository.facts.commonDir, 'index'),
    config: { 'core.bare': 'false' },
  })
  const listed = await git.items([
    'ls-files',
    '-z',
    '--others',
    '--ignored',
    `--exclude-from=${join(from, includeFile)}`,
  ])
  if (listed.length === 0) return { copied: [], skipped: [] }
  // This command knows no literal pathspecs; behind "./" nothing is read as a pattern's magic.
  const { stdout } = await git.run(['check-ignore', '-z', '--stdin'], {
    stdin: listed.map((path) => `./${path}\0`).join(''),
    okExitCodes: [0, 1],
    env: { GIT_LITERAL_PATHSPECS: '0' },
  })
  const paths = stdout
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '')
    .map((path) => path.slice(2))
  const copied: string[] = []
  const skipped: { path: string; reason: string }[] = []
  for (const path of paths) {
    const reason = await copyOne(from, record.path, path)
    if (reason === undefined) copied.push(path)
    else skipped.push({ path, reason })
  }
  return { copied, skipped }
}

/**
 * Copies a directory of dependencies, by sharing blocks where the file system can. Never a link: a package
 * manager that empties a linked directory empties the original.
 */
export async function copyFolder(from: string, to: string): Promise<void> {
  await cp(from, to, {
    recursive: true,
    mode: constants.COPYFILE_FICLONE,
    verbatimSymlinks: true,
    errorOnExist: false,
    force: true,
  })
}

/** Copies one file; returns the reason if it was not copied. */
async function copyOne(from: string, to: string, path: string): Promise<string | undefined> {
  const source = join(from, path)
  const target = join(to, path)
  await mkdir(dirname(target), { recursive: true })
  // A directory of the worktree may be a link that leads out of it.
  if (!isInside(await realpath(to), await realpath(dirname(target))))
    return 'its directory is a link that leaves the worktree'
  if (await exists(target)) return 'it is there already'
  const found = await lstat(source)
  if (found.isSymbolicLink()) {
    const link = await readlink(source)
    if (linkEscape(path, link) !== undefined) return `it is a link that leaves the repository: ${link}`
    await symlink(link, target)
    return undefined
  }
  if (!found.isFile()) return 'it is no file'
  await copyFile(source, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
  return undefined
}
