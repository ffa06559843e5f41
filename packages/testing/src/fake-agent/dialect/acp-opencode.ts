import { withReset } from '../agent-failure.ts'
import type { Spent } from '../turn-tally.ts'
import type { AcpAgent } from './acp.ts'
import { halves } from './json-value.ts'

const kinds = [
  { optionId: 'once', kind: 'allow_once', name: 'Allow once' },
  { optionId: 'always', kind: 'allow_always', name: 'Always allow' },
  { optionId: 'reject', kind: 'reject_once', name: 'Reject' },
]
const written = 'Wrote file successfully.'
const rejected = 'The user rejected permission to use this specific tool call.'

/** `opencode acp`: the cost is the session's, the tokens are those of the last call. */
export const opencodeAcp: AcpAgent = {
  welcome: {
    protocolVersion: 1,
    agentCapabilities: {
      loadSession: true,
      mcpCapabilities: { http: true, sse: true },
      promptCapabilities: { embeddedContext: true, image: true },
      sessionCapabilities: { close: {}, fork: {}, list: {}, resume: {} },
    },
    authMethods: [{ description: 'Log in.', name: 'Login with opencode', id: 'opencode-login' }],
    agentInfo: { name: 'OpenCode', version: '1.18.33' },
  },
  session: {
    configOptions: [
      {
        id: 'model',
        name: 'Model',
        category: 'model',
        type: 'select',
        currentValue: 'mock/mock-model',
        options: [{ value: 'mock/mock-model', name: 'mock/mock-model' }],
      },
    ],
  },
  commands: {
    sessionUpdate: 'available_commands_update',
    availableCommands: [{ name: 'init', description: 'Starts.' }],
  },
  commandsCome: 'at-prompt',
  drains: false,
  loads: true,
  unknownSession: () => ({
    code: -32603,
    message: 'Internal error: OpenCode service failure',
    data: { service: 'session' },
  }),
  voice: (turn) => {
    const toolCallId = `call_${turn.newId()}`
    const toolUpdate = (fields: object): void =>
      turn.update({ sessionUpdate: 'tool_call_update', toolCallId, ...fields })
    const sayUsed = (used: number, costUsd: number): void => {
      const cost = { amount: costUsd, currency: 'USD' }
      turn.update({ sessionUpdate: 'usage_update', used, size: 200_000, cost })
    }
    const finish = (stopReason: string, spent: Spent, costUsd: number): void => {
      sayUsed(spent.in, costUsd)
      const usage = { inputTokens: spent.in, outputTokens: spent.out, totalTokens: spent.in + spent.out }
      turn.finish({ result: { stopReason, usage, _meta: {} } })
    }
    return {
      endsWhenDenied: true,
      begin() {},
      propose({ path, content }) {
        const call = {
          toolCallId,
          title: 'write',
          kind: 'edit',
          status: 'pending',
          locations: [],
          rawInput: {},
        }
        turn.update({ sessionUpdate: 'tool_call', ...call })
        const rawInput = { content, filePath: path }
        toolUpdate({ status: 'in_progress', kind: 'edit', title: 'write', locations: [{ path }], rawInput })
      },
      async ask({ path, content, before }) {
        const isGranted = await turn.askPermission({
          toolCall: {
            toolCallId,
            title: path,
            kind: 'edit',
            status: 'pending',
            locations: [{ path }],
            rawInput: { filepath: path, diff: `Index: ${path}\n` },
            content: [{ type: 'diff', path, oldText: before ?? '', newText: content }],
          },
          options: kinds,
        })
        // It offers the file to an editor; what the editor says to it does not matter.
        if (isGranted) await turn.request('fs/write_text_file', { path, content })
        return isGranted
      },
      settle({ name, path, content, before }, isGranted) {
        const text = isGranted ? written : rejected
        const block = [{ type: 'content', content: { type: 'text', text } }]
        if (isGranted) {
          const metadata = { diagnostics: {}, filepath: path, exists: before !== undefined, truncated: false }
          const rawOutput = { output: text, metadata }
          return toolUpdate({ status: 'completed', title: name, content: block, rawOutput })
        }
        const what = { kind: 'edit', title: 'write', locations: [{ path }] }
        const rawInput = { content, filePath: path }
        toolUpdate({ status: 'failed', ...what, rawInput, content: block, rawOutput: { error: text } })
      },
      say(said) {
        const messageId = `msg_${turn.newId()}`
        for (const text of halves(said))
          turn.update({ sessionUpdate: 'agent_message_chunk', messageId, content: { type: 'text', text } })
      },
      end({ last, session }) {
        finish('end_turn', last, session.costUsd)
        return 0
      },
      refuse(failure, { session }) {
        sayUsed(0, session.costUsd)
        const data = { service: 'session', errorName: 'APIError' }
        turn.finish({ error: { code: -32603, message: `Internal error: ${withReset(failure)}`, data } })
        return 0
      },
      interrupt({ session }) {
        finish('cancelled', { in: 0, out: 0, costUsd: 0 }, session.costUsd)
      },
    }
  },
}
