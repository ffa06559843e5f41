import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CliRecording, OpenOptions, RecordedSession } from '../cli-recording.ts'
import { RpcCaller } from '../json-rpc.ts'
import type { ProcessCommand, RecordedProcess } from '../recorded-process.ts'
import type { Site } from '../site.ts'

export const codex: CliRecording = {
  name: 'codex',
  // It wants the folder to be there.
  prepare: ({ home }) => mkdirSync(join(home, '.codex')),
  oneShot: (site, access, session) =>
    command(site, [
      'exec',
      ...(session === undefined ? [] : ['resume']),
      ...['--json', '--disable', 'plugins'],
      // Resuming takes the sandbox only as a setting.
      ...['-c', `sandbox_mode="${access === 'write' ? 'workspace-write' : 'read-only'}"`],
      ...['-c', 'sandbox_workspace_write.exclude_slash_tmp=true'],
      ...['-c', 'sandbox_workspace_write.exclude_tmpdir_env_var=true'],
      ...settings(site),
      ...(session === undefined ? [] : [session]),
      '-',
    ]),
  sessionIn: (output) => /"thread_id":"([^"]+)"/.exec(output)?.[1],
  longRunning: {
    mode: 'app-server',
    command: (site) => command(site, ['app-server', '--disable', 'plugins', ...settings(site)]),
    open,
  },
}

function settings({ model }: Site): readonly string[] {
  const provider = [
    'name="mock"',
    `base_url="${model.url}/v1"`,
    'env_key="MOCK_KEY"',
    'wire_api="responses"',
    'request_max_retries=1',
    'stream_max_retries=1',
  ].join(',')
  return [
    ...['-c', 'model_provider=mock'],
    ...['-c', 'model=gpt-5.5'],
    ...['-c', `model_providers.mock={${provider}}`],
    ...['-c', 'check_for_update_on_startup=false'],
    ...['-c', 'analytics.enabled=false'],
  ]
}

function command({ cli, cwd, env, home }: Site, args: readonly string[]): ProcessCommand {
  return {
    program: cli.program,
    args,
    cwd,
    env: { ...env, MOCK_KEY: 'dummy', CODEX_HOME: join(home, '.codex') },
  }
}

async function open(
  process: RecordedProcess,
  { site, access, decision }: OpenOptions,
): Promise<RecordedSession> {
  const rpc = new RpcCaller(process, () => ({
    result: { decision: decision === 'allow' ? 'accept' : 'decline' },
  }))
  await rpc.request('initialize', { clientInfo: { name: 'ws', version: '0.0.0' }, capabilities: null })
  rpc.notify('initialized')
  const started = await rpc.request('thread/start', {
    cwd: site.cwd,
    model: 'gpt-5.5',
    approvalPolicy: access === 'write' ? 'never' : 'on-request',
    sandbox: access === 'write' ? 'workspace-write' : 'read-only',
  })
  const threadId = idIn(started.result?.['thread'])
  let turnId = ''
  return {
    async prompt(text) {
      const input = [{ type: 'text', text, text_elements: [] }]
      const turn = await rpc.request('turn/start', { threadId, input })
      turnId = idIn(turn.result?.['turn'])
      await rpc.next(({ method }) => method === 'turn/completed')
    },
    interrupt: () => void rpc.ask('turn/interrupt', { threadId, turnId }),
    close: () => process.closeInput(),
  }
}

function idIn(value: unknown): string {
  const { id } = value as { id?: unknown }
  if (typeof id !== 'string') throw new Error(`no id in ${JSON.stringify(value)}`)
  return id
}
