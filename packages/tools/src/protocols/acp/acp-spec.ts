import type { Permission } from '../../adapter/tool-adapter.ts'
import type { MessageRule } from '../../message/message-rule.ts'

/** How an agent departs from the protocol, or adds to it, as data. */
export interface AcpSpec {
  /** The session modes that stand for what it may do; one that the agent does not offer is left alone. */
  readonly modes?: { readonly [permission in Permission]?: string | undefined } | undefined
  /** What its updates mean beyond the protocol: usage in places of its own, errors in notes. */
  readonly updateRules?: readonly MessageRule[] | undefined
  /** What the answer to a prompt means beyond its stop reason. */
  readonly responseRules?: readonly MessageRule[] | undefined
  /** An answer of this form is an error that the agent reports as a turn in order. A regular expression. */
  readonly errorText?: string | undefined
  /** It loses the history of a session that it is asked to load. */
  readonly isLoadBroken?: boolean | undefined
  /** Its totals of a session begin at 0 again in each process that takes the session up. */
  readonly countsAnew?: boolean | undefined
}

/** What updates mean in every agent. */
export const acpUpdateRules: readonly MessageRule[] = [
  { when: { sessionUpdate: 'agent_message_chunk', 'content.type': 'text' }, delta: 'content.text' },
  {
    // What a tool is about may be said after it began.
    when: { sessionUpdate: ['tool_call', 'tool_call_update'], status: ['pending', 'in_progress'] },
    tool: {
      id: 'toolCallId',
      name: 'kind',
      status: 'started',
      paths: ['locations[].path', 'content[].path'],
      detail: 'title',
    },
  },
  {
    when: { sessionUpdate: ['tool_call', 'tool_call_update'], status: 'completed' },
    tool: {
      id: 'toolCallId',
      name: 'kind',
      status: 'done',
      paths: ['locations[].path', 'content[].path'],
      detail: 'title',
    },
  },
  {
    when: { sessionUpdate: ['tool_call', 'tool_call_update'], status: 'failed' },
    tool: { id: 'toolCallId', name: 'kind', status: 'failed', detail: 'title' },
  },
  {
    when: { sessionUpdate: 'usage_update', 'cost.currency': 'USD' },
    usage: { scope: 'session-total', costUsd: 'cost.amount' },
  },
]

/**
 * The tokens that an answer to a prompt reports: of the turn, of its last step only, or of the whole session. What
 * came from a cache is part of the input, or counted beside it.
 */
export function acpUsage(
  scope: 'turn' | 'step' | 'session-total',
  { isCacheBeside = false }: { readonly isCacheBeside?: boolean } = {},
): readonly MessageRule[] {
  const beside = isCacheBeside ? ['usage.cachedReadTokens', 'usage.cachedWriteTokens'] : []
  return [
    {
      usage: {
        scope,
        input: ['usage.inputTokens', ...beside],
        output: ['usage.outputTokens'],
        cached: ['usage.cachedReadTokens'],
      },
    },
  ]
}
