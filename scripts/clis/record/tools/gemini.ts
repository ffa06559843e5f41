import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CliRecording } from '../cli-recording.ts'
import { openAcp } from '../open-acp.ts'
import type { ProcessCommand } from '../recorded-process.ts'
import type { Site } from '../site.ts'

export const gemini: CliRecording = {
  name: 'gemini',
  prepare({ home }) {
    mkdirSync(join(home, '.gemini'))
    writeFileSync(
      join(home, '.gemini/settings.json'),
      JSON.stringify({
        general: { disableAutoUpdate: true, disableUpdateNag: true, enableAutoUpdate: false },
        privacy: { usageStatisticsEnabled: false },
        telemetry: { enabled: false },
        security: { auth: { selectedType: 'gemini-api-key' } },
      }),
    )
  },
  oneShot: (site, access, session) =>
    command(site, [
      ...['-o', 'stream-json'],
      ...['--approval-mode', access === 'write' ? 'yolo' : 'default'],
      '--skip-trust',
      ...['-m', 'gemini-2.5-flash'],
      ...(session === undefined ? [] : ['-r', session]),
    ]),
  sessionIn: (output) => /"session_id":"([^"]+)"/.exec(output)?.[1],
  longRunning: {
    mode: 'acp',
    command: (site, access) =>
      command(site, [
        '--acp',
        ...['--approval-mode', access === 'write' ? 'yolo' : 'default'],
        '--skip-trust',
        ...['-m', 'gemini-2.5-flash'],
      ]),
    open: openAcp,
  },
}

function command({ cli, cwd, env, model }: Site, args: readonly string[]): ProcessCommand {
  return {
    program: cli.program,
    args,
    cwd,
    env: {
      ...env,
      GEMINI_API_KEY: 'dummy',
      GOOGLE_GEMINI_BASE_URL: model.url,
      GEMINI_TELEMETRY_ENABLED: 'false',
      GEMINI_CLI_NO_RELAUNCH: 'true',
    },
  }
}
