import type { Permission } from '../adapter/tool-adapter.ts'
import type { MessageRule } from '../message/message-rule.ts'
import { acp } from '../protocols/acp/acp-connection.ts'
import { acpUsage } from '../protocols/acp/acp-spec.ts'
import { oneShot } from '../protocols/one-shot.ts'
import type { AdapterSpec } from './adapter-spec.ts'
import type { LaunchSettings } from './launch-settings.ts'

/** What may be done without asking. Outside of the directory it asks in any case, and a one-shot process denies. */
const permissions: Readonly<Record<Permission, Readonly<Record<string, string>>>> = {
  read: { edit: 'deny', bash: 'deny' },
  ask: { edit: 'ask', bash: 'ask' },
  edit: { edit: 'allow', bash: 'deny' },
  all: { edit: 'allow', bash: 'allow' },
}

const rejected = 'rejected permission|permission.{0,20}denied|prevents you from using'

/** The lines of `run --format json`. There is none for the end of the turn. */
const opencodeRules: readonly MessageRule[] = [
  { when: { sessionID: { exists: true } }, session: 'sessionID' },
  { when: { type: 'text' }, text: 'part.text' },
  {
    when: { type: 'tool_use', 'part.state.status': 'completed' },
    tool: {
      id: 'part.callID',
      name: 'part.tool',
      status: 'done',
      paths: ['part.state.input.filePath'],
      detail: 'part.state.input.command',
    },
  },
  {
    when: { type: 'tool_use', 'part.state.status': 'error' },
    tool: {
      id: 'part.callID',
      name: 'part.tool',
      status: 'failed',
      paths: ['part.state.input.filePath'],
      detail: 'part.state.error',
    },
  },
  {
    when: { type: 'tool_use', 'part.state.status': 'error', 'part.state.error': { matches: rejected } },
    denied: {
      name: 'part.tool',
      paths: ['part.state.input.filePath'],
      command: 'part.state.input.command',
    },
  },
  {
    when: { type: 'step_finish' },
    usage: {
      scope: 'step',
      id: 'part.id',
      input: ['part.tokens.input', 'part.tokens.cache.read', 'part.tokens.cache.write'],
      output: ['part.tokens.output', 'part.tokens.reasoning'],
      cached: ['part.tokens.cache.read'],
      costUsd: 'part.cost',
    },
  },
  {
    when: { type: 'error' },
    error: { message: 'error.data.message', status: 'error.data.statusCode', code: 'error.name' },
  },
]

/** opencode: lines until the exit for one turn, ACP for many sessions. */
export const opencode: AdapterSpec = {
  tool: 'opencode',
  traits: {
    modes: ['one-shot', 'long-running'],
    sessions: 'many',
    directory: 'session',
    resumes: true,
    interrupts: true,
    resets: true,
    asks: true,
    usage: 'step',
    reportsCost: true,
    framing: 'protocol',
  },
  launch: ({ mode, permission, model, sessionId, configDir }, settings) => ({
    commands: ['opencode'],
    args:
      mode === 'long-running'
        ? ['acp']
        : ['run', '--format', 'json', ...(sessionId === undefined ? [] : ['-s', sessionId])],
    env: {
      OPENCODE_CONFIG_CONTENT: JSON.stringify(config(permission, model, settings)),
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
      OPENCODE_PURE: '1',
      ...(configDir === undefined ? {} : { XDG_CONFIG_HOME: configDir, XDG_DATA_HOME: `${configDir}/data` }),
    },
    passEnv: [
      'ANTHROPIC_API_KEY',
      'OPENAI_API_KEY',
      'GEMINI_API_KEY',
      'OPENROUTER_API_KEY',
      'OPENCODE_API_KEY',
    ],
  }),
  protocols: {
    'one-shot': oneShot({ rules: opencodeRules, isEndedByExit: true }),
    // The tokens are those of the last step only; the amount in USD is the session's.
    'long-running': acp({ responseRules: acpUsage('step', { isCacheBeside: true }) }),
  },
  failures: [
    { code: ['ProviderAuthError'], reason: 'auth' },
    { code: ['MessageOutputLengthError'], reason: 'context-exceeded' },
  ],
  // All that it says over ACP of a session that is not in its store.
  unknownSession: 'OpenCode service failure',
  kinds: { write: ['write', 'edit', 'patch', 'apply_patch', 'delete', 'move'], command: ['bash', 'execute'] },
}

function config(permission: Permission, model: string | undefined, settings: LaunchSettings): object {
  const { baseUrl, provider = 'own', keyEnv } = settings
  const own = {
    npm: '@ai-sdk/openai-compatible',
    options: { baseURL: baseUrl, ...(keyEnv === undefined ? {} : { apiKey: `{env:${keyEnv}}` }) },
    models: model === undefined ? {} : { [model.slice(model.indexOf('/') + 1)]: settings['modelInfo'] ?? {} },
  }
  return {
    ...(baseUrl === undefined ? {} : { provider: { [provider]: own } }),
    ...(model === undefined ? {} : { model, small_model: model }),
    autoupdate: false,
    share: 'disabled',
    // Its own undo: a second git beside ours, and a third of the time.
    snapshot: false,
    permission: permissions[permission],
  }
}
