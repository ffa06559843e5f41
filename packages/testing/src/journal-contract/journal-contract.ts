import type { Journal } from '@ws/core'
import { appendCases } from './append-cases.ts'
import { modelCases } from './model-cases.ts'
import { readCases } from './read-cases.ts'
import { snapshotCases } from './snapshot-cases.ts'

/**
 * Opens the journal of the case's own, at first empty store. Called again, after the one before was closed, it
 * opens the same store; an adapter that keeps nothing hands out the same journal.
 */
export type OpenJournal = () => Promise<Journal>

/** One promise of a port, as plain data: hand it to any test runner. */
export interface ContractCase<Subject = OpenJournal> {
  readonly title: string
  /** Rejects where the promise is broken. */
  run(subject: Subject): Promise<void>
}

/**
 * What every `Journal` must do, whoever wrote it.
 *
 * @example
 * for (const { title, run } of journalContract) test(title, async () => run(await newStore()))
 */
export const journalContract: readonly ContractCase[] = [
  ...appendCases,
  ...readCases,
  ...snapshotCases,
  ...modelCases,
]
