/** One point of the grid. */
export interface Cell {
  readonly slots: number
  readonly failureRate: number
  readonly flakeRate: number
  /** Entries that arrive while one check runs. */
  readonly load: number
}

/** What is compared. */
export const policies = ['adaptive', 'serial', 'batch-bisect', 'speculative'] as const
export type Policy = (typeof policies)[number]

const slots = [1, 2, 4, 8]
const failureRates = [0.02, 0.05, 0.1, 0.2]
const flakeRates = [0, 0.03]
export const loads = [0.25, 0.5, 1, 2, 4]

/** How long a check takes, and how far runs spread around it. */
export const checkMs = { mean: 600_000, spread: 0.1 }

/** Every cell of the grid. */
export function allCells(): readonly Cell[] {
  return slots.flatMap((slot) =>
    flakeRates.flatMap((flakeRate) =>
      failureRates.flatMap((failureRate) =>
        loads.map((load) => ({ slots: slot, failureRate, flakeRate, load })),
      ),
    ),
  )
}
