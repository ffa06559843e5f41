import type { LineView } from './line-view.ts'
import type { ValueTable } from './value-table.ts'
import { reckonValues } from './value-table.ts'

/** Lines are reckoned with up to this length; what is behind waits as long whatever is chosen now. */
export const longest = 32

const tables = new Map<string, ValueTable>()

/** The values for a line like this one; rates are rounded, so that few tables are reckoned and each is kept. */
export function tableFor({ failureRates, flakeRate, good, slots, retries }: LineView): ValueTable {
  let sum = 0
  for (let k = good; k < failureRates.length; k++) sum += failureRates[k]!
  const mean = sum / Math.max(1, failureRates.length - good)
  const [bad, flaky] = [roundRate(mean), roundRate(flakeRate)]
  const key = `${bad} ${flaky} ${slots} ${retries}`
  let table = tables.get(key)
  if (table === undefined) {
    table = reckonValues({ failureRate: bad, flakeRate: flaky, slots, retries, length: longest })
    tables.set(key, table)
  }
  return table
}

/** To the nearest step of a quarter, between one in five hundred and one in two. */
function roundRate(rate: number): number {
  const step = Math.round(Math.log(Math.min(0.5, Math.max(0.002, rate))) / 0.25)
  return Math.exp(step * 0.25)
}
