import type { Permission } from '../adapter/tool-adapter.ts'
import type { MessageRule } from '../message/message-rule.ts'
import { acp } from '../protocols/acp/acp-connection.ts'
import { acpUsage } from '../protocols/acp/acp-spec.ts'
import { oneShot } from '../protocols/one-shot.ts'
import type { AdapterSpec } from './adapter-spec.ts'

const allowed: Readonly<Record<Permission, readonly string[]>> = {
  read: [],
  ask: [],
  edit: ['--allow-tool', 'write'],
  all: ['--allow-all-tools'],
}

/** The events of `--output-format json`. Tokens are not among them. */
const copilotRules: readonly MessageRule[] = [
  { when: { type: 'assistant.message' }, text: 'data.content' },
  {
    when: { type: 'tool.execution_start' },
    tool: {
      id: 'data.toolCallId',
      name: 'data.toolName',
      status: 'started',
      paths: ['data.arguments.path'],
      detail: 'data.arguments.command',
    },
  },
  {
    when: { type: 'tool.execution_complete', 'data.success': true },
    tool: { id: 'data.toolCallId', status: 'done' },
  },
  {
    when: { type: 'tool.execution_complete', 'data.error.code': ['denied', 'rejected'] },
    denied: { id: 'data.toolCallId' },
  },
  {
    when: { type: 'tool.execution_complete', 'data.success': { not: true } },
    tool: { id: 'data.toolCallId', status: 'failed', detail: 'data.error.message' },
  },
  {
    when: { type: 'model.call_failure', 'data.statusCode': { not: 400 } },
    retrying: { attempt: 'data.retryAttempt', detail: ['data.errorMessage', 'data.statusCode'] },
  },
  {
    when: { type: 'session.error' },
    error: { message: 'data.message', status: 'data.statusCode', code: 'data.errorType' },
  },
  { when: { type: 'result' }, session: 'sessionId' },
  // Told to stop, it says `exitCode: 0` all the same.
  { when: { type: 'abort' }, end: 'interrupted' },
  { when: { type: 'result', exitCode: 0 }, end: 'completed' },
  { when: { type: 'result' }, end: 'failed' },
]

/** GitHub Copilot CLI: events for one turn, ACP for many sessions. */
export const copilot: AdapterSpec = {
  tool: 'copilot',
  traits: {
    modes: ['one-shot', 'long-running'],
    sessions: 'many',
    directory: 'session',
    resumes: true,
    interrupts: true,
    resets: true,
    asks: true,
    usage: 'session-total',
    reportsCost: false,
    framing: 'protocol',
  },
  launch: ({ mode, permission, model, sessionId, configDir }, { baseUrl }) => ({
    commands: ['copilot'],
    args: [
      ...(mode === 'long-running' ? ['--acp'] : []),
      ...allowed[permission],
      ...(mode === 'long-running' ? [] : ['--output-format', 'json', '--stream', 'off']),
      ...(model === undefined || baseUrl !== undefined ? [] : ['--model', model]),
      ...(sessionId === undefined || mode === 'long-running' ? [] : [`--resume=${sessionId}`]),
    ],
    env: {
      COPILOT_AUTO_UPDATE: 'false',
      ...(configDir === undefined ? {} : { XDG_CONFIG_HOME: configDir, XDG_STATE_HOME: configDir }),
      ...(baseUrl === undefined ? {} : { COPILOT_OFFLINE: 'true', COPILOT_PROVIDER_BASE_URL: baseUrl }),
      ...(baseUrl === undefined || model === undefined ? {} : { COPILOT_MODEL: model }),
    },
    passEnv: [
      'COPILOT_GITHUB_TOKEN',
      'GH_TOKEN',
      'GITHUB_TOKEN',
      'COPILOT_PROVIDER_BASE_URL',
      'COPILOT_PROVIDER_API_KEY',
      'COPILOT_MODEL',
      'COPILOT_OFFLINE',
    ],
  }),
  protocols: {
    'one-shot': oneShot({ rules: copilotRules }),
    'long-running': acp({
      responseRules: acpUsage('session-total'),
      countsAnew: true,
      // Where it tried again, what it said about that stands before.
      errorText: '^(?:Info: [^]*?Retrying\\.\\.\\.)*Error: ',
    }),
  },
  failures: [{ pattern: 'no authentication information|not authenticated', reason: 'auth' }],
  unknownSession: 'No session, task, or name matched',
  kinds: {
    write: ['create', 'edit', 'str_replace_editor', 'apply_patch', 'delete', 'move'],
    command: ['bash', 'powershell', 'execute'],
  },
}
