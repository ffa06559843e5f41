import type { CliRecording } from '../cli-recording.ts'
import { openAcp } from '../open-acp.ts'
import type { ProcessCommand } from '../recorded-process.ts'
import type { Access } from '../scenarios.ts'
import type { Site } from '../site.ts'

export const opencode: CliRecording = {
  name: 'opencode',
  oneShot: (site, access, session) =>
    command(site, access, [
      ...['run', '--format', 'json'],
      ...(session === undefined ? [] : ['-s', session]),
    ]),
  sessionIn: (output) => /"sessionID":"([^"]+)"/.exec(output)?.[1],
  longRunning: { mode: 'acp', command: (site, access) => command(site, access, ['acp']), open: openAcp },
}

function command({ cli, cwd, env, model }: Site, access: Access, args: readonly string[]): ProcessCommand {
  const permission = access === 'write' ? 'allow' : 'ask'
  const config = {
    provider: {
      mock: {
        npm: '@ai-sdk/openai-compatible',
        options: { baseURL: `${model.url}/v1`, apiKey: 'dummy' },
        models: {
          'mock-model': { limit: { context: 200_000, output: 8_000 }, cost: { input: 3, output: 15 } },
        },
      },
    },
    model: 'mock/mock-model',
    small_model: 'mock/mock-model',
    autoupdate: false,
    share: 'disabled',
    snapshot: false,
    permission: { edit: permission, bash: permission },
  }
  return {
    program: cli.program,
    args,
    cwd,
    env: {
      ...env,
      OPENCODE_CONFIG_CONTENT: JSON.stringify(config),
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
      OPENCODE_PURE: '1',
    },
  }
}
