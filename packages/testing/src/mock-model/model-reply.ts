import type { ModelUsage } from './model-step.ts'

/** What the model answers, before it is put into a protocol's words. */
export interface ModelReply {
  /** The same for the same request, so that what a tool writes about it can be compared. */
  readonly id: string
  readonly model: string
  readonly text: string
  readonly call?: ModelCall
  readonly usage: Required<ModelUsage>
}

export interface ModelCall {
  readonly id: string
  readonly name: string
  /** An object for a tool with a schema, plain text for one without. */
  readonly input: Readonly<Record<string, unknown>> | string
}

/** What stands in the body of a refused request. */
export interface ModelRefusal {
  readonly status: number
  readonly message: string
  readonly code?: string
  readonly isQuota?: true
  readonly retryAfterS?: number
}
