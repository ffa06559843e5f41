// Whether one commit is part of another one's history, told from the commits themselves, a few of them. What belongs
// to both histories is followed no further, as `git merge-base` does it; dates only say where to look first.
import { isObjectId, type ObjectId } from '../door/names.ts'
import type { GitObject } from '../door/object-reader.ts'

type ReadObject = (id: ObjectId) => Promise<GitObject | undefined>

interface Facts {
  readonly parents: readonly ObjectId[]
  readonly date: number
}

interface Seen extends Facts {
  isOfAncestor: boolean
  isOfCommit: boolean
  /** Its parents do not know yet. */
  isWaiting: boolean
}

/** Reading more than these takes longer than a process of git's. */
const mostReads = 48
/** Each step looks at all of them. */
const mostSeen = 400
const mostKept = 4_000

/** The newest part of a repository's history, as far as somebody asked for it. */
export class Ancestry {
  readonly #read: ReadObject
  /** What a commit says never changes. */
  readonly #kept = new Map<ObjectId, Facts>()

  constructor(read: ReadObject) {
    this.#read = read
  }

  /**
   * Whether `ancestor` is `commit` or part of its history; `undefined` where that takes more reading, or a commit is
   * not here.
   */
  async find(ancestor: ObjectId, commit: ObjectId): Promise<boolean | undefined> {
    if (ancestor === commit) return true
    const seen = new Map<ObjectId, Seen>()
    let reads = 0
    const see = async (id: ObjectId): Promise<Seen | undefined> => {
      const known = seen.get(id)
      if (known !== undefined) return known
      let facts = this.#kept.get(id)
      if (seen.size >= mostSeen || (facts === undefined && reads++ >= mostReads)) return undefined
      facts ??= await this.#look(id)
      if (facts === undefined) return undefined
      const made = { ...facts, isOfAncestor: false, isOfCommit: false, isWaiting: false }
      seen.set(id, made)
      return made
    }
    const [from, to] = [await see(ancestor), await see(commit)]
    if (from === undefined || to === undefined) return undefined
    from.isOfAncestor = from.isWaiting = true
    to.isOfCommit = to.isWaiting = true
    for (;;) {
      const next = newest(seen.values())
      // What still waits belongs to both histories, and so does all that is behind it.
      if (next === undefined) return false
      next.isWaiting = false
      for (const id of next.parents) {
        const parent = await see(id)
        if (parent === undefined) return undefined
        const isOfAncestor = parent.isOfAncestor || next.isOfAncestor
        const isOfCommit = parent.isOfCommit || next.isOfCommit
        if (isOfAncestor === parent.isOfAncestor && isOfCommit === parent.isOfCommit) continue
        Object.assign(parent, { isOfAncestor, isOfCommit, isWaiting: true })
        if (id === ancestor && isOfCommit) return true
      }
    }
  }

  async #look(id: ObjectId): Promise<Facts | undefined> {
    const facts = factsOf(await this.#read(id))
    if (facts === undefined) return undefined
    this.#kept.set(id, facts)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest)
    return facts
  }
}

/** Of those that wait the newest, if one of them belongs to one side only. */
function newest(all: Iterable<Seen>): Seen | undefined {
  const waiting = [...all].filter(({ isWaiting }) => isWaiting)
  if (waiting.every(({ isOfAncestor, isOfCommit }) => isOfAncestor && isOfCommit)) return undefined
  return waiting.reduce((first, each) => (each.date > first.date ? each : first))
}

/** What the head of a commit says, if it says it as git does. */
function factsOf(object: GitObject | undefined): Facts | undefined {
  if (object?.type !== 'commit') return undefined
  const text = object.content.toString('latin1')
  const lines = text.slice(0, text.indexOf('\n\n')).split('\n')
  const parents = lines
    .filter((line) => line.startsWith('parent '))
    .map((line) => line.slice('parent '.length))
  const date = /> (-?\d+) [-+]\d+$/.exec(lines.find((line) => line.startsWith('committer ')) ?? '')?.[1]
  return parents.every(isObjectId)
    ? { parents: parents.filter(isObjectId), date: Number(date ?? 0) }
    : undefined
}
