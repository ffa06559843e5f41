import { parseObjectId, type ObjectId } from '../door/names.ts'
import type { Repository } from '../repository/repository.ts'
import { collisionKey, prefixes } from './path-safety.ts'

/** Reading more directories than these one by one takes longer than a process of git's that lists all. */
const mostDirectories = 64

/**
 * Every path of a tree that some file system takes for one of these, or for a directory that one of these is in.
 * Reads the directories on the way and no others; `undefined` where these are too many, or one is not here.
 */
export async function findNeighbours(
  repository: Repository,
  tree: ObjectId,
  paths: readonly string[],
): Promise<readonly string[] | undefined> {
  const wanted = new Set(paths.flatMap((path) => prefixes(path).map(collisionKey)))
  const found: string[] = []
  let open: { readonly prefix: string; readonly id: ObjectId }[] = [{ prefix: '', id: tree }]
  for (let read = 0; open.length > 0;) {
    read += open.length
    if (read > mostDirectories) return undefined
    const objects = await Promise.all(open.map(({ id }) => repository.readObject(id)))
    const below: typeof open = []
    for (const [index, { prefix }] of open.entries()) {
      const object = objects[index]
      if (object?.type !== 'tree') return undefined
      for (const { mode, name, id } of entriesOf(object.content, tree.length / 2)) {
        const path = `${prefix}${name}`
        if (!wanted.has(collisionKey(path))) continue
        found.push(path)
        if (mode === '40000') below.push({ prefix: `${path}/`, id })
      }
    }
    open = below
  }
  return found
}

interface TreeEntry {
  readonly mode: string
  readonly name: string
  readonly id: ObjectId
}

/** A tree as git stores it: `<mode> <name>` NUL, and an id as bytes. */
function* entriesOf(content: Buffer, idBytes: number): Generator<TreeEntry> {
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at)
    const end = content.indexOf(0, space)
    yield {
      mode: content.toString('latin1', at, space),
      name: content.toString('utf8', space + 1, end),
      id: parseObjectId(content.toString('hex', end + 1, end + 1 + idBytes)),
    }
    at = end + 1 + idBytes
  }
}
