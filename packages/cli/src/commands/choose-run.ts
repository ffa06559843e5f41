import { WsError } from '@ws/core'
import { didYouMean } from '../output/did-you-mean.ts'

/** The run that is meant: by its id, or a beginning of it that only it has; without one, the newest. */
export function chooseRun({ runs }: { readonly runs: readonly string[] }, given: string | undefined): string {
  const newest = runs.at(-1)
  if (newest === undefined)
    throw new WsError('WS_RUN_UNKNOWN', 'there is no run in this repository', {
      hint: 'ws run <plan> starts one',
    })
  if (given === undefined) return newest
  if (runs.includes(given)) return given
  const beginning = runs.filter((id) => id.startsWith(given))
  if (beginning.length === 1 && beginning[0] !== undefined) return beginning[0]
  throw new WsError('WS_RUN_UNKNOWN', `there is no run ${JSON.stringify(given)}`, {
    hint: didYouMean(given, runs, `there are ${runs.slice(-5).join(', ')}`),
  })
}

/** The run that is meant, for those who work on it from the start; none where it is not known. */
export function runsMeant(given: string | undefined): (runs: readonly string[]) => readonly string[] {
  return (runs) => {
    try {
      return [chooseRun({ runs }, given)]
    } catch {
      return []
    }
  }
}
