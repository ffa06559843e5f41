// A session of the Agent Client Protocol, version 1.
import type { OpenOptions, RecordedSession } from './cli-recording.ts'
import { RpcCaller, type RpcAnswer, type RpcMessage } from './json-rpc.ts'
import type { RecordedProcess } from './recorded-process.ts'

export async function openAcp(
  process: RecordedProcess,
  { site, decision }: OpenOptions,
): Promise<RecordedSession> {
  const rpc = new RpcCaller(process, (message) => answer(message, decision))
  await rpc.request('initialize', {
    protocolVersion: 1,
    clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
    clientInfo: { name: 'ws', version: '0.0.0' },
  })
  const opened = await rpc.request('session/new', { cwd: site.cwd, mcpServers: [] })
  const sessionId = opened.result?.['sessionId']
  if (typeof sessionId !== 'string') throw new Error(`no session: ${JSON.stringify(opened)}`)
  return {
    async prompt(text) {
      await rpc.request('session/prompt', { sessionId, prompt: [{ type: 'text', text }] })
    },
    interrupt: () => rpc.notify('session/cancel', { sessionId }),
    close: () => process.closeInput(),
  }
}

function answer({ method, params }: RpcMessage, decision: 'allow' | 'deny'): RpcAnswer {
  // One of them wants the client to write a file although the client has said that it does not.
  if (method !== 'session/request_permission')
    return { error: { code: -32601, message: `no method ${method} here` } }
  const options = params?.['options'] as readonly { optionId: string; kind: string }[]
  const kind = decision === 'allow' ? 'allow_once' : 'reject_once'
  const option = options.find((candidate) => candidate.kind === kind)
  const outcome =
    option === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', optionId: option.optionId }
  return { result: { outcome } }
}
