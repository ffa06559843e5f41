import { withReset, type AgentFailure } from '../agent-failure.ts'
import type { AgentProcess } from '../agent-process.ts'
import type { AgentEdit, AgentVoice } from '../agent-voice.ts'

const model = 'mock-model'

/** `copilot --output-format json`: events of the session, and a `result` that knows no tokens. */
export function copilotOnce(agent: AgentProcess, prompt: string): AgentVoice {
  const { port } = agent
  const [interactionId, messageId] = [agent.id(), agent.id()]
  const toolCallId = `call_${agent.id()}`
  const written: string[] = []
  let parentId = agent.id()
  let calls = 0
  /** Each event names the one before it; those that are not kept are nobody's parent. */
  const event = (type: string, data: object, { isKept = true } = {}): void => {
    const id = agent.id()
    const more = isKept ? {} : { ephemeral: true }
    port.json({ type, data, ...more, id, timestamp: new Date().toISOString(), parentId })
    if (isKept) parentId = id
  }
  const passing = (type: string, data: object): void => event(type, data, { isKept: false })
  const turnId = (): string => String(calls)

  const startCall = (): void => {
    event('assistant.turn_start', { turnId: turnId(), interactionId })
    passing('model.call_start', { turnId: turnId(), model })
  }
  const call = (content: string, toolRequests: readonly object[]): void => {
    startCall()
    passing('model.call_finished', {
      turnId: turnId(),
      dispatchDurationMs: 0,
      outcome: 'success',
      editClassifierVersion: 1,
      interactionId,
      containsBuiltInFileEditRequest: toolRequests.length > 0,
    })
    const more = { interactionId, turnId: turnId(), rte: false, apiCallId: agent.id() }
    const head = { messageId: agent.id(), originatingMessageId: messageId, model }
    event('assistant.message', { ...head, content, toolRequests, ...more })
  }
  const endCall = (): void => {
    event('assistant.turn_end', { turnId: turnId() })
    calls += 1
  }
  const finish = (exitCode: number): number => {
    passing('assistant.idle', {})
    const codeChanges = { linesAdded: written.length, linesRemoved: 0, filesModified: written }
    const usage = { premiumRequests: 0, totalApiDurationMs: 0, sessionDurationMs: 0, codeChanges }
    const timestamp = new Date().toISOString()
    port.last({ type: 'result', timestamp, sessionId: agent.id(), exitCode, usage })
    return exitCode
  }

  return {
    begin() {
      passing('session.skills_loaded', { skills: [skill] })
      passing('session.mcp_servers_loaded', { servers: [] })
      passing('session.tools_updated', { model })
      event('user.message', {
        content: prompt,
        transformedContent: prompt,
        messageId,
        supportedNativeDocumentMimeTypes: [],
        delivery: 'idle',
        interactionId,
        turnId: turnId(),
        parentAgentTaskId: agent.id(),
      })
    },
    propose({ path, content }) {
      const args = { path, file_text: content }
      const request = { toolCallId, name: 'create', arguments: args, type: 'function' }
      const words = { intentionSummary: `create a new file at ${path}.`, toolTitle: 'Creating file' }
      call('', [{ ...request, ...words }])
      const more = { turnId: turnId(), model, toolTitle: 'Creating file' }
      event('tool.execution_start', { toolCallId, toolName: 'create', arguments: args, ...more })
      passing('model.call_final_result', { model, isByok: true, result: 'success' })
    },
    settle(edit, isGranted) {
      if (isGranted) {
        written.push(edit.path)
        passing('session.info', { infoType: 'file_created', message: edit.path })
      }
      const head = { toolCallId, model, interactionId, turnId: turnId(), rte: false }
      event('tool.execution_complete', { ...head, ...(isGranted ? done(edit) : denied) })
      endCall()
    },
    say(text) {
      call(text, [])
      passing('model.call_final_result', { model, isByok: true, result: 'success' })
      endCall()
    },
    end: () => finish(0),
    refuse(failure) {
      const { status, message, code } = failure
      startCall()
      const errorMessage = JSON.stringify({ message, type: code, param: null, code: null })
      passing('model.call_failure', {
        model,
        statusCode: status,
        durationMs: 0,
        failureKind: 'api',
        errorMessage,
      })
      const more = { editClassifierVersion: 1, interactionId }
      passing('model.call_finished', { turnId: turnId(), dispatchDurationMs: 0, outcome: 'error', ...more })
      const result = status === 429 ? 'http_429' : `http_${Math.floor(status / 100)}xx`
      passing('model.call_final_result', { model, isByok: true, result })
      endCall()
      const errorType = {
        'api-error': 'query',
        auth: 'authentication',
        overloaded: 'query',
        quota: 'rate_limit',
      }
      event('session.error', {
        errorType: errorType[failure.kind],
        message: copilotMessage(failure),
        statusCode: status,
        originatingMessageId: messageId,
      })
      return finish(1)
    },
  }
}

/** What copilot says when its model cannot be used. */
export function copilotMessage(failure: AgentFailure): string {
  const { kind, status } = failure
  if (kind === 'api-error') return `${status} ${withReset(failure)}`
  if (kind === 'auth')
    return 'Authentication failed with provider at http://127.0.0.1/v1 (HTTP 401).\n  Check your COPILOT_PROVIDER_API_KEY.'
  return `Failed to get response from the AI model; retried 5 times (total retry wait time: 60.00 seconds) Last error: ${status} ${withReset(failure)}`
}

const skill = {
  name: 'none',
  commandName: 'none',
  description: 'A skill that is not there.',
  source: 'builtin',
  userInvocable: false,
  enabled: true,
  path: '/nonexistent/SKILL.md',
}

const inputs = {
  command: 'create',
  options: '{"truncateBasedOn":"tokenCount","truncateStyle":"middle"}',
  inputs: '["path","file_text","command"]',
  resolvedPathAgainstCwd: 'false',
  fileExtension: '[".txt"]',
}

function done({ path, content, before }: AgentEdit): object {
  return {
    fileEdits: [{ path, kind: before === undefined ? 'create' : 'update' }],
    success: true,
    result: {
      content: `Created file ${path} with ${content.length} characters`,
      detailedContent: `\ndiff --git a${path} b${path}\n`,
    },
    toolTelemetry: {
      properties: { ...inputs, codeBlocks: '[]', languageId: '["text"]' },
      restrictedProperties: { filePaths: JSON.stringify([path]) },
      metrics: {
        resultLength: 87,
        resultForLlmLength: 87,
        linesAdded: 1,
        linesRemoved: 0,
        context_token_limit: 128_000,
        context_current_tokens: 10_000,
        large_output_threshold_bytes: 20_480,
        result_token_count: 25,
      },
    },
  }
}

const denied = {
  success: false,
  error: {
    message: 'Permission denied because no interactive user response was available.',
    code: 'denied',
  },
  toolTelemetry: { properties: inputs, restrictedProperties: {}, metrics: { resultLength: 1 } },
}
