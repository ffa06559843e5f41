import type { Permission } from '../adapter/tool-adapter.ts'
import { codexExecRules } from '../protocols/codex/codex-rules.ts'
import { codexPolicy } from '../protocols/codex/codex-policy.ts'
import { codexServer } from '../protocols/codex/codex-server.ts'
import { oneShot } from '../protocols/one-shot.ts'
import type { AdapterSpec } from './adapter-spec.ts'
import type { LaunchSettings } from './launch-settings.ts'

/** The wrapper starts one of these; without it there is one process less, and no orphan when it is killed. */
const targets: readonly (readonly [platform: string, target: string, program: string])[] = [
  ['linux-x64', 'x86_64-unknown-linux-musl', 'codex'],
  ['linux-arm64', 'aarch64-unknown-linux-musl', 'codex'],
  ['darwin-arm64', 'aarch64-apple-darwin', 'codex'],
  ['darwin-x64', 'x86_64-apple-darwin', 'codex'],
  ['win32-x64', 'x86_64-pc-windows-msvc', 'codex.exe'],
  ['win32-arm64', 'aarch64-pc-windows-msvc', 'codex.exe'],
]

/** From the folder of the wrapper (`@openai/codex/bin`): beside its package, or below it. */
const natives = targets.flatMap(([platform, target, program]) =>
  ['../..', '../node_modules/@openai'].map(
    (folder) => `${folder}/codex-${platform}/vendor/${target}/bin/${program}`,
  ),
)

/** Codex: `exec --json` for one turn, the app server for many sessions. */
export const codex: AdapterSpec = {
  tool: 'codex',
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
  launch: ({ mode, permission, model, sessionId, configDir }, settings) => {
    const options = [
      ...['--disable', 'plugins'],
      ...sandbox(permission),
      ...provider(settings),
      ...config({ check_for_update_on_startup: 'false', 'analytics.enabled': 'false' }),
    ]
    const chosen = model === undefined ? [] : config({ model: JSON.stringify(model) })
    const resumed = sessionId === undefined ? [] : [sessionId]
    return {
      commands: ['codex'],
      natives,
      args:
        mode === 'long-running'
          ? ['app-server', ...options, ...chosen]
          : [
              'exec',
              ...resumed.map(() => 'resume'),
              '--json',
              '--skip-git-repo-check',
              ...options,
              ...chosen,
            ],
      // The prompt comes on standard input.
      ...(mode === 'one-shot' ? { lastArgs: [...resumed, '-'] } : {}),
      env: configDir === undefined ? {} : { CODEX_HOME: configDir },
      passEnv: ['OPENAI_API_KEY', 'CODEX_API_KEY', 'CODEX_HOME', 'OPENAI_BASE_URL'],
    }
  },
  protocols: { 'one-shot': oneShot({ rules: codexExecRules }), 'long-running': codexServer },
  failures: [
    { code: ['usageLimitExceeded'], reason: 'quota-exhausted' },
    { code: ['sessionBudgetExceeded'], reason: 'over-reservation' },
    { code: ['rateLimitExceeded'], reason: 'rate-limited' },
    {
      code: ['serverOverloaded', 'internalServerError', 'policyCapacityUnavailable', 'flexUnavailable'],
      reason: 'overloaded',
    },
    { code: ['unauthorized'], reason: 'auth' },
    { code: ['contextWindowExceeded'], reason: 'context-exceeded' },
    { code: ['sandboxError'], reason: 'infrastructure' },
    {
      code: [
        'badRequest',
        'modelNotFound',
        'cyberPolicy',
        'misalignmentPolicyViolation',
        'inferenceHookDenied',
        'tooManyDenials',
      ],
      reason: 'refused',
    },
    { pattern: 'no rollout found|thread .{0,80}not found', reason: 'protocol' },
  ],
  kinds: { write: ['file_change'], command: ['command_execution'] },
}

/** Settings on the command line, values as TOML. */
function config(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** By default `/tmp` may be written, and with it the worktrees of others that lie there. */
function sandbox(permission: Permission): string[] {
  const mode = config({ sandbox_mode: JSON.stringify(codexPolicy(permission).sandbox) })
  if (permission !== 'edit') return mode
  return [
    ...mode,
    ...config({
      'sandbox_workspace_write.exclude_slash_tmp': 'true',
      'sandbox_workspace_write.exclude_tmpdir_env_var': 'true',
    }),
  ]
}

/** A service of one's own. The name "openai" is taken by codex itself. */
function provider({ provider: name = 'own', baseUrl, keyEnv }: LaunchSettings): string[] {
  if (baseUrl === undefined) return []
  const fields = [
    `name=${JSON.stringify(name)}`,
    `base_url=${JSON.stringify(baseUrl)}`,
    ...(keyEnv === undefined ? [] : [`env_key=${JSON.stringify(keyEnv)}`]),
    'wire_api="responses"',
    'request_max_retries=1',
    'stream_max_retries=1',
  ]
  return config({ model_provider: name, [`model_providers.${name}`]: `{${fields.join(',')}}` })
}
