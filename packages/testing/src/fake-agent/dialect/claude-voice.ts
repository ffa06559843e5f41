import type { AgentFailure } from '../agent-failure.ts'
import { withReset } from '../agent-failure.ts'
import type { AgentProcess } from '../agent-process.ts'
import type { AgentEdit, AgentVoice } from '../agent-voice.ts'
import type { TurnTally } from '../turn-tally.ts'
import { claudeInit, claudeModel, claudeResult, claudeSyntheticMessage } from './claude-messages.ts'

/** What a turn of claude belongs to. */
export interface ClaudeSession {
  id: string
  readonly permissionMode: string
  /** How many results there were. */
  results: number
  /** The exit code of the process when its input ends: that of its last result. */
  exitCode: number
  /** Asks the other side; absent in a process for one prompt. */
  readonly ask?: (request: object) => Promise<ClaudeAnswer>
}

/** What the other side says to a request for permission. */
export interface ClaudeAnswer {
  readonly isAllowed: boolean
  readonly message: string
}

/** One turn of claude: `system`, `assistant`, `user` and at last `result`. */
export function claudeVoice(agent: AgentProcess, session: ClaudeSession): AgentVoice {
  const { port } = agent
  const denials: object[] = []
  let toolUseId = ''
  let answer = ''
  let refusal = ''
  let wasAsked = false
  const common = () => ({
    parent_tool_use_id: null,
    session_id: session.id,
    uuid: agent.id(),
    timestamp: new Date().toISOString(),
  })
  const assistant = (content: object, { last }: TurnTally): void =>
    port.json({ type: 'assistant', message: messageOf(`msg_${agent.id()}`, content, last.in), ...common() })
  const finish = (
    tally: TurnTally,
    said: { readonly stopReason: string; readonly terminalReason: string; readonly outcome: object },
  ): void => {
    const { turn, session: total } = tally
    const index = session.results++
    port.last(claudeResult({ ...said, sessionId: session.id, turn, session: total, denials, index }))
  }
  const ask = session.ask

  return {
    begin() {
      const { id: sessionId, permissionMode } = session
      port.json(claudeInit({ cwd: agent.cwd, sessionId, uuid: agent.id(), permissionMode }))
    },
    propose({ path, content }, tally) {
      toolUseId = `toolu_${agent.id()}`
      assistant(
        { type: 'tool_use', id: toolUseId, name: 'Write', input: { file_path: path, content } },
        tally,
      )
    },
    ...(ask === undefined
      ? {}
      : {
          async ask({ name, path, content }: AgentEdit) {
            wasAsked = true
            const { isAllowed, message } = await ask({
              subtype: 'can_use_tool',
              tool_name: 'Write',
              display_name: 'Write',
              input: { file_path: path, content },
              description: name,
              permission_suggestions: [{ type: 'setMode', mode: 'acceptEdits', destination: 'session' }],
              tool_use_id: toolUseId,
            })
            refusal = message
            return isAllowed
          },
        }),
    settle(edit, isGranted) {
      if (isGranted) return port.json({ type: 'user', ...written(edit, toolUseId, wasAsked, common()) })
      const text =
        ask === undefined
          ? `Claude requested permissions to write to ${edit.path}, but you haven't granted it yet.`
          : refusal
      const input = { file_path: edit.path, content: edit.content }
      denials.push({ tool_name: 'Write', tool_use_id: toolUseId, tool_input: input })
      const block = { type: 'tool_result', content: text, is_error: true, tool_use_id: toolUseId }
      const kind = ask === undefined ? 'user-rejected' : 'permission-rule'
      const decision = { decision: 'reject', source: ask === undefined ? 'config' : 'user_reject' }
      port.json({
        type: 'user',
        message: { role: 'user', content: [block] },
        ...common(),
        tool_use_result: `Error: ${text}`,
        tool_result_meta: [{ id: toolUseId, non_execution_kind: kind, permission_decision: decision }],
      })
    },
    say(text, tally) {
      answer = text
      assistant({ type: 'text', text }, tally)
    },
    end(tally) {
      const outcome = {
        is_error: false,
        num_turns: tally.calls,
        subtype: 'success',
        api_error_status: null,
        result: answer,
        ttft_ms: 0,
        type: 'result',
        duration_ms: 0,
        uuid: agent.id(),
        ttft_stream_ms: 0,
        time_to_request_ms: 0,
        first_content_frame_ms: 0,
      }
      finish(tally, { stopReason: 'end_turn', terminalReason: 'completed', outcome })
      return (session.exitCode = 0)
    },
    refuse(failure, tally) {
      const { status } = failure
      const [text, word, type] = wordsOf(failure)
      if (failure.kind !== 'api-error')
        port.json({
          type: 'system',
          subtype: 'api_retry',
          attempt: 1,
          max_retries: 1,
          retry_delay_ms: 0,
          error_status: status,
          error: word,
          session_id: session.id,
          uuid: agent.id(),
        })
      const facts = { api_error_status: status, api_error_type: type }
      const message = claudeSyntheticMessage(agent.id(), text)
      port.json({
        type: 'assistant',
        message,
        ...common(),
        error: word,
        is_api_error_message: true,
        ...facts,
      })
      const outcome = {
        is_error: true,
        num_turns: tally.calls + 1,
        subtype: 'success',
        ...facts,
        result: text,
        type: 'result',
        duration_ms: 0,
        uuid: agent.id(),
      }
      finish(tally, { stopReason: 'stop_sequence', terminalReason: 'api_error', outcome })
      return (session.exitCode = 1)
    },
    interrupt(tally) {
      const content = [{ type: 'text', text: '[Request interrupted by user]' }]
      port.json({ type: 'user', message: { role: 'user', content }, ...common() })
      const outcome = {
        is_error: true,
        num_turns: tally.calls + 2,
        subtype: 'error_during_execution',
        errors: ['[ede_diagnostic] result_type=user last_content_type=n/a stop_reason=tool_use'],
        type: 'result',
        duration_ms: 0,
        uuid: agent.id(),
      }
      finish(tally, { stopReason: 'tool_use', terminalReason: 'aborted_streaming', outcome })
      session.exitCode = 1
    },
  }
}

