import type { Repository } from '../repository/repository.ts'
import { listRescues, type Rescue } from './rescue.ts'

/** How long a state is kept after its work landed: long enough for a holiday. */
export const rescueKeepMs = 30 * 24 * 60 * 60 * 1_000

/** Which kept states may go. */
export interface ExpireOptions {
  /** When the work of a state landed, or `undefined` if it did not, or if that is not known: then it is kept. */
  readonly landedAt: (rescue: Rescue) => number | undefined
  /** @default 2592000000, 30 days */
  readonly keepMs?: number
  /** Delete; else only say what would go. @default false */
  readonly fix?: boolean
}

/** The kept states whose time is over. */
export async function expireRescues(repository: Repository, options: ExpireOptions): Promise<Rescue[]> {
  const now = repository.clock.now()
  const over = (await listRescues(repository)).filter((rescue) => {
    const landedAt = options.landedAt(rescue)
    return landedAt !== undefined && now - landedAt > (options.keepMs ?? rescueKeepMs)
  })
  if (options.fix === true && over.length > 0)
    await repository.exclusively((exclusive) =>
      repository.updateRefs(
        exclusive,
        over.map(({ ref, commit }) => ({ ref, from: commit, to: null })),
        'ws: landed, and its keeping time is over',
      ),
    )
  return over
}
