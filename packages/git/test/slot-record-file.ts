import { join } from 'node:path'
import type { Repository } from '../src/repository/repository.ts'

/** Where a slot's record lies. */
export function recordFile({ facts }: Repository, slot: string): string {
  return join(facts.wsDir, 'slots', `${slot}.json`)
}
