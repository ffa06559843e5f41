import type { Permission } from '../adapter/tool-adapter.ts'
import { claudeRules } from '../protocols/claude/claude-rules.ts'
import { claudeStream } from '../protocols/claude/claude-stream.ts'
import { oneShot } from '../protocols/one-shot.ts'
import type { AdapterSpec } from './adapter-spec.ts'

const modes: Readonly<Record<Permission, string>> = {
  read: 'dontAsk',
  ask: 'default',
  edit: 'acceptEdits',
  all: 'bypassPermissions',
}

/** The program is in a package for each platform; what its own package holds is a stub where no script may run. */
const natives = [
  'linux-x64/claude',
  'linux-arm64/claude',
  'darwin-arm64/claude',
  'darwin-x64/claude',
  'win32-x64/claude.exe',
  'win32-arm64/claude.exe',
].flatMap((program) => [
  `../../claude-code-${program}`,
  `../node_modules/@anthropic-ai/claude-code-${program}`,
])

/** Claude Code: stream-json in both modes. */
export const claude: AdapterSpec = {
  tool: 'claude',
  traits: {
    modes: ['one-shot', 'long-running'],
    sessions: 'one',
    directory: 'process',
    resumes: true,
    interrupts: true,
    resets: true,
    asks: true,
    usage: 'turn',
    reportsCost: true,
    framing: 'protocol',
  },
  launch: ({ mode, permission, model, sessionId, maxCostUsd, configDir }, { baseUrl }) => {
    const isLong = mode === 'long-running'
    return {
      commands: ['claude'],
      natives,
      args: [
        '-p',
        ...(isLong ? ['--input-format', 'stream-json'] : []),
        ...['--output-format', 'stream-json', '--verbose', '--permission-mode', modes[permission]],
        // Whatever the mode does not settle is put to us.
        ...(isLong ? ['--permission-prompt-tool', 'stdio'] : []),
        ...(model === undefined ? [] : ['--model', model]),
        ...(sessionId === undefined ? [] : ['--resume', sessionId]),
        ...(maxCostUsd === undefined ? [] : ['--max-budget-usd', String(maxCostUsd)]),
      ],
      env: {
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
        DISABLE_TELEMETRY: '1',
        DISABLE_ERROR_REPORTING: '1',
        // Ten retries by default, of a wrong key too; whoever schedules decides about another try.
        CLAUDE_CODE_MAX_RETRIES: '1',
        ...(configDir === undefined ? {} : { CLAUDE_CONFIG_DIR: configDir }),
        ...(baseUrl === undefined ? {} : { ANTHROPIC_BASE_URL: baseUrl }),
      },
      passEnv: [
        'ANTHROPIC_API_KEY',
        'ANTHROPIC_AUTH_TOKEN',
        'ANTHROPIC_BASE_URL',
        'ANTHROPIC_MODEL',
        'CLAUDE_CODE_OAUTH_TOKEN',
        'CLAUDE_CODE_USE_BEDROCK',
        'CLAUDE_CODE_USE_VERTEX',
        'AWS_PROFILE',
        'AWS_REGION',
        'AWS_ACCESS_KEY_ID',
        'AWS_SECRET_ACCESS_KEY',
        'AWS_SESSION_TOKEN',
        'CLOUD_ML_REGION',
        'ANTHROPIC_VERTEX_PROJECT_ID',
        'GOOGLE_APPLICATION_CREDENTIALS',
        // Says that root may skip permissions: a container of its own.
        'IS_SANDBOX',
      ],
    }
  },
  protocols: { 'one-shot': oneShot({ rules: claudeRules }), 'long-running': claudeStream },
  failures: [
    { code: ['error_max_budget_usd'], reason: 'over-reservation' },
    { code: ['error_max_turns'], reason: 'refused' },
    { pattern: 'cannot be used with root', reason: 'refused' },
    { pattern: '^No conversation found with session id', reason: 'protocol' },
  ],
  kinds: { write: ['Write', 'Edit', 'MultiEdit', 'NotebookEdit'], command: ['Bash', 'PowerShell'] },
}
