// References as their files have them, for a look at all of them that costs no process. Of what is ours there is much,
// and nobody asks for it here.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '@ws/core'
import { isObjectId, type ObjectId, parseRefName, type RefName } from '../door/names.ts'
import { fileIdentity } from '../platform/file-identity.ts'
import type { Ref } from './refs.ts'

/** More loose ones than these take longer than a process of git's. */
const mostLoose = 200
const mostPacked = 2_000

const ours = 'refs/ws/'

interface Packed {
  readonly identity: string
  readonly refs: ReadonlyMap<RefName, ObjectId>
}

/** Reads the references of a repository that are not below `refs/ws/`. */
export class RefFiles {
  readonly #commonDir: string
  readonly #clock: Clock
  #packed: Packed | undefined

  constructor(commonDir: string, clock: Clock) {
    this.#commonDir = commonDir
    this.#clock = clock
  }

  /** All of them by name, or `undefined` where they are many, or something is not as git writes it. */
  read(): readonly Ref[] | undefined {
    try {
      // In this order, as git does: what is packed meanwhile is found twice and never missed.
      const loose = this.#readLoose()
      const packed = loose === undefined ? undefined : this.#readPacked()
      if (loose === undefined || packed === undefined) return undefined
      const all = new Map<RefName, ObjectId>([...packed, ...loose.ids])
      for (const [name, target] of loose.links) {
        const id = loose.links.has(target) ? undefined : all.get(target)
        if (id === undefined) return undefined
        all.set(name, id)
      }
      const byName = (a: Ref, b: Ref) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name))
      return [...all].map(([name, id]) => ({ name, id })).toSorted(byName)
    } catch {
      // Gone while it was read, or not to be read: git knows.
      return undefined
    }
  }

  #readLoose() {
    const ids = new Map<RefName, ObjectId>()
    const links = new Map<RefName, RefName>()
    const folders = ['refs']
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop())
      for (const entry of readdirSync(join(this.#commonDir, folder), { withFileTypes: true })) {
        const name = `${folder}/${entry.name}`
        // What git passes over, and what is ours.
        if (entry.name.startsWith('.') || entry.name.endsWith('.lock') || `${name}/` === ours) continue
        if (entry.isDirectory()) {
          folders.push(name)
          continue
        }
        if (!entry.isFile() || ids.size + links.size === mostLoose) return undefined
        const text = readFileSync(join(this.#commonDir, name), 'utf8')
        const target = /^ref: (refs\/\S+)\n$/.exec(text)?.[1]
        const id = text.replace(/\n$/, '')
        if (target !== undefined) links.set(parseRefName(name), parseRefName(target))
        else if (isObjectId(id)) ids.set(parseRefName(name), id)
        else return undefined
      }
    return { ids, links }
  }

  #readPacked(): ReadonlyMap<RefName, ObjectId> | undefined {
    const path = join(this.#commonDir, 'packed-refs')
    const file = statSync(path, { bigint: true, throwIfNoEntry: false })
    if (file === undefined) return new Map()
    const { identity, settledAtMs } = fileIdentity(file)
    if (this.#packed?.identity === identity) return this.#packed.refs
    const isSettled = settledAtMs <= this.#clock.now()
    const refs = parsePacked(readFileSync(path, 'utf8'))
    this.#packed = refs !== undefined && isSettled ? { identity, refs } : undefined
    return refs
  }
}

/** `<id> <name>` a line, below it what a tag points to, and above all of them what git says of the file. */
function parsePacked(text: string): ReadonlyMap<RefName, ObjectId> | undefined {
  const lines = text.split('\n')
  if (lines.pop() !== '') return undefined
  const refs = new Map<RefName, ObjectId>()
  for (const [index, line] of lines.entries()) {
    if (index === 0 && line.startsWith('# pack-refs with:')) continue
    if (/^\^[0-9a-f]+$/.test(line)) continue
    const space = line.indexOf(' ')
    const [id, name] = [line.slice(0, space), line.slice(space + 1)]
    if (!isObjectId(id) || refs.size === mostPacked) return undefined
    if (!name.startsWith(ours)) refs.set(parseRefName(name), id)
  }
  return refs
}
