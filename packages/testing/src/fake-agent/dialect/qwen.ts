import { withReset } from '../agent-failure.ts'
import type { AgentProcess } from '../agent-process.ts'
import type { AgentVoice } from '../agent-voice.ts'
import type { Spent } from '../turn-tally.ts'

const model = 'mock-model'

/** `qwen -o stream-json`: after claude's format; its usage is that of the run. */
export function qwenOnce(agent: AgentProcess): AgentVoice {
  const { port, cwd } = agent
  const sessionId = agent.valueOf('--session-id', '--resume') ?? agent.id()
  let toolId = ''
  let answer = ''
  const common = (uuid = agent.id()): object => ({ uuid, session_id: sessionId, parent_tool_use_id: null })
  const assistant = (content: object, stop_reason: string | null, usage: object): void => {
    const id = agent.id()
    const message = { id, type: 'message', role: 'assistant', model, content: [content], stop_reason, usage }
    port.json({ type: 'assistant', ...common(id), message })
  }
  const result = (subtype: string, isError: boolean, turns: number, fields: object): object => ({
    type: 'result',
    subtype,
    uuid: agent.id(),
    session_id: sessionId,
    is_error: isError,
    duration_ms: 0,
    duration_api_ms: 0,
    num_turns: turns,
    ...fields,
  })

  return {
    begin() {
      port.json({
        type: 'system',
        subtype: 'init',
        uuid: sessionId,
        session_id: sessionId,
        cwd,
        tools: ['read_file', 'write_file'],
        mcp_servers: [],
        model,
        permission_mode: 'yolo',
        slash_commands: ['auth'],
        qwen_code_version: '0.24.4',
        agents: ['general-purpose'],
      })
      const event = { type: 'goal_state', goal_state: { v: 2, goal: null, activity: 'idle' } }
      port.json({ type: 'stream_event', ...common(), event })
    },
    // Where it may not write, it has no tool for it.
    propose({ path, content }, { last }, asks) {
      toolId = `call_${agent.id()}`
      const use = { type: 'tool_use', id: toolId, name: 'write_file', input: { file_path: path, content } }
      if (!asks) assistant(use, 'tool_use', usageOf(last))
    },
    settle({ path }, isGranted) {
      if (!isGranted) return
      const content = `Successfully created and wrote to new file: ${path}.`
      const block = { type: 'tool_result', tool_use_id: toolId, is_error: false, content }
      port.json({ type: 'user', ...common(), message: { role: 'user', content: [block] } })
    },
    say(text, { last }) {
      answer = text
      assistant({ type: 'text', text }, null, usageOf(last))
    },
    end({ turn, calls }) {
      const fields = { result: answer, usage: usageOf(turn), permission_denials: [] }
      port.last(result('success', false, calls, fields))
      return 0
    },
    refuse(failure) {
      const text = `[API Error: ${failure.status} ${withReset(failure)}]`
      assistant({ type: 'text', text }, null, { input_tokens: 0, output_tokens: 0 })
      const usage = { input_tokens: 0, output_tokens: 0, cache_read_input_tokens: 0 }
      const fields = { usage, permission_denials: [], error: { message: text } }
      port.last(result('error_during_execution', true, 1, fields))
      return 1
    },
  }
}

function usageOf(spent: Spent): object {
  return {
    input_tokens: spent.in,
    output_tokens: spent.out,
    cache_read_input_tokens: 0,
    total_tokens: spent.in + spent.out,
  }
}
