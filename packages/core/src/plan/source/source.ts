import type { DocumentPath } from '../problem/plan-problem.ts'

/** A piece of text, by its offsets. */
export interface SourceSpan {
  readonly start: number
  readonly end: number
}

/** Something that keeps a text from being a document of its format. */
export interface SourceProblem {
  readonly code: 'WS_PLAN_SYNTAX' | 'WS_PLAN_DUPLICATE_KEY'
  readonly message: string
  readonly hint?: string
  readonly span: SourceSpan
  readonly at: DocumentPath
}

/** A document that remembers where its values stand in the text. */
export interface Source {
  /** Nothing where the text cannot be read as a whole. */
  readonly value: unknown
  readonly problems: readonly SourceProblem[]
  /** Where a value stands, or its key; of something that is not there, the nearest thing around it. */
  locate(path: DocumentPath, isKey: boolean): SourceSpan
}

/** What a document is written in. */
export type SourceFormat = 'yaml' | 'json'
