import { withReset } from '../agent-failure.ts'
import type { AgentProcess } from '../agent-process.ts'
import type { AgentVoice } from '../agent-voice.ts'
import type { Spent } from '../turn-tally.ts'

/** `opencode run --format json`: a step for each call of the model, each with its usage, and no line for the end. */
export function opencodeOnce(agent: AgentProcess): AgentVoice {
  const { port } = agent
  const sessionID = agent.valueOf('-s', '--session') ?? `ses_${agent.id()}`
  let messageID = ''
  const line = (type: string, part: object): object => ({ type, timestamp: Date.now(), sessionID, part })
  const partOf = (fields: object): object => ({ id: `prt_${agent.id()}`, messageID, sessionID, ...fields })
  const finish = (reason: string, spent: Spent): object =>
    line('step_finish', partOf({ reason, type: 'step-finish', tokens: tokensOf(spent), cost: spent.costUsd }))
  const time = () => ({ start: Date.now(), end: Date.now() })

  const startStep = (): void => {
    messageID = `msg_${agent.id()}`
    port.json(line('step_start', partOf({ type: 'step-start' })))
  }
  /** Ends the step in which something was said; what it used is known since then. */
  let said: Spent | undefined
  const finishSaying = (): void => {
    if (said !== undefined) port.json(finish('stop', said))
    said = undefined
  }

  return {
    endsWhenDenied: true,
    begin() {},
    propose() {
      finishSaying()
      startStep()
    },
    settle({ name, path, content, before }, isGranted, { last }) {
      const input = { content, filePath: path }
      const output = 'Wrote file successfully.'
      const metadata = { diagnostics: {}, filepath: path, exists: before !== undefined, truncated: false }
      const state = isGranted
        ? { status: 'completed', input, output, metadata, title: name, time: time() }
        : {
            status: 'error',
            input,
            error: 'The user rejected permission to use this specific tool call.',
            time: time(),
          }
      if (!isGranted) port.text(`! permission requested: edit (${name}); auto-rejecting\n`, 'err')
      port.json(line('tool_use', partOf({ type: 'tool', tool: 'write', callID: agent.id(), state })))
      port.json(finish('tool-calls', last))
    },
    say(text, { last }) {
      finishSaying()
      startStep()
      port.json(line('text', partOf({ type: 'text', text, time: time() })))
      said = last
    },
    end() {
      if (said !== undefined) port.last(finish('stop', said))
      return 0
    },
    refuse(failure) {
      const { status, code } = failure
      const message = withReset(failure)
      const data = {
        message,
        statusCode: status,
        isRetryable: status === 429 || status >= 500,
        responseHeaders: {
          connection: 'keep-alive',
          'content-type': 'application/json',
          date: new Date().toUTCString(),
          'keep-alive': 'timeout=5',
          'transfer-encoding': 'chunked',
        },
        responseBody: JSON.stringify({ error: { message, type: code, param: null, code } }),
        metadata: { url: 'http://127.0.0.1/v1/chat/completions' },
      }
      port.last({ type: 'error', timestamp: Date.now(), sessionID, error: { name: 'APIError', data } })
      return 1
    },
  }
}

function tokensOf(spent: Spent): object {
  return {
    total: spent.in + spent.out,
    input: spent.in,
    output: spent.out,
    reasoning: 0,
    cache: { write: 0, read: 0 },
  }
}