function messageOf(id: string, content: object, inputTokens: number): object {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model: claudeModel,
    stop_sequence: null,
    content: [content],
    stop_reason: null,
    usage: {
      input_tokens: inputTokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 1,
    },
    context_management: null,
  }
}

function written(
  { path, content, before }: AgentEdit,
  id: string,
  wasAsked: boolean,
  common: object,
): object {
  const text = `File created successfully at: ${path} (file state is current in your context — no need to Read it back)`
  const decision = wasAsked
    ? { decision: 'accept', source: 'user_temporary' }
    : { decision: 'accept', source: 'config', reason_type: 'mode' }
  return {
    message: { role: 'user', content: [{ tool_use_id: id, type: 'tool_result', content: text }] },
    ...common,
    tool_use_result: {
      type: before === undefined ? 'create' : 'update',
      filePath: path,
      content,
      structuredPatch: [],
      originalFile: before ?? null,
      userModified: false,
    },
    tool_result_meta: [{ id, permission_decision: decision }],
  }
}

/** The text, claude's word and the provider's word for a failure. */
function wordsOf(failure: AgentFailure): readonly [string, string, string] {
  const { kind, status, message, resetsInS } = failure
  switch (kind) {
    case 'auth':
      return [
        `Failed to authenticate. API Error: 401 ${message}`,
        'authentication_failed',
        'authentication_error',
      ]
    case 'overloaded':
      return [`API Error: ${status} ${message}`, 'server_error', 'overloaded_error']
    case 'quota': {
      const resetsAt = Math.floor(Date.now() / 1000) + (resetsInS ?? 0)
      return resetsInS === undefined
        ? [`API Error: Request rejected (429) · ${message}`, 'rate_limit', 'rate_limit_error']
        : [`Claude AI usage limit reached|${resetsAt}`, 'rate_limit', 'rate_limit_error']
    }
    case 'api-error':
      return [`API Error: ${status} ${withReset(failure)}`, 'unknown', 'invalid_request_error']
  }
}
