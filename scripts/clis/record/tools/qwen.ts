import type { CliRecording } from '../cli-recording.ts'
import { openAcp } from '../open-acp.ts'
import type { ProcessCommand } from '../recorded-process.ts'
import type { Access } from '../scenarios.ts'
import type { Site } from '../site.ts'

export const qwen: CliRecording = {
  name: 'qwen',
  // Where a quota is used up it tries again for longer than anybody waits, and says nothing.
  scenarios: (all) => all.filter(({ name }) => name !== 'quota-429'),
  oneShot: (site, access, session) =>
    command(site, access, [
      ...['-o', 'stream-json'],
      ...(session === undefined ? [] : ['--resume', session]),
    ]),
  sessionIn: (output) => /"session_id":"([^"]+)"/.exec(output)?.[1],
  longRunning: { mode: 'acp', command: (site, access) => command(site, access, ['--acp']), open: openAcp },
}

function command({ cli, cwd, env, model }: Site, access: Access, args: readonly string[]): ProcessCommand {
  return {
    program: cli.program,
    args: [...args, '--approval-mode', access === 'write' ? 'yolo' : 'default'],
    cwd,
    env: {
      ...env,
      OPENAI_API_KEY: 'dummy',
      OPENAI_BASE_URL: `${model.url}/v1`,
      OPENAI_MODEL: 'mock-model',
    },
  }
}
