import type { Permission } from '../adapter/tool-adapter.ts'
import type { MessageRule } from '../message/message-rule.ts'
import { acp } from '../protocols/acp/acp-connection.ts'
import { oneShot } from '../protocols/one-shot.ts'
import type { AdapterSpec } from './adapter-spec.ts'

const approvals: Readonly<Record<Permission, string>> = {
  read: 'plan',
  ask: 'default',
  edit: 'auto_edit',
  all: 'yolo',
}

/** No updates, no telemetry, a key instead of a browser. */
const ownSettings = {
  general: { disableAutoUpdate: true, disableUpdateNag: true, enableAutoUpdate: false },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
  security: { auth: { selectedType: 'gemini-api-key' } },
}

/** How it tells its model that a file lies outside of the worktree. */
const beyond = '^Path not in workspace'

/** The lines of `-o stream-json`; the numbers are the run's. */
const geminiRules: readonly MessageRule[] = [
  { when: { type: 'init' }, session: 'session_id', model: 'model' },
  { when: { type: 'message', role: 'assistant', delta: true }, delta: 'content' },
  { when: { type: 'message', role: 'assistant', delta: { not: true } }, text: 'content' },
  {
    when: { type: 'tool_use' },
    tool: {
      id: 'tool_id',
      name: 'tool_name',
      status: 'started',
      paths: ['parameters.file_path'],
      detail: 'parameters.command',
    },
  },
  { when: { type: 'tool_result', status: 'success' }, tool: { id: 'tool_id', status: 'done' } },
  {
    when: { type: 'tool_result', status: { not: 'success' }, 'error.message': { matches: beyond } },
    denied: { id: 'tool_id' },
  },
  {
    when: { type: 'tool_result', status: { not: 'success' } },
    tool: { id: 'tool_id', status: 'failed', detail: 'error.message' },
  },
  {
    when: { type: 'result' },
    usage: {
      scope: 'run',
      input: ['stats.input_tokens'],
      output: ['stats.output_tokens'],
      cached: ['stats.cached'],
    },
  },
  { when: { type: 'result', status: 'success' }, end: 'completed' },
  { when: { type: 'error' }, error: { message: 'message' } },
  { when: { type: 'result' }, error: { message: 'error.message', code: 'error.type' } },
  { when: { type: 'result' }, end: 'failed' },
]

/** Gemini CLI: lines for one turn, ACP for many sessions. */
export const gemini: AdapterSpec = {
  tool: 'gemini',
  traits: {
    modes: ['one-shot', 'long-running'],
    sessions: 'many',
    directory: 'session',
    // `session/load` empties the history that it is to read; a one-shot process takes it up.
    resumes: true,
    interrupts: true,
    resets: true,
    asks: true,
    usage: 'turn',
    reportsCost: false,
    framing: 'protocol',
  },
  launch: ({ mode, permission, model, sessionId, configDir }, { baseUrl }) => ({
    commands: ['gemini'],
    args: [
      ...(mode === 'long-running' ? ['--acp'] : ['-o', 'stream-json']),
      ...['--approval-mode', approvals[permission], '--skip-trust'],
      ...(model === undefined ? [] : ['-m', model]),
      ...(sessionId === undefined || mode === 'long-running' ? [] : ['-r', sessionId]),
    ],
    env: {
      GEMINI_TELEMETRY_ENABLED: 'false',
      // It would start itself a second time, with twice the memory.
      GEMINI_CLI_NO_RELAUNCH: 'true',
      ...(configDir === undefined ? {} : { GEMINI_CLI_HOME: configDir }),
      ...(baseUrl === undefined ? {} : { GOOGLE_GEMINI_BASE_URL: baseUrl }),
    },
    passEnv: [
      'GEMINI_API_KEY',
      'GOOGLE_API_KEY',
      'GOOGLE_GEMINI_BASE_URL',
      'GOOGLE_GENAI_USE_VERTEXAI',
      'GOOGLE_CLOUD_PROJECT',
      'GOOGLE_CLOUD_LOCATION',
      'GOOGLE_APPLICATION_CREDENTIALS',
    ],
    ...(configDir === undefined
      ? {}
      : {
          files: [
            { path: '.gemini/settings.json', content: `${JSON.stringify(ownSettings, undefined, 2)}\n` },
          ],
        }),
  }),
  protocols: {
    'one-shot': oneShot({ rules: geminiRules }),
    'long-running': acp({
      modes: { read: 'plan', ask: 'default', edit: 'autoEdit', all: 'yolo' },
      updateRules: [
        {
          when: {
            sessionUpdate: ['tool_call', 'tool_call_update'],
            status: 'failed',
            'content[].content.text': { matches: beyond },
          },
          denied: { name: 'kind', paths: ['locations[].path'] },
        },
      ],
      responseRules: [
        {
          usage: {
            scope: 'turn',
            input: ['_meta.quota.token_count.input_tokens'],
            output: ['_meta.quota.token_count.output_tokens'],
          },
        },
      ],
      isLoadBroken: true,
    }),
  },
  failures: [
    // 55: a folder that is not trusted; 41: no way to sign in.
    { exitCode: [55], reason: 'infrastructure' },
    { exitCode: [41], reason: 'auth' },
    { pattern: 'set an auth method|GEMINI_API_KEY environment variable', reason: 'auth' },
  ],
  unknownSession: '^Error resuming session',
  kinds: {
    write: ['write_file', 'replace', 'edit', 'delete', 'move'],
    command: ['run_shell_command', 'execute'],
  },
}
