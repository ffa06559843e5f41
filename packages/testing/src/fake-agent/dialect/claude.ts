import type { AgentProcess } from '../agent-process.ts'
import type { AgentVoice } from '../agent-voice.ts'
import { playTurn, type RunningTurn } from '../play-turn.ts'
import { TurnTally } from '../turn-tally.ts'
import { claudeWelcome } from './claude-messages.ts'
import { claudeVoice, type ClaudeAnswer, type ClaudeSession } from './claude-voice.ts'
import { contentText, objectOf, parseObject, textOf, type JsonObject } from './json-value.ts'

/** `claude -p --output-format stream-json`. */
export function claudeOnce(agent: AgentProcess): AgentVoice {
  obeySignals(agent)
  return claudeVoice(agent, { ...newSession(agent) })
}

/** `claude -p --input-format stream-json`: prompts are queued; control requests are answered at once. */
export async function speakClaude(agent: AgentProcess): Promise<number> {
  const { port } = agent
  obeySignals(agent)
  const waiting = new Map<string, (answer: ClaudeAnswer) => void>()
  const session: ClaudeSession = {
    ...newSession(agent),
    ask: (request) => {
      const request_id = agent.id()
      port.json({ type: 'control_request', request_id, request })
      return new Promise((resolve) => waiting.set(request_id, resolve))
    },
  }
  const tally = new TurnTally()
  let turns: Promise<unknown> = Promise.resolve()
  let running: RunningTurn | undefined

  for await (const line of agent.input.lines()) {
    if (line.trim() === '') continue
    const message = parseObject(line)
    if (message === undefined) {
      port.text(`Error parsing streaming input line: ${line}\n`, 'err')
      return agent.leave(1)
    }
    if (message['type'] === 'user') {
      const prompt = contentText(objectOf(message['message'])['content'])
      turns = turns.then(async () => {
        if (prompt === '/clear') return clear()
        running = playTurn(agent, { prompt, cwd: agent.cwd, voice: claudeVoice(agent, session), tally })
        await running.ended
      })
    } else if (message['type'] === 'control_request') control(message)
    else if (message['type'] === 'control_response') answered(objectOf(message['response']))
  }
  await turns
  return session.exitCode

  function control(message: JsonObject): void {
    const request_id = textOf(message['request_id'])
    const subtype = objectOf(message['request'])['subtype']
    const reply = (response: object): void => port.json({ type: 'control_response', response })
    if (subtype === 'initialize') port.json(claudeWelcome(request_id, session.permissionMode))
    else if (subtype === 'interrupt') {
      reply({ subtype: 'success', request_id, response: { still_queued: [] } })
      running?.interrupt()
    } else if (subtype === 'set_model' || subtype === 'set_permission_mode')
      reply({ subtype: 'success', request_id, response: {} })
    else reply({ subtype: 'error', request_id, error: `unsupported_request: ${String(subtype)}` })
  }

  function answered(response: JsonObject): void {
    const id = textOf(response['request_id'])
    const said = objectOf(response['response'])
    const message = textOf(said['message']) || textOf(response['error'])
    waiting.get(id)?.({ isAllowed: said['behavior'] === 'allow', message })
    waiting.delete(id)
  }

  /** A new session in the same process; its result has no text and no cost. */
  function clear(): void {
    session.id = agent.id()
    tally.session = { in: 0, out: 0, costUsd: 0 }
    tally.startTurn()
    const voice = claudeVoice(agent, session)
    voice.begin()
    voice.end(tally)
  }
}

function newSession(agent: AgentProcess): ClaudeSession {
  return {
    id: agent.valueOf('--session-id', '--resume', '-r') ?? agent.id(),
    permissionMode: agent.valueOf('--permission-mode') ?? 'default',
    results: 0,
    exitCode: 0,
  }
}

/** It handles its signals, and dies without a result. */
function obeySignals(agent: AgentProcess): void {
  agent.onSignal('SIGTERM', () => agent.leave(143))
  agent.onSignal('SIGINT', () => agent.leave(0))
}
