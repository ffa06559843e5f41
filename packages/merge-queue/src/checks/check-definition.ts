import type { ObjectId } from '@ws/git'

/** A check as the drivers know it, every default applied. */
export interface CheckDefinition {
  readonly name: string
  readonly run: string | readonly string[] | CheckFunction
  readonly timeoutMs: number
  /** Variables that the command gets besides what this process has. */
  readonly env: Readonly<Record<string, string>>
  /** The only paths that it reads. */
  readonly inputs?: readonly string[]
  /** Its configuration files. */
  readonly config: readonly string[]
  /** Inherited variables on which its result depends. */
  readonly inherits: readonly string[]
  /** Change it to forget earlier results. */
  readonly version?: string
  /** What it prints belongs to what results are remembered by: the version of a compiler. */
  readonly versionCommand?: string | readonly string[]
  /** False for a function that needs no files. */
  readonly checkout: boolean
}

/** A check in this process. What it throws is a broken environment, not a failed check. */
export type CheckFunction = (candidate: CheckedCandidate) => CheckVerdict | Promise<CheckVerdict>

/** True where it passed. */
export type CheckVerdict = boolean | { readonly passed: boolean; readonly detail?: string }

/** What a check is run on. */
export interface CheckedCandidate {
  readonly commit: ObjectId
  readonly tree: ObjectId
  /** A clean checkout of it; the empty string for a check that needs none. */
  readonly path: string
  /** Aborted when the result serves nobody any more, or its time is over. */
  readonly signal: AbortSignal
}
