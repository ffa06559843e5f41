import { spanOf, type AgentFailure } from '../agent-failure.ts'
import type { AgentProcess } from '../agent-process.ts'
import type { AgentVoice } from '../agent-voice.ts'
import type { Spent } from '../turn-tally.ts'
import { halves } from './json-value.ts'

const model = 'gemini-2.5-flash'

/** `gemini -o stream-json`: its usage is that of the run, its exit code comes from the HTTP status. */
export function geminiOnce(agent: AgentProcess, prompt: string): AgentVoice {
  const { port } = agent
  const sessionId = agent.valueOf('--session-id', '-r', '--resume') ?? agent.id()
  const toolId = `write_file__write_file_${agent.id()}`
  let toolCalls = 0
  const send = (type: string, fields: object): void => port.json(line(type, fields))

  return {
    begin() {
      send('init', { session_id: sessionId, model })
      send('message', { role: 'user', content: prompt })
    },
    // Where it may not write, it has no tool for it.
    propose({ path, content }, _tally, asks) {
      const parameters = { file_path: path, content }
      if (!asks) send('tool_use', { tool_name: 'write_file', tool_id: `${toolId}_${toolCalls}`, parameters })
    },
    settle(_edit, isGranted) {
      if (isGranted) send('tool_result', { tool_id: `${toolId}_${toolCalls++}`, status: 'success' })
    },
    say(text) {
      for (const content of halves(text)) send('message', { role: 'assistant', content, delta: true })
    },
    end({ turn }) {
      port.last(line('result', { status: 'success', stats: statsOf(turn, toolCalls) }))
      return 0
    },
    refuse(failure, { turn }) {
      const error = { type: 'unknown', message: `[API Error: ${geminiMessage(failure)}]` }
      port.text(`Error when talking to Gemini API\n  status: ${failure.status}\n`, 'err')
      port.last(line('result', { status: 'error', error, stats: statsOf(turn, toolCalls) }))
      return failure.status & 255
    },
  }
}

/** What gemini says when its model cannot be used. */
export function geminiMessage({ kind, status, message, resetsInS }: AgentFailure): string {
  if (kind === 'quota')
    return resetsInS === undefined
      ? 'You have exhausted your daily quota on this model.'
      : `You have exhausted your capacity on this model. Your quota will reset after ${spanOf(resetsInS)}.`
  const names = { 'api-error': 'INVALID_ARGUMENT', auth: 'UNAUTHENTICATED', overloaded: 'UNAVAILABLE' }
  return JSON.stringify({ error: { code: status, message, status: names[kind] } })
}

function line(type: string, fields: object): object {
  return { type, timestamp: new Date().toISOString(), ...fields }
}

function statsOf(spent: Spent, toolCalls: number): object {
  const tokens = {
    total_tokens: spent.in + spent.out,
    input_tokens: spent.in,
    output_tokens: spent.out,
    cached: 0,
    input: spent.in,
  }
  return { ...tokens, duration_ms: 0, tool_calls: toolCalls, models: { [model]: tokens } }
}
