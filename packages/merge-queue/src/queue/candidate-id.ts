import type { EntryState, QueueState } from './queue-state.ts'

/**
 * Names the commit that an entry makes of the one it is built onto. Built from the same things it is the same
 * commit, so the name is made of those things: nothing has to be remembered to ask for it again.
 */
export function candidateIdOf(
  { definition }: QueueState,
  { id, revision }: EntryState,
  onto: string,
): string {
  return `${id}@${revision}.${definition}+${onto}`
}
