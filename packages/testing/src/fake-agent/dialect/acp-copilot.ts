import type { AcpAgent } from './acp.ts'
import { copilotMessage } from './copilot.ts'
import { halves } from './json-value.ts'

const kinds = [
  { optionId: 'allow_once', kind: 'allow_once', name: 'Allow once' },
  { optionId: 'allow_always', kind: 'allow_always', name: 'Always allow' },
  { optionId: 'reject_once', kind: 'reject_once', name: 'Deny' },
]
const mode = 'https://agentclientprotocol.com/protocol/session-modes#agent'
const configOptions = [
  {
    type: 'select',
    id: 'mode',
    name: 'Mode',
    category: 'mode',
    description: 'How it works.',
    currentValue: mode,
    options: [{ value: mode, name: 'Agent', description: 'Works.' }],
  },
]
const commands = {
  sessionUpdate: 'available_commands_update',
  availableCommands: [{ name: 'add-dir', description: 'Adds one.', input: { hint: 'directory' } }],
}

/** `copilot --acp`: its usage is that of the session, and it says errors as if they were answers. */
export const copilotAcp: AcpAgent = {
  welcome: {
    protocolVersion: 1,
    agentCapabilities: {
      auth: { logout: {} },
      loadSession: true,
      mcpCapabilities: { http: true, sse: true },
      promptCapabilities: { image: true, audio: false, embeddedContext: true },
      sessionCapabilities: { close: {}, list: {} },
    },
    agentInfo: { name: 'Copilot', title: 'Copilot', version: '1.0.102' },
    authMethods: [
      {
        id: 'copilot-login',
        name: 'Log in with Copilot CLI',
        description: 'Run `copilot login` in the terminal',
        _meta: { 'terminal-auth': { command: 'copilot', args: ['login'], label: 'Copilot Login' } },
      },
    ],
  },
  session: {
    configOptions,
    modes: { availableModes: [{ id: mode, name: 'Agent', description: 'Works.' }], currentModeId: mode },
  },
  commands,
  commandsCome: 'before-session',
  drains: true,
  loads: true,
  unknownSession: (id) => ({
    code: -32002,
    message: `Resource not found: Session ${id} not found`,
    data: { uri: `Session ${id} not found` },
  }),
  voice: (turn) => {
    const toolCallId = `call_${turn.newId()}`
    const chunk = (text: string): void =>
      turn.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } })
    const startCall = (used: number): void =>
      turn.update({ sessionUpdate: 'usage_update', used, size: 128_000 })
    return {
      endsWhenDenied: true,
      begin() {
        if (!turn.isFirst) return
        turn.update(commands)
        turn.update({ sessionUpdate: 'config_option_update', configOptions })
        const updatedAt = new Date().toISOString()
        turn.update({ sessionUpdate: 'session_info_update', title: turn.prompt, updatedAt })
      },
      propose({ path, content, before }, { session }) {
        startCall(session.in)
        turn.update({
          sessionUpdate: 'tool_call',
          toolCallId,
          title: `Creating ${path}`,
          kind: 'edit',
          status: 'pending',
          rawInput: { path, file_text: content },
          locations: [{ path }],
          content: [{ type: 'diff', path, oldText: before ?? '', newText: content }],
        })
      },
      ask({ path }) {
        return turn.askPermission({
          toolCall: {
            toolCallId,
            title: 'Create file',
            kind: 'edit',
            status: 'pending',
            rawInput: { fileName: path, diff: `\ndiff --git a${path} b${path}\n` },
            locations: [{ path }],
          },
          options: kinds,
        })
      },
      settle({ path, content, before }, isGranted) {
        const head = { sessionUpdate: 'tool_call_update', toolCallId }
        if (!isGranted) {
          const rawOutput = { message: 'The user rejected this tool call.', code: 'rejected' }
          turn.update({ ...head, status: 'failed', rawOutput })
          return chunk('Info: Operation cancelled by user')
        }
        chunk(`Info: ${path}`)
        turn.update({
          ...head,
          status: 'completed',
          content: [{ type: 'diff', path, oldText: before ?? '', newText: content }],
          rawOutput: {
            content: `Created file ${path} with ${content.length} characters`,
            detailedContent: `\ndiff --git a${path} b${path}\n`,
          },
        })
      },
      say(text, { session }) {
        startCall(session.in)
        for (const part of halves(text)) chunk(part)
      },
      end({ session }) {
        turn.finish({ result: { stopReason: 'end_turn', usage: usageOf(session.in, session.out) } })
        return 0
      },
      refuse(failure, { session }) {
        startCall(session.in)
        chunk(`Error: ${copilotMessage(failure)}`)
        turn.finish({ result: { stopReason: 'end_turn' } })
        return 0
      },
      interrupt({ session }) {
        turn.finish({ result: { stopReason: 'cancelled', usage: usageOf(session.in, session.out) } })
      },
    }
  },
}

function usageOf(input: number, output: number): object {
  return {
    inputTokens: input,
    outputTokens: output,
    totalTokens: input + output,
    cachedReadTokens: 0,
    cachedWriteTokens: 0,
  }
}
