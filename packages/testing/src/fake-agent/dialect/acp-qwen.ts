import { withReset } from '../agent-failure.ts'
import type { Spent } from '../turn-tally.ts'
import type { AcpAgent, AcpTurn } from './acp.ts'
import { halves } from './json-value.ts'

const kinds = [
  { optionId: 'proceed_always', name: 'Allow All Edits', kind: 'allow_always' },
  { optionId: 'proceed_once', name: 'Allow', kind: 'allow_once' },
  { optionId: 'cancel', name: 'Reject', kind: 'reject_once' },
]
const model = '$runtime|openai|mock-model(openai)'
const mode = { id: 'default', name: 'Default', description: 'Asks first.' }

/** `qwen --acp`: a chunk without text bears the usage of each call; after each tool it asks for further prompts. */
export const qwenAcp: AcpAgent = {
  welcome: {
    protocolVersion: 1,
    agentInfo: { name: 'qwen-code', title: 'Qwen Code', version: '0.24.4' },
    authMethods: [
      {
        id: 'openai',
        name: 'Use OpenAI API key',
        description: 'Needs a key.',
        _meta: { type: 'terminal', args: ['--auth-type=openai'] },
      },
    ],
    agentCapabilities: {
      loadSession: true,
      promptCapabilities: { image: true, audio: true, embeddedContext: true },
      sessionCapabilities: { list: {}, resume: {} },
      mcpCapabilities: { sse: true, http: true },
      _meta: { imageCapability: { autoHandlesWrongModel: true, maxBytes: 10_380_902, maxImagesPerTurn: 4 } },
    },
  },
  session: {
    models: {
      currentModelId: model,
      availableModels: [
        { modelId: model, name: 'mock-model', description: null, _meta: { contextLimit: 200_000 } },
      ],
    },
    modes: { currentModeId: mode.id, availableModes: [mode, { ...mode, id: 'yolo', name: 'YOLO' }] },
    configOptions: [
      {
        id: 'mode',
        name: 'Mode',
        description: 'Session permission mode',
        category: 'mode',
        type: 'select',
        currentValue: mode.id,
        options: [{ value: mode.id, name: mode.name, description: mode.description }],
      },
    ],
  },
  commands: {
    sessionUpdate: 'available_commands_update',
    availableCommands: [
      {
        name: 'status',
        description: 'show version info',
        input: { hint: '' },
        _meta: {
          source: 'builtin-command',
          sourceLabel: 'Built-in',
          supportedModes: ['interactive'],
          subcommands: ['paths'],
          modelInvocable: false,
          altNames: ['about'],
        },
      },
    ],
    _meta: {
      availableSkills: ['batch'],
      availableSkillDetails: [
        {
          name: 'batch',
          description: 'Does many.',
          body: 'Does many.',
          filePath: '/nonexistent/SKILL.md',
          level: 'bundled',
          modelInvocable: true,
        },
      ],
    },
  },
  commandsCome: 'at-end',
  drains: true,
  loads: true,
  unknownSession: (id) => ({
    code: -32002,
    message: `Resource not found: session:${id}`,
    data: { uri: `session:${id}` },
  }),
  voice: (turn) => {
    const toolCallId = `call_${turn.newId()}`
    const _meta = { toolName: 'write_file', provenance: 'builtin' }
    const call = { content: [], locations: [], kind: 'edit', rawInput: {} }
    let wasDenied = false
    return {
      endsWhenDenied: true,
      begin() {},
      propose({ name, path, content }, { last }, asks) {
        const preparing = { ..._meta, phase: 'preparing' }
        const fields = { toolCallId, status: 'pending', title: 'WriteFile', ...call, _meta: preparing }
        turn.update({ sessionUpdate: 'tool_call', ...fields })
        sayUsage(turn, last)
        if (asks) return
        turn.update({
          sessionUpdate: 'tool_call_update',
          toolCallId,
          status: 'in_progress',
          title: `WriteFile: Writing to ${name}`,
          content: [],
          locations: [{ path, line: null }],
          kind: 'edit',
          rawInput: { file_path: path, content },
          _meta,
        })
      },
      ask({ name, path, content, before }) {
        return turn.askPermission({
          options: kinds,
          toolCall: {
            toolCallId,
            status: 'pending',
            title: `Writing to ${name}`,
            content: [{ type: 'diff', path, oldText: before ?? '', newText: content }],
            locations: [{ path }],
            kind: 'edit',
            rawInput: { file_path: path, content },
            _meta: { toolName: 'write_file' },
          },
        })
      },
      settle({ name, path, content, before }, isGranted) {
        wasDenied = !isGranted
        const head = { sessionUpdate: 'tool_call_update', toolCallId }
        const text = 'Tool "write_file" was canceled by the user.'
        const said = [{ type: 'content', content: { type: 'text', text } }]
        const diff = [{ type: 'diff', path, oldText: before ?? '', newText: content }]
        const rawOutput = outputOf(name, path, before ?? '', content)
        if (isGranted) turn.update({ ...head, status: 'completed', content: diff, _meta, rawOutput })
        else turn.update({ ...head, status: 'failed', content: said, _meta })
        const more = isGranted ? { todoStopGuardWatchQueuedPrompt: true } : {}
        // Prompts that came in the meantime; there are never any.
        void turn.request('craft/drainMidTurnQueue', more)
      },
      say(said, { last }) {
        for (const text of halves(said))
          turn.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } })
        sayUsage(turn, last)
      },
      end() {
        const branchPoint = { assistantRecordUuid: turn.newId(), checkpointUuid: turn.newId() }
        const more = wasDenied ? {} : { _meta: { 'qwen.branchPoint': branchPoint } }
        turn.finish({ result: { stopReason: 'end_turn', ...more } })
        return 0
      },
      refuse(failure) {
        const data = { details: `${failure.status} ${withReset(failure)}` }
        turn.finish({ error: { code: -32603, message: 'Internal error', data } })
        return 0
      },
      interrupt() {
        turn.finish({ result: { stopReason: 'cancelled' } })
      },
    }
  },
}

function sayUsage(turn: AcpTurn, spent: Spent): void {
  const usage = {
    inputTokens: spent.in,
    outputTokens: spent.out,
    totalTokens: spent.in + spent.out,
    thoughtTokens: 0,
    cachedReadTokens: 0,
  }
  const content = { type: 'text', text: '' }
  turn.update({ sessionUpdate: 'agent_message_chunk', content, _meta: { usage, durationMs: 0 } })
}

function outputOf(name: string, path: string, before: string, after: string): object {
  const diffStat = {
    model_added_lines: 1,
    model_removed_lines: 0,
    model_added_chars: after.length,
    model_removed_chars: before.length,
    user_added_lines: 0,
    user_removed_lines: 0,
    user_added_chars: 0,
    user_removed_chars: 0,
  }
  const content = { originalContent: before, newContent: after }
  return { fileDiff: `Index: ${name}\n`, fileName: name, filePath: path, ...content, diffStat }
}
