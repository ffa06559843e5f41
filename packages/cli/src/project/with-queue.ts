import { join } from 'node:path'
import type { Config } from '@ws/core'
import { type EntryView, type MergeQueue, openMergeQueue } from '@ws/merge-queue'
import type { RepositoryFacts } from '@ws/git'
import { checksOfRun } from '@ws/orchestrator'
import { openSqliteJournal } from '@ws/store'
import type { Terminal } from '../terminal.ts'
import { filesFolder } from './files-folder.ts'
import type { Project } from './open-project.ts'
import { journalFile, readState } from './read-log.ts'
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
      const { definitions, ...options } = optionsOf(config)
      const checks = { ...definitions, ...(await checksOfRuns(repository.facts)) }
      const queue = await openMergeQueue({ ...options, checks, repository, journal, file })
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
export function optionsOf({ checks, merge, base }: Config) {
  // The queue is told of each entry which of them only advise.
  const defined = Object.entries(checks).map(([name, check]) => {
    const { advisory, ...rest } = check
    return [name, advisory === undefined ? check : rest] as const
  })
  return {
    target: merge?.target ?? base ?? 'main',
    definitions: Object.fromEntries(defined),
    ...(merge?.method === undefined ? {} : { method: merge.method }),
    ...(merge?.approve === undefined ? {} : { approve: merge.approve }),
    ...(merge?.testEach === undefined ? {} : { testEach: merge.testEach }),
  }
}

/** Entries of runs have checks of their own, without which the queue would not be what it was. */
async function checksOfRuns(facts: RepositoryFacts) {
  const runs = [...((await readState(facts))?.runs.values() ?? [])]
  return Object.assign({}, ...runs.map(({ spec }) => checksOfRun(spec)))
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

/** The run that has landings in the queue: what becomes of them is for who works on it to hear. */
export function runThatLands(queue: MergeQueue): string | undefined {
  const theirs = queue.list().find(({ id, position }) => position !== undefined && id.startsWith('land/'))
  return theirs?.id.split('/')[1]
}

/** Lands what can land, until nothing moves; Ctrl-C ends it and loses nothing. */
export async function landAll(
  queue: MergeQueue,
  terminal: Terminal,
): Promise<readonly EntryView[] | 'interrupted'> {
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
