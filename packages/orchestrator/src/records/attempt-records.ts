import { join } from 'node:path'
import type { AttemptEffect, Execution, Settlement } from '@ws/core'
import type { KeptArtifact, WorkEvent } from '@ws/store/records'
import type { AttemptFacts } from '../drivers/attempt-facts.ts'
import type { RunFolders } from '../run-folders.ts'
import { artifactPatterns, keepArtifacts, keepText } from './keep-artifacts.ts'

/** How an attempt ended, as far as a report tells of it. */
export interface AttemptEnd {
  readonly settlement: Settlement
  readonly execution: Execution
  readonly artifacts: readonly KeptArtifact[]
}

/** Keeps what an attempt leaves besides its commit: files, and what a report says of it. */
export class AttemptRecords {
  readonly #folders: RunFolders
  readonly #seen: (event: WorkEvent) => void

  constructor(folders: RunFolders, seen: (event: WorkEvent) => void) {
    this.#folders = folders
    this.#seen = seen
  }

  /** What tells a task where the artifacts of the tasks before it are: a folder for each, by its id. */
  env(runId: string): Readonly<Record<string, string>> {
    return { WS_ARTIFACTS: this.#folders.artifacts(runId) }
  }

  /** Copies what the task was to make besides commits; in a run that only looks, its answer too. */
  async keep(
    { runId, taskId }: AttemptEffect,
    { task, run, kind }: AttemptFacts,
    { path, execution }: { readonly path: string; readonly execution: Execution },
  ): Promise<readonly KeptArtifact[]> {
    const to = join(this.#folders.artifacts(runId), taskId)
    const prefix = `runs/${runId}/artifacts/${taskId}`
    const kept = await keepArtifacts({ from: path, to, prefix, patterns: artifactPatterns(task) })
    if (run.mode !== 'analyze' || kind !== 'tool' || execution.text.trim() === '') return kept
    return [...kept, await keepText(execution.text, { to, prefix, name: 'answer.md' })]
  }

  /** Has the report tell of it. */
  settled(
    { runId, workstreamId, round, taskId, attempt }: AttemptEffect,
    { settlement, execution, artifacts }: AttemptEnd,
  ): void {
    const { files, linesAdded, linesRemoved, setAside, warnings } = settlement
    this.#seen({
      type: 'attempt.settled',
      ...{ runId, workstreamId, round, taskId, attempt },
      ...{ linesAdded, linesRemoved, artifacts: [...artifacts] },
      files: [...files],
      setAside: [...setAside],
      warnings: [...warnings],
      ...(execution.because === undefined ? {} : { because: execution.because }),
    })
  }
}
