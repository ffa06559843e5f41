import type { Meter } from './meters.ts'
import type { Demand, Way } from './task-class.ts'

/** The first resource that has too little left, by the repository's limits or the run's own. */
export function lackingResource(demands: readonly Demand[]): Meter | undefined {
  for (const { amount, meter, own } of demands) {
    if (meter.used + amount > meter.limit) return meter
    if (own !== undefined && own.used + amount > own.limit) return own
  }
  return undefined
}

/** Takes (1) or gives back (-1) demands. */
export function addUse(demands: readonly Demand[], by: 1 | -1): void {
  for (const { amount, meter, own } of demands) {
    meter.used += by * amount
    if (own !== undefined) own.used += by * amount
  }
}

/** Whether an attempt that goes this way takes of any of these. */
export function takesAny({ demands }: Way, meters: readonly Meter[]): boolean {
  return demands.some(
    ({ meter, own }) => meters.includes(meter) || (own !== undefined && meters.includes(own)),
  )
}
