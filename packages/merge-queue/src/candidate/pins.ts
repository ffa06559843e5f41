import { createHash } from 'node:crypto'
import {
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

/** Keeps a commit from being collected as garbage. */
export async function pin(
  repository: Repository,
  ref: RefName,
  commit: ObjectId,
  epoch: number,
): Promise<void> {
  if ((await repository.lookUp(ref)) === commit) return
  await repository.exclusively(
    async (exclusive) => {
      const from = (await repository.lookUp(ref)) ?? null
      await repository.updateRefs(exclusive, [{ ref, from, to: commit }], 'ws: kept for the merge queue')
    },
    { epoch },
  )
}

/** Lets go what nobody will ask for any more. */
export async function sweepPins(
  repository: Repository,
  epoch: number,
  isKept: (ref: RefName, id: ObjectId) => boolean,
): Promise<void> {
  await repository.exclusively(
    async (exclusive) => {
      const found = (
        await Promise.all([repository.listRefs(candidates), repository.listRefs(entries)])
      ).flat()
      const changes = found.flatMap(({ name, id }): RefChange[] =>
        isKept(name, id) ? [] : [{ ref: name, from: id, to: null }],
      )
      await repository.updateRefs(exclusive, changes, 'ws: no longer needed by the merge queue')
    },
    { epoch },
  )
}
