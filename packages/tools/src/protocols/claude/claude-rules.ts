import type { MessageRule } from '../../message/message-rule.ts'

/**
 * The messages of stream-json, as claude writes them and others after its model. `result` ends a turn; its usage is
 * the turn's, its total in USD the session's.
 */
export const streamJsonRules: readonly MessageRule[] = [
  { when: { type: 'system', subtype: 'init' }, session: 'session_id', model: 'model' },
  {
    when: { type: 'system', subtype: 'api_retry' },
    retrying: { attempt: 'attempt', detail: ['error', 'error_status'] },
  },
  {
    // What a helper of the agent says is not the answer.
    when: { type: 'assistant', parent_tool_use_id: { exists: false } },
    each: 'message.content[]',
    where: { type: 'text' },
    text: 'text',
  },
  {
    when: { type: 'assistant' },
    each: 'message.content[]',
    where: { type: 'tool_use' },
    tool: {
      id: 'id',
      name: 'name',
      status: 'started',
      paths: ['input.file_path', 'input.notebook_path', 'input.path'],
      detail: 'input.command',
    },
  },
  {
    when: { type: 'user' },
    each: 'message.content[]',
    where: { type: 'tool_result', is_error: { not: true } },
    tool: { id: 'tool_use_id', status: 'done' },
  },
  {
    when: { type: 'user' },
    each: 'message.content[]',
    where: { type: 'tool_result', is_error: true },
    tool: { id: 'tool_use_id', status: 'failed', detail: 'content' },
  },
]

const perModel = 'model_usage_since_last_result.*'

/** What claude itself adds: usage of each call while the turn goes on, and of each model since the last result. */
export const claudeRules: readonly MessageRule[] = [
  ...streamJsonRules,
  {
    when: { type: 'assistant' },
    each: 'message',
    usage: {
      scope: 'step',
      id: 'id',
      input: ['usage.input_tokens', 'usage.cache_creation_input_tokens', 'usage.cache_read_input_tokens'],
      output: ['usage.output_tokens'],
      cached: ['usage.cache_read_input_tokens'],
    },
  },
  {
    when: { type: 'result' },
    usage: {
      scope: 'turn',
      input: ['usage.input_tokens', 'usage.cache_creation_input_tokens', 'usage.cache_read_input_tokens'],
      output: ['usage.output_tokens'],
      cached: ['usage.cache_read_input_tokens'],
    },
  },
  {
    when: { type: 'result' },
    usage: {
      scope: 'turn',
      input: [
        `${perModel}.inputTokens`,
        `${perModel}.cacheCreationInputTokens`,
        `${perModel}.cacheReadInputTokens`,
      ],
      output: [`${perModel}.outputTokens`],
      cached: [`${perModel}.cacheReadInputTokens`],
      costUsd: `${perModel}.costUSD`,
      guessed: { at: `${perModel}.costBasis`, value: 'unknown' },
    },
  },
  {
    // Older programs have the session's total only, and so have turns that called no model.
    when: { type: 'result' },
    usage: { scope: 'session-total', costUsd: 'total_cost_usd' },
  },
  ...resultEnds(),
]

/** How a `result` ends a turn, and what it says was denied. `success` may come with `is_error`: the flag decides. */
export function resultEnds(): readonly MessageRule[] {
  return [
    { when: { type: 'result' }, session: 'session_id' },
    {
      when: { type: 'result' },
      each: 'permission_denials[]',
      denied: {
        name: 'tool_name',
        paths: ['tool_input.file_path', 'tool_input.notebook_path', 'tool_input.path'],
        command: 'tool_input.command',
      },
    },

    {
      when: { type: 'result', is_error: { not: true }, subtype: 'success' },
      answer: 'result',
      end: 'completed',
    },
    {
      when: { type: 'result', terminal_reason: { matches: '^aborted' } },
      end: 'interrupted',
    },
    {
      when: { type: 'result' },
      error: { message: 'result', status: 'api_error_status', code: 'subtype' },
    },
    {
      when: { type: 'result', errors: { exists: true } },
      error: { message: 'errors[]', status: 'api_error_status', code: 'subtype' },
    },
    {
      when: { type: 'result', error: { exists: true } },
      error: { message: 'error.message', status: 'error.status', code: 'subtype' },
    },
    { when: { type: 'result' }, end: 'failed' },
  ]
}
