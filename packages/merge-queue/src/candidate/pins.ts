import { createHash } from 'node:crypto'
import {
  type Exclusive,
  type ObjectId,
  parseRefName,
  refComponent,
  type RefChange,
  type RefName,
  type Repository,
} from '@ws/git'
import type { CandidateIngredients } from './build-candidate.ts'

const candidates = 'refs/ws/candidate/'
const entries = 'refs/ws/queue/'

/** The reference that holds a candidate while checks run on it: whoever collects garbage meanwhile leaves it. */
export function candidateRef(commit: ObjectId): RefName {
  return parseRefName(`${candidates}${commit}`)
}

/**
 * The reference that holds a candidate with files that a command made: named for what it is made of, so that it is
 * found again instead of being made again.
 */
export function madeRef({ onto, entry }: CandidateIngredients, how: unknown): RefName {
  const { id, kind, branch, target, commit, base, method, message, trailers } = entry
  const made = [1, onto, id, kind, branch, target, commit, base, method, message, trailers, how]
  const digest = createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 40)
  return parseRefName(`${candidates}made-${digest}`)
}

/** The reference that holds what is to land, whatever becomes of its branch. */
export function entryRef(entryId: string, commit: string): RefName {
  return parseRefName(`${entries}${refComponent(entryId)}/${commit}`)
}

/**
 * References that keep commits from being collected as garbage. One leader makes and removes all of them, so that they
 * are listed once, for what earlier ones have left.
 */
export class Pins {
  readonly #repository: Repository
  readonly #epoch: number
  /** What is there; not known before it was listed, nor after a change whose end is not. */
  #known: Map<RefName, ObjectId> | undefined

  constructor(repository: Repository, epoch: number) {
    this.#repository = repository
    this.#epoch = epoch
  }

  /** Keeps what is to land, whatever becomes of its branch. */
  keepEntry(entryId: string, commit: ObjectId): Promise<void> {
    return this.keep(entryRef(entryId, commit), commit)
  }

  async keep(ref: RefName, commit: ObjectId): Promise<void> {
    const repository = this.#repository
    if ((await repository.lookUp(ref)) === commit) return
    await this.#exclusively(async (exclusive) => {
      const from = (await repository.lookUp(ref)) ?? null
      const changes: RefChange[] = [{ ref, from, to: commit }]
      try {
        await repository.updateRefs(exclusive, changes, 'ws: kept for the merge queue')
      } catch (error) {
        // A git that a leader started before it was killed may do the same at the same time.
        if ((await repository.lookUp(ref)) !== commit) throw error
      }
      this.#known?.set(ref, commit)
    })
  }

  /** Lets go what nobody will ask for any more. */
  sweep(isKept: (ref: RefName, id: ObjectId) => boolean): Promise<void> {
    return this.#exclusively(async (exclusive) => {
      const known = this.#known ?? (await this.#list())
      this.#known = undefined
      const changes = [...known].flatMap(([ref, id]): RefChange[] =>
        isKept(ref, id) ? [] : [{ ref, from: id, to: null }],
      )
      await this.#repository.updateRefs(exclusive, changes, 'ws: no longer needed by the merge queue')
      for (const { ref } of changes) known.delete(ref)
      this.#known = known
    })
  }

  async #list(): Promise<Map<RefName, ObjectId>> {
    const found = await Promise.all([candidates, entries].map((prefix) => this.#repository.listRefs(prefix)))
    return new Map(found.flat().map(({ name, id }) => [name, id]))
  }

  #exclusively(change: (exclusive: Exclusive) => Promise<void>): Promise<void> {
    return this.#repository.exclusively(change, { epoch: this.#epoch })
  }
}
