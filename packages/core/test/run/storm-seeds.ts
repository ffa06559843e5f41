import { storm } from './storm.ts'

/** Runs seeds one after another; a broken promise names the seed that repeats it. */
export async function stormSeeds(first: number, count: number): Promise<number> {
  let events = 0
  for (let seed = first; seed < first + count; seed++) {
    try {
      events += (await storm(seed)).events.length
    } catch (error) {
      throw new Error(`seed ${seed} broke a promise`, { cause: error })
    }
  }
  return events
}
