import type { CliRecording } from '../cli-recording.ts'
import { openAcp } from '../open-acp.ts'
import type { ProcessCommand } from '../recorded-process.ts'
import type { Access } from '../scenarios.ts'
import type { Site } from '../site.ts'

export const copilot: CliRecording = {
  name: 'copilot',
  oneShot: (site, access, session) =>
    command(site, access, [
      ...['--output-format', 'json', '--stream', 'off'],
      ...(session === undefined ? [] : [`--resume=${session}`]),
    ]),
  sessionIn: (output) => /"sessionId":"([^"]+)"/.exec(output)?.[1],
  longRunning: { mode: 'acp', command: (site, access) => command(site, access, ['--acp']), open: openAcp },
}

function command({ cli, cwd, env, model }: Site, access: Access, args: readonly string[]): ProcessCommand {
  return {
    program: cli.program,
    args: [...args, ...(access === 'write' ? ['--allow-all-tools'] : [])],
    cwd,
    env: {
      ...env,
      COPILOT_OFFLINE: 'true',
      COPILOT_AUTO_UPDATE: 'false',
      COPILOT_PROVIDER_BASE_URL: `${model.url}/v1`,
      COPILOT_PROVIDER_API_KEY: 'dummy',
      COPILOT_MODEL: 'mock-model',
    },
  }
}
