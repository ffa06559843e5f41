import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Journal, replay, type RunEvent, runMachine, type RunMachineState } from '@ws/core'
import type { RepositoryFacts } from '@ws/git'
import { explainFreeze, queueMachine, type TargetView } from '@ws/merge-queue'
import { openSqliteJournal } from '@ws/store'
import { type LoggedEvent, readEvents, Records, recordsOf, runEventOf } from '@ws/store/records'
import * as z from 'zod'

/** Where the log of a repository lies. */
export function journalFile({ wsDir }: RepositoryFacts): string {
  return join(wsDir, 'journal.db')
}

/** The state that the log tells, or `undefined` where there is none. Nothing is led, and nothing is changed. */
export async function readState(facts: RepositoryFacts): Promise<RunMachineState | undefined> {
  return read(facts, async (journal) => {
    const machine = runMachine({ ignoreCase: facts.ignoreCase })
    return (await replay(machine, journal)).state
  })
}

/** What holds landings up until a person lifts it. */
export interface QueueHolds {
  readonly isPaused: boolean
  /** Targets on which nothing lands, with the reasons. */
  readonly frozen: readonly { readonly name: string; readonly because: readonly string[] }[]
  /** Every target, with the files that keep its branch from following. */
  readonly targets: readonly Pick<TargetView, 'name' | 'held'>[]
}

/** What the log says holds landings up. */
export async function readHolds(facts: RepositoryFacts): Promise<QueueHolds> {
  const state = await read(facts, async (journal) => {
    const machine = queueMachine({ ignoreCase: facts.ignoreCase })
    return (await replay(machine, journal)).state
  })
  const frozen = [...(state?.targets.values() ?? [])].flatMap(({ name, freezes }) =>
    freezes.size === 0 ? [] : [{ name, because: [...freezes.values()].map(explainFreeze) }],
  )
  const targets = [...(state?.targets.values() ?? [])].map(({ name, held }) => ({ name, held }))
  return { isPaused: state?.isPaused === true, frozen, targets }
}

/** What the log adds up to for people and programs; empty where there is none. */
export async function readRecords(facts: RepositoryFacts): Promise<Records> {
  return (await read(facts, (journal) => recordsOf(readEvents(journal)))) ?? new Records()
}

/** The same with the runs that were archived, as they were then. */
export async function readAllRecords(facts: RepositoryFacts): Promise<Records> {
  const all = await read(facts, (journal) => recordsOf(unarchived(readEvents(journal))))
  return all ?? new Records()
}

async function* unarchived(events: AsyncIterable<LoggedEvent>): AsyncGenerator<LoggedEvent> {
  for await (const logged of events) if (logged.event.type !== 'run.archived') yield logged
}

/** Every event of runs that the log holds, in order. */
export async function readRunEvents(
  facts: RepositoryFacts,
  take: (logged: { readonly seq: number; readonly event: RunEvent }) => void,
): Promise<void> {
  await read(facts, async (journal) => {
    for await (const logged of readEvents(journal)) {
      const event = runEventOf(logged)
      if (event !== undefined) take({ seq: logged.seq, event })
    }
  })
}

const Completed = z.object({
  type: z.literal('workstream.completed'),
  runId: z.string(),
  workstreamId: z.string(),
})

/** When each workstream landed, by `<run>/<workstream>`. */
export async function readLandings(facts: RepositoryFacts): Promise<ReadonlyMap<string, number>> {
  const landings = new Map<string, number>()
  await read(facts, async (journal) => {
    for await (const { stream, at, event } of readEvents(journal)) {
      const { data } = Completed.safeParse(event)
      if (stream === 'run' && data !== undefined) landings.set(`${data.runId}/${data.workstreamId}`, at)
    }
  })
  return landings
}

async function read<T>(
  facts: RepositoryFacts,
  body: (journal: Journal) => Promise<T>,
): Promise<T | undefined> {
  const path = journalFile(facts)
  if (!existsSync(path)) return undefined
  const journal = await openSqliteJournal({ path })
  try {
    return await body(journal)
  } finally {
    await journal.close()
  }
}
