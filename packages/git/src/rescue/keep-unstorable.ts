import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { WsError } from '@ws/core'
import { isGitLookAlike } from '../changes/path-safety.ts'
import type { Git } from '../door/git.ts'
import { type ObjectId, parseObjectId } from '../door/names.ts'

// A nested repository larger than this is no accident of a tool: a person should look at it.
const maxFiles = 20_000
const maxBytes = 1_000_000_000

/**
 * Files that git would not put into a tree (nested repositories with their `.git`, look-alikes of `.git`) as a
 * tree in which the offending names are percent-encoded. `undefined` if there is nothing to keep.
 * @throws `WS_GIT_TOO_MUCH_TO_KEEP`
 */
export async function keepUnstorable(
  git: Git,
  root: string,
  paths: readonly string[],
): Promise<ObjectId | undefined> {
  const files: FoundFile[] = []
  for (const path of paths) await collect(root, path, files)
  if (files.length === 0) return undefined
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  if (files.length > maxFiles || total > maxBytes)
    throw new WsError(
      'WS_GIT_TOO_MUCH_TO_KEEP',
      `${paths[0]} holds ${files.length} files, ${total} bytes, which git cannot store as they are`,
      {
        details: { paths, files: files.length, bytes: total },
        hint: 'move the nested repository elsewhere, then try again; nothing was removed',
      },
    )
  const entries = await hashFiles(git, root, files)
  const indexFile = `${git.place.indexFile}.unstorable`
  const own = git.at({ indexFile })
  await own.run(['read-tree', '--empty'])
  await own.run(['update-index', '-z', '--add', '--index-info'], { stdin: entries.join('') })
  return parseObjectId(await own.text(['write-tree']))
}

/** The percent-encoded form of a path, and back. */
function encodeUnstorable(path: string): string {
  return path
    .split('/')
    .map((part) => {
      const safe = part.replaceAll('%', '%25')
      return isGitLookAlike(part)
        ? safe.replaceAll(/[.~]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
        : safe
    })
    .join('/')
}

export function decodeUnstorable(path: string): string {
  return path.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

interface FoundFile {
  readonly path: string
  readonly mode: '100644' | '100755' | '120000'
  readonly bytes: number
}

async function collect(root: string, path: string, into: FoundFile[]): Promise<void> {
  if (into.length > maxFiles) return
  const found = await lstat(join(root, path))
  if (found.isDirectory()) {
    for (const name of (await readdir(join(root, path))).toSorted())
      await collect(root, `${path}/${name}`, into)
  } else if (found.isSymbolicLink()) into.push({ path, mode: '120000', bytes: found.size })
  else if (found.isFile())
    into.push({ path, mode: found.mode & 0o100 ? '100755' : '100644', bytes: found.size })
}

async function hashFiles(git: Git, root: string, files: readonly FoundFile[]): Promise<string[]> {
  const regular = files.filter(({ mode }) => mode !== '120000')
  const ids = (
    await git.text(['hash-object', '-w', '--no-filters', '--stdin-paths'], {
      stdin: regular.map(({ path }) => `${quotePath(join(root, path))}\n`).join(''),
    })
  ).split('\n')
  const entries = regular.map(
    ({ mode, path }, index) => `${mode} ${parseObjectId(ids[index] ?? '')}\t${encodeUnstorable(path)}\0`,
  )
  for (const { path } of files.filter(({ mode }) => mode === '120000')) {
    const target = await readlink(join(root, path))
    const id = await git.text(['hash-object', '-w', '--no-filters', '--stdin'], { stdin: target })
    entries.push(`120000 ${parseObjectId(id)}\t${encodeUnstorable(path)}\0`)
  }
  return entries
}

function quotePath(path: string): string {
  return /["\\\n]/.test(path) ? `"${path.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"` : path
}
