import type { Permission } from '../adapter/tool-adapter.ts'
import type { MessageRule } from '../message/message-rule.ts'
import { resultEnds, streamJsonRules } from '../protocols/claude/claude-rules.ts'
import { oneShot } from '../protocols/one-shot.ts'
import type { AdapterSpec } from './adapter-spec.ts'

const modes: Readonly<Record<Permission, readonly string[]>> = {
  read: ['--mode', 'ask'],
  ask: [],
  edit: ['--force'],
  all: ['--force'],
}

/** Its tools stand in lines of their own, under a key that is the tool's name. */
const toolRules: readonly MessageRule[] = [
  {
    when: { type: 'tool_call', subtype: 'started' },
    tool: {
      id: 'call_id',
      called: 'write',
      status: 'started',
      paths: ['tool_call.writeToolCall.args.path', 'tool_call.editToolCall.args.path'],
      detail: 'tool_call.shellToolCall.args.command',
    },
  },
  {
    when: { type: 'tool_call', subtype: 'completed', 'tool_call.writeToolCall': { exists: true } },
    tool: {
      id: 'call_id',
      called: 'write',
      kind: 'write',
      status: 'done',
      paths: ['tool_call.writeToolCall.args.path'],
    },
  },
  {
    when: { type: 'tool_call', subtype: 'completed', 'tool_call.editToolCall': { exists: true } },
    tool: {
      id: 'call_id',
      called: 'edit',
      kind: 'write',
      status: 'done',
      paths: ['tool_call.editToolCall.args.path'],
    },
  },
  {
    when: { type: 'tool_call', subtype: 'completed', 'tool_call.shellToolCall': { exists: true } },
    tool: { id: 'call_id', called: 'shell', kind: 'command', status: 'done' },
  },
]

/** Cursor's agent, from its documentation: it was not run. It reports neither tokens nor money. */
export const cursorAgent: AdapterSpec = {
  tool: 'cursor-agent',
  traits: {
    modes: ['one-shot'],
    sessions: 'one',
    directory: 'process',
    resumes: true,
    interrupts: false,
    resets: false,
    asks: false,
    usage: 'none',
    reportsCost: false,
    framing: 'protocol',
  },
  launch: ({ permission, model, sessionId }) => ({
    commands: ['cursor-agent'],
    args: [
      ...['-p', '--output-format', 'stream-json', '--trust'],
      ...modes[permission],
      ...(model === undefined ? [] : ['--model', model]),
      ...(sessionId === undefined ? [] : ['--resume', sessionId]),
    ],
    env: {},
    passEnv: ['CURSOR_API_KEY'],
  }),
  protocols: { 'one-shot': oneShot({ rules: [...toolRules, ...streamJsonRules, ...resultEnds()] }) },
  kinds: { write: ['write', 'edit', 'delete'], command: ['shell'] },
}
