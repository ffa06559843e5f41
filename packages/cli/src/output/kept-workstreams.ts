import type { Records } from '@ws/store/records'
import * as z from 'zod'
import type { Given } from '../arguments/command.ts'
import type { Terminal } from '../terminal.ts'
import { writeTable } from './table.ts'

/** A workstream of `ws new` that is active. */
export const KeptWorkstream = z.looseObject({
  slug: z.string(),
  status: z.string(),
  createdAt: z.string(),
  runId: z.string().optional(),
})
/** A workstream of `ws new` that is active. */
export type KeptWorkstream = z.output<typeof KeptWorkstream>

/** Options that say something of runs alone. */
const ofRuns = ['status', 'since', 'until', 'owner', 'correlation']

/** The active workstreams of `ws new`, where nothing is asked that only runs have. */
export function keptWorkstreams(records: Records, { flags, values }: Given): readonly KeptWorkstream[] {
  if (!flags.has('active') || ofRuns.some((name) => values.has(name))) return []
  return records.registered
    .filter(({ isActive }) => isActive)
    .map(({ slug, status, createdAt, runId }) => ({
      ...{ slug, status, createdAt },
      ...(runId === undefined ? {} : { runId }),
    }))
}

/** Shows them as lines beneath the runs. */
export function tellKept(kept: readonly KeptWorkstream[], terminal: Terminal): void {
  if (kept.length === 0) return
  terminal.out('\nworkstreams of ws new:\n')
  writeTable(
    terminal,
    kept.map(({ slug, status, createdAt, runId }) => [
      slug,
      status,
      createdAt.slice(0, 16).replace('T', ' '),
      runId ?? `ws run ${slug}`,
    ]),
  )
}
