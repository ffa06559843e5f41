import { join } from 'node:path'
import type { Config } from '@ws/core'
import { type EntryView, type MergeQueue, openMergeQueue, type QueueOptionsInput } from '@ws/merge-queue'
import { openSqliteJournal } from '@ws/store'
import type { Terminal } from '../terminal.ts'
import { filesFolder } from './files-folder.ts'
import { invalidError } from './invalid-error.ts'
import type { Project } from './open-project.ts'
import { journalFile } from './read-log.ts'
import { withProject } from './with-project.ts'

/**
 * Opens the merge queue of a repository over its log, with the checks of its settings, and closes it afterwards.
 * @throws `WS_QUEUE_LED_ELSEWHERE` where another process leads, and what the settings throw
 */
export function withQueue<T>(
  terminal: Terminal,
  body: (queue: MergeQueue, project: Project) => Promise<T>,
): Promise<T> {
  return withProject(terminal, async (project) => {
    const { repository, config } = project
    const journal = await openSqliteJournal({ path: journalFile(repository.facts) })
    try {
      const file = join(filesFolder(repository.facts), 'merge_queue.json')
      const queue = await openMergeQueue({ ...optionsOf(config), repository, journal, file })
      try {
        return await body(queue, project)
      } finally {
        await queue.close()
      }
    } finally {
      await journal.close()
    }
  })
}

/** What the queue is opened with, by the settings. */
function optionsOf({ checks, merge, base }: Config): QueueOptionsInput {
  // The queue is told of each entry which of them only advise.
  const defined = Object.entries(checks).map(([name, check]) => {
    const { advisory, ...rest } = check
    return [name, advisory === undefined ? check : rest] as const
  })
  return {
    target: merge?.target ?? base ?? 'main',
    checks: Object.fromEntries(defined),
    ...(merge?.method === undefined ? {} : { method: merge.method }),
    ...(merge?.approve === undefined ? {} : { approve: merge.approve }),
    ...(merge?.testEach === undefined ? {} : { testEach: merge.testEach }),
  }
}

/** What an entry has to pass, by the settings. */
export function checksFor({ checks, merge }: Config): {
  readonly checks: string[]
  readonly advisory: string[]
} {
  const said = Object.entries(checks).flatMap(([name, { advisory }]) => (advisory === true ? [name] : []))
  const advisory = [...new Set([...(merge?.advisory ?? []), ...said])]
  const required = merge?.checks ?? Object.keys(checks)
  return { checks: required.filter((name) => !advisory.includes(name)), advisory }
}

/** Entries of runs have checks that only their run knows. */
const ofRun = /^land\//

/**
 * Lands what can land, until nothing moves; Ctrl-C ends it and loses nothing.
 * @throws `WS_CLI_INVALID` where a run has landings of its own in the queue
 */
export async function landAll(
  queue: MergeQueue,
  terminal: Terminal,
): Promise<readonly EntryView[] | 'interrupted'> {
  const theirs = queue.list().find(({ id, position }) => position !== undefined && ofRun.test(id))
  if (theirs !== undefined)
    throw invalidError(
      `run ${theirs.id.split('/')[1] ?? ''} has landings of its own in the queue`,
      'ws resume lands them; then give this command again',
    )
  const stop = new AbortController()
  const quiet = terminal.onInterrupt(() => stop.abort())
  try {
    return await queue.process({ signal: stop.signal })
  } catch (error) {
    if (stop.signal.aborted) return 'interrupted'
    throw error
  } finally {
    quiet()
  }
}
