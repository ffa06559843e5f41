import type { EntryView, MergeQueue } from '@ws/merge-queue'
import type { QueueStand } from '@ws/orchestrator'
import * as z from 'zod'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'
import { plainText } from './plain-text.ts'
import { writeWrapped } from './wrap-text.ts'
import { writeJson } from './write-json.ts'

/** What is told of an entry. */
const EntryAnswer = z.object({
  id: z.string(),
  branch: z.string(),
  target: z.string(),
  state: z.string(),
  reason: z.string().optional(),
  text: z.string(),
  landedAs: z.string().optional(),
})

/** What commands about the queue answer. */
export const QueueAnswer = z.object({
  version: z.literal(1),
  type: z.literal('merge'),
  entries: z.array(EntryAnswer),
})

/** Says what became of entries, and gives the worst of it as the exit code. */
export function tellEntries(
  queue: MergeQueue,
  entries: readonly EntryView[],
  { terminal, isJson }: { readonly terminal: Terminal; readonly isJson: boolean },
): ExitCode {
  const stands = entries.map(({ id, spec, state, reason, landedAs }) => ({
    id,
    branch: spec.branch,
    target: spec.target,
    state,
    ...(reason === undefined ? {} : { reason }),
    text: queue.why(id).text,
    ...(landedAs === undefined ? {} : { landedAs }),
  }))
  return tellStands(stands, { terminal, isJson })
}

/** The same of entries that another process told of. */
export function tellStands(
  told: readonly QueueStand[],
  { terminal, isJson }: { readonly terminal: Terminal; readonly isJson: boolean },
): ExitCode {
  if (isJson) writeJson(terminal, { type: 'merge', entries: told })
  else if (told.length === 0) terminal.out('nothing waits to land\n')
  else for (const { branch, text } of told) writeWrapped(terminal, plainText(`${branch}: ${text}`), '  ')
  if (told.some(({ state }) => state === 'FAILED' || state === 'CONFLICTED')) return exitCodes.failed
  return told.some(({ reason }) => reason === 'approval') ? exitCodes.needsPerson : exitCodes.completed
}

/** Shows each check as it ends. */
export function followChecks(queue: MergeQueue, { out }: Pick<Terminal, 'out'>): () => void {
  return queue.events.on('check.ended', ({ event }) =>
    out(plainText(`check ${event.check}: ${event.outcome.kind}`) + '\n'),
  )
}
