/** What the mock model does in one of its turns, or before it: see `modelScript`. */
export type ModelStep = ToolStep | SayStep | StatusStep | HangStep | CutStep

interface StepExtras {
  /** Waits so long before it answers. */
  readonly delayMs?: number
  /** Tokens of this one answer. @default { in: 1000, out: 20 } */
  readonly usage?: ModelUsage
}

/** Tokens as the model counts them. */
export interface ModelUsage {
  readonly in: number
  readonly out: number
  /** How many of `in` came from a cache. @default 0 */
  readonly cached?: number
}

/** Uses the tool that the caller declares for it, whatever it is called there. */
export type ToolStep = StepExtras &
  (
    | { readonly write: string; readonly content: string }
    | { readonly edit: string; readonly find: string; readonly replace: string }
    | { readonly read: string }
    | { readonly run: string }
    /** A tool by its own name, for what has no common word. */
    | { readonly tool: string; readonly input: Readonly<Record<string, unknown>> }
  )

/** Answers with text, which ends the caller's turn. */
export type SayStep = StepExtras & { readonly say: string }

/** Refuses with an HTTP status, so many times; without `times`, always. */
export interface StatusStep {
  readonly status: number
  readonly times?: number
  readonly retryAfterS?: number
  /** @default a sentence with the status */
  readonly message?: string
  /** The provider's own word for it, where its errors have one. @default the usual one for the status */
  readonly code?: string
  /** Too much for the day or the purse, rather than for the moment: said as each provider says it. */
  readonly isQuota?: true
  readonly delayMs?: number
}

/** Takes the request and never answers it. */
export interface HangStep {
  readonly hang: true
  readonly times?: number
}

/** Starts an answer and cuts the connection in the middle of it. */
export interface CutStep {
  readonly cut: true
  readonly times?: number
}

/** A step that an answer of the model comes from. */
export type AnswerStep = ToolStep | SayStep

/** A step in the way of an answer. */
export type GateStep = StatusStep | HangStep | CutStep

export function isGate(step: ModelStep): step is GateStep {
  return 'status' in step || 'hang' in step || 'cut' in step
}

/** What makes a step what it is, and what else it has to hold. */
const STEP_FIELDS: Readonly<Record<string, readonly string[]>> = {
  write: ['content'],
  edit: ['find', 'replace'],
  read: [],
  run: [],
  tool: ['input'],
  say: [],
  status: [],
  hang: [],
  cut: [],
}

/** The step, or a sentence about what is wrong with it. */
export function parseStep(value: unknown): ModelStep | string {
  const text = JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return `${text} is not a step`
  const verbs = Object.keys(STEP_FIELDS).filter((verb) => verb in value)
  const [verb, second] = verbs
  if (verb === undefined || second !== undefined)
    return `${text} should have exactly one of ${Object.keys(STEP_FIELDS).join(', ')}`
  const missing = STEP_FIELDS[verb]?.find((field) => !(field in value))
  if (missing !== undefined) return `${text} has no "${missing}"`
  return value as ModelStep
}
