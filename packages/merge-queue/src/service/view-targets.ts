import type { QueueView, TargetView } from '../queue/entry-view.ts'
import type { QueueDriver } from './queue-driver.ts'

/** A target with how its branch follows. */
export interface TargetStanding extends TargetView {
  /** What git said of the files in the way, or why the last look failed. */
  readonly detail: string | undefined
  /** How many entries have landed that the branch does not hold yet. */
  readonly lags: number
}

/** The targets as the last looks saw them. */
export function viewTargets({ targets, entries }: QueueView, driver: QueueDriver): readonly TargetStanding[] {
  return targets.map((target) => {
    const watch = driver.watchOf(target.name)
    const sight = watch?.sight
    const detail = watch?.trouble ?? (sight?.kind === 'held' ? sight.detail : undefined)
    const missing = new Set(target.held !== undefined && sight?.kind === 'held' ? sight.missing : [])
    const lags = entries.filter(({ landedAs }) => landedAs !== undefined && missing.has(landedAs)).length
    return { ...target, detail, lags }
  })
}
