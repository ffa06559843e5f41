import type { AgentProcess } from '../agent-process.ts'
import { playTurn, type RunningTurn } from '../play-turn.ts'
import { TurnTally } from '../turn-tally.ts'
import { codexThread, codexThreadSettings, codexTurn } from './codex-messages.ts'
import { codexServerVoice } from './codex-server-voice.ts'
import { contentText, parseObject, textOf, type JsonObject } from './json-value.ts'
import { RpcServer, type RpcCall } from './rpc-server.ts'

interface Thread {
  readonly cwd: string
  readonly tally: TurnTally
  running: (RunningTurn & { readonly turnId: string }) | undefined
}

/** `codex app-server`: many threads, each with its own directory. The end of its input ends it at once. */
export async function speakCodexServer(agent: AgentProcess): Promise<number> {
  const rpc = new RpcServer(agent.port, { saysVersion: false })
  const threads = new Map<string, Thread>()
  agent.onSignal('SIGTERM', () => agent.leave(0))

  for await (const line of agent.input.lines()) {
    const message = parseObject(line)
    const call = message === undefined ? undefined : rpc.hear(message)
    if (call !== undefined) answer(call)
  }
  return 0

  function answer({ id, method, params }: RpcCall): void {
    switch (method) {
      case 'initialize':
        return rpc.reply(id, {
          userAgent: 'ws/0.169.0 (fake) (ws; 0.0.0)',
          codexHome: '/nonexistent/.codex',
          platformFamily: 'unix',
          platformOs: 'linux',
        })
      case 'thread/start':
        return open(id, agent.id(), params)
      case 'thread/resume':
        if (agent.forgets)
          return rpc.reject(id, -32600, `no rollout found for thread id ${textOf(params['threadId'])}`)
        return open(id, textOf(params['threadId']), params)
      case 'turn/start':
        return start(id, textOf(params['threadId']), params)
      case 'turn/interrupt':
        rpc.reply(id, {})
        return threads.get(textOf(params['threadId']))?.running?.interrupt()
      default:
        if (id !== undefined) rpc.reject(id, -32600, `Invalid request: unknown variant \`${method}\``)
    }
  }

  function open(id: unknown, threadId: string, params: JsonObject): void {
    const cwd = textOf(params['cwd']) || agent.cwd
    threads.set(threadId, { cwd, tally: new TurnTally(), running: undefined })
    const thread = codexThread({ id: threadId, cwd })
    const emittedAtMs = Date.now()
    const summary = 'Codex could not find bubblewrap on PATH.'
    rpc.notify('configWarning', { summary, details: null }, { emittedAtMs })
    const status = { status: 'disabled', serverName: 'fake', installationId: agent.id(), environmentId: null }
    rpc.notify('remoteControl/status/changed', status, { emittedAtMs })
    const asked = { approvalPolicy: textOf(params['approvalPolicy']), sandbox: textOf(params['sandbox']) }
    rpc.reply(id, { thread, ...codexThreadSettings(cwd, asked) })
    rpc.notify('thread/started', { thread }, { emittedAtMs })
  }

  function start(id: unknown, threadId: string, params: JsonObject): void {
    const thread = threads.get(threadId)
    if (thread === undefined) return rpc.reject(id, -32600, `thread not found: ${threadId}`)
    // A second prompt steers the turn that is there instead of waiting for its end.
    const turnId = thread.running?.turnId ?? agent.id()
    rpc.reply(id, { turn: { ...codexTurn(turnId, 'inProgress'), startedAt: null } })
    if (thread.running !== undefined) return
    const prompt = contentText(params['input'])
    const voice = codexServerVoice(agent, { rpc, threadId, turnId, prompt })
    const cwd = textOf(params['cwd']) || thread.cwd
    const running = { ...playTurn(agent, { prompt, cwd, voice, tally: thread.tally }), turnId }
    thread.running = running
    // Only what follows its last message may start another.
    void running.ended.then(() => {
      if (thread.running === running) thread.running = undefined
    })
  }
}
