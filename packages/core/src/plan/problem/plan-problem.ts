/** Where something stands in a document: keys and positions from the root. */
export type DocumentPath = readonly (string | number)[]

/** What can be wrong with a plan or a project's settings. */
export type PlanProblemCode =
  | 'WS_PLAN_SYNTAX'
  | 'WS_PLAN_DUPLICATE_KEY'
  | 'WS_PLAN_VALUE'
  | 'WS_PLAN_MISSING'
  | 'WS_PLAN_UNKNOWN_KEY'
  | 'WS_PLAN_DUPLICATE_ID'
  | 'WS_PLAN_UNKNOWN_NEED'
  | 'WS_PLAN_SELF_NEED'
  | 'WS_PLAN_CYCLE'
  | 'WS_PLAN_WORKSTREAM_CYCLE'
  | 'WS_PLAN_ORDER'
  | 'WS_PLAN_TASK_KIND'
  | 'WS_PLAN_UNKNOWN_TOOL'
  | 'WS_PLAN_NO_TOOL'
  | 'WS_PLAN_MISSING_CAPABILITY'
  | 'WS_PLAN_UNKNOWN_CHECK'
  | 'WS_PLAN_BAD_GLOB'
  | 'WS_PLAN_BAD_REGEXP'
  | 'WS_PLAN_CLAIM_CONFLICT'
  | 'WS_PLAN_CLAIMS_MISSING'
  | 'WS_PLAN_CLAIM_BEYOND'
  | 'WS_PLAN_OUTPUT_UNCLAIMED'
  | 'WS_PLAN_INPUT_RACE'
  | 'WS_PLAN_OVER_BUDGET'
  | 'WS_PLAN_TIGHT_BUDGET'
  | 'WS_PLAN_OVER_LIMIT'
  | 'WS_PLAN_BRANCH_TWICE'

/** A mistake before its place in the text is known. */
export interface Finding {
  readonly code: PlanProblemCode
  readonly severity: 'error' | 'warning'
  /** The fact, with the writer's own words quoted. */
  readonly message: string
  /** What would be right. */
  readonly hint?: string
  readonly at: DocumentPath
  /** Whether the key is meant rather than its value. */
  readonly isKey?: boolean
  /** Where it stands, if that is known already. */
  readonly span?: { readonly start: number; readonly end: number }
}

/** Something that is wrong with a plan (an error) or that its writer should know (a warning). */
export interface PlanProblem {
  readonly code: PlanProblemCode
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly hint?: string
  /** The place in the document, such as `workstreams[0].tasks[1].needs`; empty for the whole of it. */
  readonly path: string
  readonly file?: string
  /** From 1; absent where there is no text. */
  readonly line?: number
  /** From 1, in UTF-16 units. */
  readonly column?: number
  /** Offsets of the text that is meant. */
  readonly span?: { readonly start: number; readonly end: number }
}

/** The path as people read it. */
export function formatPath(path: DocumentPath): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[A-Za-z_][\w-]*$/.test(part)) text += text === '' ? part : `.${part}`
    else text += `[${JSON.stringify(part)}]`
  }
  return text
}
