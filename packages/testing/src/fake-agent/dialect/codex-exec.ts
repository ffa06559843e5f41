import { spanOf, type AgentFailure } from '../agent-failure.ts'
import type { AgentProcess } from '../agent-process.ts'
import type { AgentVoice } from '../agent-voice.ts'

/** `codex exec --json`: threads, turns and items. Its usage is that of the thread. */
export function codexOnce(agent: AgentProcess): AgentVoice {
  const { port, argv } = agent
  const resumed = argv[argv.indexOf('resume') + 1]
  const threadId = argv.includes('resume') && resumed !== undefined ? resumed : agent.id()
  let items = 0

  return {
    begin() {
      port.json({ type: 'thread.started', thread_id: threadId })
      port.json({ type: 'turn.started' })
    },
    propose({ path, before }, _tally, asks) {
      if (asks) return
      port.json({ type: 'item.started', item: fileChange(`item_${items}`, path, before, 'in_progress') })
    },
    settle({ path, before }, isGranted) {
      if (isGranted)
        port.json({ type: 'item.completed', item: fileChange(`item_${items++}`, path, before, 'completed') })
      else
        port.text(
          'ERROR codex_core::tools::router: error=patch rejected: rejected by user approval settings\n',
          'err',
        )
    },
    say(text) {
      port.json({ type: 'item.completed', item: { id: `item_${items++}`, type: 'agent_message', text } })
    },
    end({ session }) {
      const usage = {
        input_tokens: session.in,
        cached_input_tokens: 0,
        cache_write_input_tokens: 0,
        output_tokens: session.out,
        reasoning_output_tokens: 0,
      }
      port.last({ type: 'turn.completed', usage })
      return 0
    },
    refuse(failure) {
      const message = codexMessage(failure)
      if (failure.kind === 'auth' || failure.kind === 'overloaded')
        port.json({ type: 'error', message: `Reconnecting... 1/1 (${message})` })
      port.json({ type: 'error', message })
      port.last({ type: 'turn.failed', error: { message } })
      return 1
    },
  }
}

/** What codex says when its model cannot be used. */
export function codexMessage({ kind, status, message, code, resetsInS }: AgentFailure): string {
  switch (kind) {
    case 'quota':
      return resetsInS === undefined
        ? 'Quota exceeded. Check your plan and billing details.'
        : `You've hit your usage limit. Try again in ${spanOf(resetsInS)}.`
    case 'api-error':
      return JSON.stringify({ error: { message, type: code, param: null, code: null } })
    case 'auth':
    case 'overloaded':
      return `unexpected status ${status} ${kind === 'auth' ? 'Unauthorized' : 'Service Unavailable'}: ${message}, url: http://127.0.0.1/v1/responses`
  }
}

function fileChange(id: string, path: string, before: string | undefined, status: string): object {
  return {
    id,
    type: 'file_change',
    changes: [{ path, kind: before === undefined ? 'add' : 'update' }],
    status,
  }
}
