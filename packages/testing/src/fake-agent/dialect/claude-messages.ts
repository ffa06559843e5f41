import type { Spent } from '../turn-tally.ts'

export const claudeModel = 'claude-sonnet-4-5'
const claudeVersion = '2.1.329'

/** The answer to `initialize`: commands, models and what else a client may show. */
export function claudeWelcome(requestId: string, permissionMode: string): object {
  const response = {
    commands: [{ name: 'review', description: 'Reviews.', argumentHint: '', builtin: true }],
    agents: [{ name: 'claude', description: 'The agent itself.' }],
    output_style: 'default',
    available_output_styles: ['default'],
    user_output_styles_dir: '/nonexistent/output-styles',
    models: [
      {
        value: 'default',
        resolvedModel: claudeModel,
        displayName: 'Default (recommended)',
        description: 'A model that is not there.',
        supportsEffort: true,
        supportedEffortLevels: ['low'],
        supportsAdaptiveThinking: true,
        supportsFastMode: true,
        supportsAutoMode: true,
        supportsThinkingOff: false,
      },
    ],
    account: { tokenSource: 'none', apiKeySource: 'ANTHROPIC_API_KEY', apiProvider: 'firstParty' },
    pid: process.pid,
    claude_code_version: claudeVersion,
    current_permission_mode: permissionMode,
    hook_on_failure_supported: true,
    hooks_when_unanswered_kept: 0,
    other_hook_ask_outranks_host: true,
    feedback_mode: { kind: 'disabled' },
    analytics_disabled: true,
    remote_control_auto_enable: false,
    remote_control_auto_connect_default: false,
    remote_control_available: false,
    remote_control_auto_on_by_default: false,
    ide_rc_auto_enable_gate: false,
    fast_mode_state: 'off',
    fast_mode_disabled_reason: 'sdk_opt_in_required',
    session_state: 'idle',
    capabilities: ['ui_surface_v1'],
  }
  return {
    type: 'control_response',
    response: {
      subtype: 'success',
      request_id: requestId,
      response,
      pending_permission_requests: [],
      pending_user_dialog_requests: [],
    },
  }
}

/** The first message of each turn. */
export function claudeInit(options: {
  readonly cwd: string
  readonly sessionId: string
  readonly uuid: string
  readonly permissionMode: string
}): object {
  const { cwd, sessionId, uuid, permissionMode } = options
  return {
    type: 'system',
    subtype: 'init',
    cwd,
    session_id: sessionId,
    tools: ['Bash', 'Edit', 'Read', 'Write'],
    mcp_servers: [],
    model: claudeModel,
    permissionMode,
    slash_commands: ['clear', 'compact'],
    terminal_slash_commands: ['doctor'],
    apiKeySource: 'ANTHROPIC_API_KEY',
    claude_code_version: claudeVersion,
    output_style: 'default',
    agents: ['claude'],
    skills: ['review'],
    plugins: [{ name: 'none', path: 'builtin', source: 'none@builtin' }],
    capabilities: ['interrupt_receipt_v1'],
    analytics_disabled: true,
    product_feedback_disabled: true,
    served_by_anthropic: false,
    uuid,
    memory_paths: { auto: '/nonexistent/memory/' },
    original_cwd: cwd,
    additional_directories: [],
    messaging_socket_path: '/nonexistent/1.sock',
    fast_mode_state: 'off',
    fast_mode_disabled_reason: 'sdk_opt_in_required',
    per_turn_effort_active: false,
    ultrathink_available: false,
    ultrathink_typed_raises: false,
    view_mode: 'default',
  }
}

/** The message of the model that says it cannot be used. */
export function claudeSyntheticMessage(id: string, text: string): object {
  return {
    diagnostics: null,
    id,
    container: null,
    model: '<synthetic>',
    role: 'assistant',
    stop_details: null,
    stop_reason: 'stop_sequence',
    stop_sequence: '',
    type: 'message',
    usage: {
      output_tokens_details: null,
      input_tokens: 0,
      output_tokens: 0,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
      service_tier: null,
      cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
      inference_geo: null,
      iterations: null,
      speed: null,
      fallback_credit: null,
    },
    content: [{ type: 'text', text }],
    context_management: null,
  }
}

/** What a `result` says in each case: numbers of the turn, and the totals of the session. */
export function claudeResult(options: {
  readonly sessionId: string
  readonly stopReason: string
  readonly terminalReason: string
  readonly turn: Spent
  readonly session: Spent
  readonly denials: readonly object[]
  readonly outcome: object
  readonly index: number
}): object {
  const { sessionId, stopReason, terminalReason, turn, session, denials, outcome, index } = options
  return {
    duration_api_ms: 0,
    stop_reason: stopReason,
    session_id: sessionId,
    total_cost_usd: session.costUsd,
    usage: {
      input_tokens: turn.in,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: turn.out,
      output_tokens_details: { thinking_tokens: 0 },
      server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
      service_tier: 'standard',
      cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
      inference_geo: '',
      iterations: [],
      speed: 'standard',
      fallback_credit: null,
    },
    modelUsage: perModel(session),
    permission_denials: denials,
    terminal_reason: terminalReason,
    fast_mode_state: 'off',
    fast_mode_disabled_reason: 'sdk_opt_in_required',
    subagent_stats: {
      spawned: 0,
      requested: { background: 0, foreground: 0, unset: 0 },
      started_in_background: 0,
      max_depth: 0,
      spawned_by_subagents: 0,
      completed: 0,
      failed: 0,
      killed: { parent: 0, user: 0, system: 0 },
      refused: { depth_limit: 0, concurrency_limit: 0, budget: 0 },
      by_type: {},
    },
    safety_stops: 0,
    ...outcome,
    queued_turn_count: 0,
    result_index: index,
    model_usage_since_last_result: perModel(turn),
  }
}

function perModel(spent: Spent): object {
  if (spent.in + spent.out === 0) return {}
  const usage = {
    inputTokens: spent.in,
    outputTokens: spent.out,
    cacheReadInputTokens: 0,
    cacheCreationInputTokens: 0,
    webSearchRequests: 0,
    costUSD: spent.costUsd,
    contextWindow: 200_000,
    maxOutputTokens: 32_000,
    thinkingTokens: 0,
    cacheCreationEphemeral5mInputTokens: 0,
    cacheCreationEphemeral1hInputTokens: 0,
    canonicalModel: claudeModel,
    provider: 'firstParty',
    costBasis: 'list',
  }
  return { [claudeModel]: usage }
}
