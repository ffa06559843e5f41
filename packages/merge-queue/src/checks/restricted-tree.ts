import { createHash } from 'node:crypto'
import { matchesClaim, parsePattern } from '@ws/core'
import { isObjectId, type ObjectId, type Repository } from '@ws/git'

interface TreePattern {
  readonly text: string
  /** The literal directories that everything it matches lies in. */
  readonly head: readonly string[]
  /** Whether it is all that lies below its head. */
  readonly isTree: boolean
}

interface Entry {
  readonly mode: string
  readonly name: string
  readonly id: string
}

// Directories that have not changed are not read again; a repository of a million files has fewer than this.
const mostKnown = 100_000

/**
 * Digests of a tree restricted to patterns: equal exactly where the matching files are. Directories that lie wholly
 * inside, or wholly outside, are not read, and what was digested once is known by its tree.
 */
export class RestrictedTrees {
  readonly #repository: Repository
  readonly #known = new Map<string, Promise<string>>()

  constructor(repository: Repository) {
    this.#repository = repository
  }

  digest(tree: ObjectId, patterns: readonly string[]): Promise<string> {
    const parsed = [...new Set(patterns)].toSorted().map((text): TreePattern => {
      const { head, isTree } = parsePattern(text)
      return { text, head, isTree }
    })
    return this.#directory(tree, [], parsed, JSON.stringify(parsed.map(({ text }) => text)))
  }

  #directory(
    tree: ObjectId,
    path: readonly string[],
    patterns: readonly TreePattern[],
    name: string,
  ): Promise<string> {
    const key = `${tree} ${path.join('/')} ${name}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    if (this.#known.size >= mostKnown) this.#known.clear()
    const digest = this.#read(tree, path, patterns, name)
    this.#known.set(key, digest)
    // What could not be read is asked again, not remembered.
    digest.catch(() => this.#known.delete(key))
    return digest
  }

  async #read(
    tree: ObjectId,
    path: readonly string[],
    patterns: readonly TreePattern[],
    name: string,
  ): Promise<string> {
    const object = await this.#repository.readObject(tree)
    if (object?.type !== 'tree') throw new Error(`the tree ${tree} cannot be read`)
    const lines = await Promise.all(
      parseTree(object.content, tree.length / 2).map(async (entry): Promise<string> => {
        const here = [...path, entry.name]
        const line = `${entry.mode} ${entry.name}\0${entry.id}\n`
        if (entry.mode !== '40000')
          return patterns.some(({ text }) => matchesClaim(text, here.join('/'))) ? line : ''
        if (patterns.some((pattern) => pattern.isTree && isPrefix(pattern.head, here))) return line
        const inside = patterns.filter(({ head }) => isPrefix(head, here) || isPrefix(here, head))
        if (inside.length === 0 || !isObjectId(entry.id)) return ''
        const digest = await this.#directory(entry.id, here, patterns, name)
        return digest === nothing ? '' : `part ${entry.name}\0${digest}\n`
      }),
    )
    const text = lines.join('')
    return text === '' ? nothing : createHash('sha256').update(text).digest('hex')
  }
}

/** What a tree without any matching file gives, however many directories it has. */
const nothing = 'none'

function isPrefix(prefix: readonly string[], of: readonly string[]): boolean {
  return prefix.length <= of.length && prefix.every((part, i) => part === of[i])
}

/** Entries `<mode> <name>` NUL `<id as bytes>`. */
function parseTree(content: Buffer, idBytes: number): Entry[] {
  const entries: Entry[] = []
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at)
    const end = content.indexOf(0, space)
    entries.push({
      mode: content.toString('latin1', at, space),
      name: content.toString('utf8', space + 1, end),
      id: content.toString('hex', end + 1, end + 1 + idBytes),
    })
    at = end + 1 + idBytes
  }
  return entries
}
