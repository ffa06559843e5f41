import type { MessageRule } from '../../message/message-rule.ts'

const item = 'params.item'

/** The notifications of the app server. `turn/completed` ends a turn; the totals are the thread's. */
export const codexServerRules: readonly MessageRule[] = [
  { when: { method: 'item/agentMessage/delta' }, delta: 'params.delta' },
  { when: { method: 'item/completed', [`${item}.type`]: 'agentMessage' }, answer: `${item}.text` },
  {
    when: { method: 'item/started', [`${item}.type`]: 'fileChange' },
    tool: {
      id: `${item}.id`,
      called: 'file_change',
      kind: 'write',
      status: 'started',
      paths: [`${item}.changes[].path`],
    },
  },
  {
    when: { method: 'item/completed', [`${item}.type`]: 'fileChange', [`${item}.status`]: 'completed' },
    tool: {
      id: `${item}.id`,
      called: 'file_change',
      kind: 'write',
      status: 'done',
      paths: [`${item}.changes[].path`],
    },
  },
  {
    when: {
      method: 'item/completed',
      [`${item}.type`]: 'fileChange',
      [`${item}.status`]: ['failed', 'declined'],
    },
    tool: { id: `${item}.id`, called: 'file_change', kind: 'write', status: 'failed' },
  },
  {
    when: { method: 'item/started', [`${item}.type`]: 'commandExecution' },
    tool: {
      id: `${item}.id`,
      called: 'command_execution',
      kind: 'command',
      status: 'started',
      detail: `${item}.command`,
    },
  },
  {
    when: { method: 'item/completed', [`${item}.type`]: 'commandExecution', [`${item}.status`]: 'completed' },
    tool: {
      id: `${item}.id`,
      called: 'command_execution',
      kind: 'command',
      status: 'done',
      detail: `${item}.command`,
    },
  },
  {
    when: {
      method: 'item/completed',
      [`${item}.type`]: 'commandExecution',
      [`${item}.status`]: ['failed', 'declined'],
    },
    tool: {
      id: `${item}.id`,
      called: 'command_execution',
      kind: 'command',
      status: 'failed',
      detail: `${item}.command`,
    },
  },
  {
    when: { method: 'item/started', [`${item}.type`]: 'mcpToolCall' },
    tool: { id: `${item}.id`, name: `${item}.tool`, status: 'started' },
  },
  {
    when: { method: 'item/completed', [`${item}.type`]: 'mcpToolCall' },
    tool: { id: `${item}.id`, name: `${item}.tool`, status: 'done' },
  },
  {
    when: { method: 'thread/tokenUsage/updated' },
    usage: {
      scope: 'session-total',
      input: ['params.tokenUsage.total.inputTokens'],
      output: ['params.tokenUsage.total.outputTokens'],
      cached: ['params.tokenUsage.total.cachedInputTokens'],
    },
  },
  {
    when: { method: 'error', 'params.willRetry': true },
    retrying: { attempt: 'params.attempt', detail: ['params.error.message'] },
  },
  {
    when: { method: 'error', 'params.willRetry': { not: true } },
    error: {
      message: 'params.error.message',
      status: 'params.error.codexErrorInfo.*.httpStatusCode',
      code: 'params.error.codexErrorInfo',
    },
  },
  { when: { method: 'turn/completed', 'params.turn.status': 'completed' }, end: 'completed' },
  { when: { method: 'turn/completed', 'params.turn.status': 'interrupted' }, end: 'interrupted' },
  {
    when: { method: 'turn/completed', 'params.turn.error': { exists: true } },
    error: {
      message: 'params.turn.error.message',
      status: 'params.turn.error.codexErrorInfo.*.httpStatusCode',
      code: 'params.turn.error.codexErrorInfo',
    },
  },
  { when: { method: 'turn/completed' }, end: 'failed' },
]

/** The lines of `exec --json`. The usage is the thread's, also of what went before a resume. */
export const codexExecRules: readonly MessageRule[] = [
  { when: { type: 'thread.started' }, session: 'thread_id' },
  { when: { type: 'item.completed', 'item.type': 'agent_message' }, text: 'item.text' },
  {
    when: { type: 'item.started', 'item.type': 'file_change' },
    tool: {
      id: 'item.id',
      called: 'file_change',
      kind: 'write',
      status: 'started',
      paths: ['item.changes[].path'],
    },
  },
  {
    when: { type: 'item.completed', 'item.type': 'file_change', 'item.status': 'completed' },
    tool: {
      id: 'item.id',
      called: 'file_change',
      kind: 'write',
      status: 'done',
      paths: ['item.changes[].path'],
    },
  },
  {
    when: { type: 'item.completed', 'item.type': 'file_change', 'item.status': { not: 'completed' } },
    tool: { id: 'item.id', called: 'file_change', kind: 'write', status: 'failed' },
  },
  {
    when: { type: 'item.started', 'item.type': 'command_execution' },
    tool: {
      id: 'item.id',
      called: 'command_execution',
      kind: 'command',
      status: 'started',
      detail: 'item.command',
    },
  },
  {
    when: { type: 'item.completed', 'item.type': 'command_execution', 'item.status': 'completed' },
    tool: {
      id: 'item.id',
      called: 'command_execution',
      kind: 'command',
      status: 'done',
      detail: 'item.command',
    },
  },
  {
    when: { type: 'item.completed', 'item.type': 'command_execution', 'item.status': { not: 'completed' } },
    tool: {
      id: 'item.id',
      called: 'command_execution',
      kind: 'command',
      status: 'failed',
      detail: 'item.command',
    },
  },
  {
    when: { type: 'turn.completed' },
    usage: {
      scope: 'session-total',
      input: ['usage.input_tokens'],
      output: ['usage.output_tokens'],
      cached: ['usage.cached_input_tokens'],
    },
  },
  { when: { type: 'turn.completed' }, end: 'completed' },
  // An item of type "error" may be a warning only; the line of type "error" comes before the end that it causes.
  {
    when: { type: 'error', message: { matches: '^Reconnecting' } },
    retrying: { attempt: 'attempt', detail: ['message'] },
  },
  { when: { type: 'error' }, error: { message: 'message' } },
  { when: { type: 'turn.failed' }, error: { message: 'error.message' }, end: 'failed' },
]
