import type { AcpAgent } from './acp.ts'
import { geminiMessage } from './gemini.ts'
import { halves } from './json-value.ts'

const model = 'gemini-2.5-flash'
const kinds = [
  { optionId: 'proceed_always', name: 'Allow for this session', kind: 'allow_always' },
  { optionId: 'proceed_once', name: 'Allow', kind: 'allow_once' },
  { optionId: 'cancel', name: 'Reject', kind: 'reject_once' },
]

/** `gemini --acp`: its usage is that of the turn. */
export const geminiAcp: AcpAgent = {
  welcome: {
    protocolVersion: 1,
    authMethods: [{ id: 'gemini-api-key', name: 'Gemini API key', description: 'Use an API key' }],
    agentInfo: { name: 'gemini-cli', title: 'Gemini CLI', version: '0.61.0' },
    agentCapabilities: {
      loadSession: true,
      promptCapabilities: { image: true, audio: true, embeddedContext: true },
      mcpCapabilities: { http: true, sse: true },
    },
  },
  session: {
    modes: {
      availableModes: [
        { id: 'default', name: 'Default', description: 'Prompts for approval' },
        { id: 'autoEdit', name: 'Auto Edit', description: 'Auto-approves edit tools' },
        { id: 'yolo', name: 'YOLO', description: 'Auto-approves all tools' },
        { id: 'plan', name: 'Plan', description: 'Read-only mode' },
      ],
      currentModeId: 'default',
    },
    models: {
      availableModels: [{ modelId: model, name: model, description: 'A model that is not there.' }],
      currentModelId: model,
    },
  },
  commands: {
    sessionUpdate: 'available_commands_update',
    availableCommands: [{ name: 'memory', description: 'Manage memory.' }],
  },
  commandsCome: 'after-session',
  drains: true,
  loads: false,
  unknownSession: () => ({ code: -32603, message: 'No previous sessions found for this project.' }),
  voice: (turn) => {
    const toolCallId = `write_file__write_file_${turn.newId()}_0`
    return {
      begin() {},
      propose({ name, path }, _tally, asks) {
        const title = `Writing to ${name}`
        const more = { content: [], locations: [{ path }], kind: 'edit' }
        if (!asks)
          turn.update({ sessionUpdate: 'tool_call', toolCallId, status: 'in_progress', title, ...more })
      },
      ask({ name, path, content, before }) {
        const toolCall = { toolCallId, status: 'pending', ...writing(name, path, content, before) }
        return turn.askPermission({ options: kinds, toolCall })
      },
      settle({ name, path, content, before }, isGranted) {
        const fields = { toolCallId, status: 'completed', ...writing(name, path, content, before) }
        if (isGranted) turn.update({ sessionUpdate: 'tool_call_update', ...fields })
      },
      say(said) {
        for (const text of halves(said))
          turn.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } })
      },
      end(tally) {
        const token_count = { input_tokens: tally.turn.in, output_tokens: tally.turn.out }
        const quota = { token_count, model_usage: [{ model, token_count }] }
        turn.finish({ result: { stopReason: 'end_turn', _meta: { quota } } })
        return 0
      },
      refuse(failure) {
        turn.finish({ error: { code: failure.status, message: geminiMessage(failure) } })
        return 0
      },
      interrupt() {
        turn.finish({ result: { stopReason: 'cancelled' } })
      },
    }
  },
}

function writing(name: string, path: string, content: string, before: string | undefined): object {
  const kind = before === undefined ? 'add' : 'modify'
  return {
    title: `Writing to ${name}`,
    content: [{ type: 'diff', path, oldText: before ?? '', newText: content, _meta: { kind } }],
    locations: [{ path }],
    kind: 'edit',
  }
}
