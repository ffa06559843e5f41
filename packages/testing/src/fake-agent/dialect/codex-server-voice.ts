import { basename } from 'node:path'
import type { AgentFailure } from '../agent-failure.ts'
import type { AgentProcess } from '../agent-process.ts'
import type { AgentEdit, AgentVoice } from '../agent-voice.ts'
import type { TurnTally } from '../turn-tally.ts'
import { codexMessage } from './codex-exec.ts'
import { codexMessageItem, codexRateLimits, codexTokens, codexTurn } from './codex-messages.ts'
import { halves } from './json-value.ts'
import type { RpcServer } from './rpc-server.ts'

/** What a turn of the app server belongs to. */
export interface CodexTurnOptions {
  readonly rpc: RpcServer
  readonly threadId: string
  readonly turnId: string
  readonly prompt: string
}

/** One turn of `codex app-server`: items that start and complete, and `turn/completed` at last. */
export function codexServerVoice(agent: AgentProcess, options: CodexTurnOptions): AgentVoice {
  const { rpc, threadId, turnId, prompt } = options
  let message: object | undefined
  let diff = ''
  let fileItem = ''
  const send = (method: string, params: object): void =>
    rpc.notify(method, { threadId, ...params }, { emittedAtMs: Date.now() })
  const status = (fields: object): void => send('thread/status/changed', { status: fields })
  const started = (item: object): void =>
    rpc.notify(
      'item/started',
      { item, threadId, turnId, startedAtMs: Date.now() },
      { emittedAtMs: Date.now() },
    )
  const completed = (item: object): void => {
    const more = { contentTokenCount: null, completedAtMs: Date.now() }
    rpc.notify('item/completed', { item, threadId, turnId, ...more }, { emittedAtMs: Date.now() })
  }
  const spent = ({ last, session }: TurnTally): void => {
    const tokenUsage = { total: codexTokens(session), last: codexTokens(last), modelContextWindow: 258_400 }
    send('thread/tokenUsage/updated', { turnId, tokenUsage })
    rpc.notify('account/rateLimits/updated', { rateLimits: codexRateLimits }, { emittedAtMs: Date.now() })
    if (diff !== '') send('turn/diff/updated', { turnId, diff })
  }
  const over = (turn: object): void =>
    agent.port.last({
      method: 'turn/completed',
      params: { threadId, turn },
      emittedAtMs: Date.now(),
    })
  const change = ({ path, content, before }: AgentEdit, state: string): object => ({
    type: 'fileChange',
    id: fileItem,
    changes: [{ path, kind: { type: before === undefined ? 'add' : 'update' }, diff: content }],
    status: state,
    startedAtMs: Date.now(),
    completedAtMs: state === 'inProgress' ? null : Date.now(),
  })

  return {
    begin() {
      status({ type: 'active', activeFlags: [] })
      send('turn/started', { turn: codexTurn(turnId, 'inProgress') })
      const content = [{ type: 'text', text: prompt, text_elements: [] }]
      const item = { type: 'userMessage', id: agent.id(), clientId: null, content, startedAtMs: Date.now() }
      started({ ...item, completedAtMs: null })
      completed({ ...item, completedAtMs: Date.now() })
    },
    propose(edit) {
      fileItem = `call_${agent.id()}`
      started(change(edit, 'inProgress'))
    },
    async ask() {
      status({ type: 'active', activeFlags: ['waitingOnApproval'] })
      const about = { itemId: fileItem, startedAtMs: Date.now(), reason: null, grantRoot: null }
      const { id, answer } = rpc.ask('item/fileChange/requestApproval', { threadId, turnId, ...about })
      const { decision } = await answer
      send('serverRequest/resolved', { requestId: id })
      status({ type: 'active', activeFlags: [] })
      return decision === 'accept' || decision === 'acceptForSession'
    },
    settle(edit, isGranted, tally) {
      if (!isGranted)
        agent.port.text('ERROR codex_core::tools::router: error=patch rejected by user\n', 'err')
      completed(change(edit, isGranted ? 'completed' : 'declined'))
      if (isGranted) {
        diff += diffOf(edit)
        send('turn/diff/updated', { turnId, diff })
      }
      spent(tally)
    },
    say(text, tally) {
      const id = `msg_${agent.id()}`
      started(codexMessageItem(id, '', false))
      for (const delta of halves(text)) send('item/agentMessage/delta', { turnId, itemId: id, delta })
      message = codexMessageItem(id, text, true)
      completed(message)
      spent(tally)
    },
    end() {
      status({ type: 'idle' })
      over(codexTurn(turnId, 'completed', { items: message === undefined ? [] : [message] }))
      return 0
    },
    refuse(failure) {
      const error = errorOf(failure)
      if (failure.kind === 'auth' || failure.kind === 'overloaded') {
        const info = { responseStreamDisconnected: { httpStatusCode: failure.status } }
        const retrying = { message: 'Reconnecting... 1/1', codexErrorInfo: info }
        const details = { additionalDetails: error.message, misalignment: null }
        rpc.notify(
          'error',
          { error: { ...retrying, ...details }, willRetry: true, threadId, turnId },
          { emittedAtMs: Date.now() },
        )
      }
      status({ type: 'systemError' })
      rpc.notify('error', { error, willRetry: false, threadId, turnId }, { emittedAtMs: Date.now() })
      over(codexTurn(turnId, 'failed', { error }))
      return 0
    },
    interrupt() {
      status({ type: 'idle' })
      over(codexTurn(turnId, 'interrupted'))
    },
  }
}

function errorOf(failure: AgentFailure) {
  const info = {
    'api-error': 'other',
    auth: { httpConnectionFailed: { httpStatusCode: failure.status } },
    overloaded: { httpConnectionFailed: { httpStatusCode: failure.status } },
    quota: 'usageLimitExceeded',
  }
  const more = { additionalDetails: null, misalignment: null }
  return { message: codexMessage(failure), codexErrorInfo: info[failure.kind], ...more }
}

function diffOf({ path, content }: AgentEdit): string {
  const name = basename(path)
  const lines = content.split('\n').slice(0, -1)
  return `diff --git a/${name} b/${name}\n--- /dev/null\n+++ b/${name}\n@@ -0,0 +1 @@\n+${lines.join('\n+')}\n`
}
