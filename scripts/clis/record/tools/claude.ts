import type { CliRecording, OpenOptions, RecordedSession } from '../cli-recording.ts'
import type { ProcessCommand, RecordedProcess } from '../recorded-process.ts'
import type { Site } from '../site.ts'

export const claude: CliRecording = {
  name: 'claude',
  oneShot: (site, access, session) =>
    command(site, [
      ...['-p', '--output-format', 'stream-json', '--verbose'],
      ...['--permission-mode', access === 'write' ? 'acceptEdits' : 'default'],
      ...['--model', 'claude-sonnet-4-5'],
      ...(session === undefined ? [] : ['--resume', session]),
    ]),
  sessionIn: (output) => /"session_id":"([^"]+)"/.exec(output)?.[1],
  longRunning: {
    mode: 'stream-json',
    command: (site, access) =>
      command(site, [
        ...['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
        ...['--permission-mode', access === 'write' ? 'acceptEdits' : 'default'],
        ...['--permission-prompt-tool', 'stdio'],
        ...['--model', 'claude-sonnet-4-5'],
      ]),
    open,
  },
}

function command({ cli, cwd, env, model }: Site, args: readonly string[]): ProcessCommand {
  return {
    program: cli.program,
    args,
    cwd,
    env: {
      ...env,
      ANTHROPIC_BASE_URL: model.url,
      ANTHROPIC_API_KEY: 'dummy',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
      CLAUDE_CODE_MAX_RETRIES: '1',
    },
  }
}

interface StreamMessage {
  readonly type: string
  readonly request_id?: string
  readonly request?: { readonly subtype: string; readonly input?: unknown }
}

async function open(process: RecordedProcess, { decision }: OpenOptions): Promise<RecordedSession> {
  let lastId = 0
  const control = (request: unknown) => {
    lastId += 1
    send({ type: 'control_request', request_id: `ws-${lastId}`, request })
  }
  const send = (message: unknown) => process.write(`${JSON.stringify(message)}\n`)
  const next = async (type: string) => {
    for (;;) {
      const message: StreamMessage = JSON.parse(await process.nextOutput((text) => text.startsWith('{')))
      if (message.type === 'control_request') {
        const response =
          decision === 'allow'
            ? { behavior: 'allow', updatedInput: message.request?.input }
            : { behavior: 'deny', message: 'not allowed here' }
        const answer = { subtype: 'success', request_id: message.request_id, response }
        send({ type: 'control_response', response: answer })
      }
      if (message.type === type) return
    }
  }
  control({ subtype: 'initialize', hooks: null })
  await next('control_response')
  return {
    async prompt(text) {
      send({ type: 'user', message: { role: 'user', content: [{ type: 'text', text }] } })
      await next('result')
    },
    interrupt: () => control({ subtype: 'interrupt' }),
    close: () => process.closeInput(),
  }
}
