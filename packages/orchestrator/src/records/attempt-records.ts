import { join } from 'node:path'
import type { AttemptEffect, Execution, Settlement } from '@ws/core'
import type { KeptArtifact, WorkEvent } from '@ws/store/records'
import type { AttemptFacts } from '../drivers/attempt-facts.ts'
import type { RunFolders } from '../run-folders.ts'
import type { Transcripts } from '../execution/transcript.ts'
import { artifactPatterns, keepArtifacts, keepText, transcriptName } from './keep-artifacts.ts'

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
  readonly #transcripts: Pick<Transcripts, 'take'>

  constructor(
    folders: RunFolders,
    seen: (event: WorkEvent) => void,
    transcripts: Pick<Transcripts, 'take'> = { take: () => undefined },
  ) {
    this.#folders = folders
    this.#seen = seen
    this.#transcripts = transcripts
  }

  /** What tells a task where the artifacts of the tasks before it are: a folder for each, by its id. */
  env(runId: string): Readonly<Record<string, string>> {
    return { WS_ARTIFACTS: this.#folders.artifacts(runId) }
  }

  /** Copies what the task was to make besides commits, and what was said; in a run that only looks, its answer too. */
  async keep(
    effect: AttemptEffect,
    { task, run, kind }: AttemptFacts,
    { path, execution }: { readonly path: string; readonly execution: Execution },
  ): Promise<readonly KeptArtifact[]> {
    const { runId, taskId } = effect
    const to = join(this.#folders.artifacts(runId), taskId)
    const prefix = `runs/${runId}/artifacts/${taskId}`
    const kept = [...(await keepArtifacts({ from: path, to, prefix, patterns: artifactPatterns(task) }))]
    if (run.mode === 'analyze' && kind === 'tool' && execution.text.trim() !== '')
      kept.push(await keepText(execution.text, { to, prefix, name: 'answer.md' }))
    const said = this.#transcripts.take(effect)
    const name = transcriptName(effect.attempt)
    // What the task itself calls so is its own.
    if (said !== undefined && !kept.some((each) => each.path === name))
      kept.push(await keepText(said, { to, prefix, name }))
    return kept
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
