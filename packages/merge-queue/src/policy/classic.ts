import type { LineView } from './line-view.ts'

/** One entry after the other: the first is tested by itself until it passes or is out. */
export function chooseSerial({ good }: LineView): readonly number[] {
  return [good + 1]
}

/**
 * All that wait are tested as one; when they fail, the first half of them, and so on until one entry is left. One
 * trial at a time.
 */
export function chooseBatchBisect({ good, failed, running, failureRates }: LineView): readonly number[] {
  const [bad] = failed
  if (bad !== undefined) return [bad - good === 1 ? bad : good + ((bad - good) >> 1)]
  const [first] = running
  return [first?.prefix ?? failureRates.length]
}

/** The first entry, the first two, the first three and so on, each by itself, as many as there are slots. */
export function chooseSpeculative({ good, failed, slots, failureRates }: LineView): readonly number[] {
  const last = Math.min(failureRates.length, good + slots)
  const chosen: number[] = []
  for (let k = good + 1; k <= last; k++) {
    // What failed behind another that is still open is looked at again when that one is decided.
    if (k > good + 1 && failed.includes(k)) continue
    chosen.push(k)
  }
  return chosen
}
