import { expect, test } from 'vitest'
import type { Connection, Permission, ToolSession } from '../../../src/adapter/tool-adapter.ts'
import { acpAgent } from '../../../src/adapters/acp-agent.ts'
import { type AcpSpec, acpUsage } from '../../../src/protocols/acp/acp-spec.ts'
import { selectNumber, selectText } from '../../../src/message/select.ts'
import { ScriptedWire, settle } from '../../scripted-wire.ts'

function connect(spec: AcpSpec = {}, permission: Permission = 'edit'): [ScriptedWire, Connection] {
  const wire = new ScriptedWire()
  const adapter = acpAgent({ tool: 'agent', command: 'agent', spec })
  return [wire, adapter.connect(wire, { mode: 'long-running', cwd: '/w', permission })]
}

async function answer(wire: ScriptedWire, method: string, reply: object): Promise<void> {
  await wire.until(({ messages }) => messages.some((message) => selectText(message, 'method') === method))
  const request = wire.messages.findLast((message) => selectText(message, 'method') === method)
  wire.sayJson({ jsonrpc: '2.0', id: selectNumber(request, 'id'), ...reply })
  await settle(1)
}

const hello = { result: { protocolVersion: 1, agentInfo: { version: '9.9' } } }

async function open(
  spec: AcpSpec = {},
  permission: Permission = 'edit',
): Promise<[ScriptedWire, ToolSession]> {
  const [wire, connection] = connect(spec, permission)
  await answer(wire, 'initialize', hello)
  const opening = connection.openSession({ cwd: '/w' })
  await answer(wire, 'session/new', { result: { sessionId: 's1' } })
  const opened = await opening
  if (!opened.isOpen) throw new Error('not open')
  return [wire, opened.session]
}

const update = (fields: object, sessionId = 's1') => ({
  jsonrpc: '2.0',
  method: 'session/update',
  params: { sessionId, update: fields },
})

const chunk = (text: string, sessionId = 's1') =>
  update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } }, sessionId)

test('hears every update that stands before the answer to its prompt, in one piece with it', async () => {
  const [wire, session] = await open()
  const ended = session.prompt('go')
  await wire.until(({ written }) => written.includes('session/prompt'))
  const id = selectNumber(wire.messages.at(-1), 'id')
  wire.sayJson(...Array.from({ length: 50 }, (_, index) => chunk(`${index} `)), {
    jsonrpc: '2.0',
    id,
    result: { stopReason: 'end_turn', usage: { inputTokens: 7, outputTokens: 2 } },
  })
  expect(await ended).toMatchObject({
    outcome: 'completed',
    text: Array.from({ length: 50 }, (_, index) => `${index} `).join(''),
    usage: { inputTokens: 7, outputTokens: 2 },
  })
})

test.each([
  ['end_turn', { outcome: 'completed' }],
  ['cancelled', { failure: { reason: 'crashed', detail: 'the agent cancelled the turn by itself' } }],
  ['max_tokens', { failure: { reason: 'context-exceeded' } }],
  ['max_turn_requests', { failure: { reason: 'refused' } }],
  ['refusal', { failure: { reason: 'refused' } }],
  ['something new', { failure: { reason: 'protocol' } }],
])('the stop reason "%s"', async (stopReason, end) => {
  const [wire, session] = await open()
  const ended = session.prompt('go')
  await answer(wire, 'session/prompt', { result: { stopReason } })
  expect(await ended).toMatchObject(end)
})

test('an error that comes as an answer in order is one, where the agent is known for that', async () => {
  const [wire, session] = await open({ errorText: '^Error: ' })
  const ended = session.prompt('go')
  await wire.until(({ written }) => written.includes('session/prompt'))
  wire.sayJson(chunk('Error: 429 Too Many Requests'))
  await answer(wire, 'session/prompt', { result: { stopReason: 'end_turn' } })
  expect(await ended).toMatchObject({ failure: { reason: 'rate-limited' } })
})

test('an error that only an update hints at is one, where the agent is known for that', async () => {
  const [wire, session] = await open({
    updateRules: [
      {
        when: { '_meta.codex.threadStatus.type': 'systemError' },
        error: { says: 'the thread is in error' },
      },
    ],
  })
  const ended = session.prompt('go')
  await wire.until(({ written }) => written.includes('session/prompt'))
  wire.sayJson(
    update({
      sessionUpdate: 'session_info_update',
      _meta: { codex: { threadStatus: { type: 'systemError' } } },
    }),
  )
  await answer(wire, 'session/prompt', { result: { stopReason: 'end_turn' } })
  expect(await ended).toMatchObject({ failure: { reason: 'crashed', detail: 'the thread is in error' } })
})

test('a prompt that was cancelled is interrupted', async () => {
  const [wire, session] = await open()
  const ended = session.prompt('go')
  await wire.until(({ written }) => written.includes('session/prompt'))
  session.interrupt()
  await answer(wire, 'session/prompt', { result: { stopReason: 'cancelled' } })
  expect(await ended).toMatchObject({ outcome: 'interrupted' })
})

test('an error as the answer to a cancelled prompt is the interruption', async () => {
  const [wire, session] = await open()
  const ended = session.prompt('go')
  await wire.until(({ written }) => written.includes('session/prompt'))
  session.interrupt()
  await wire.until(({ written }) => written.includes('session/cancel'))
  await answer(wire, 'session/prompt', { error: { code: -32_603, message: 'aborted' } })
  expect(await ended).toMatchObject({ outcome: 'interrupted' })
})

test('history that is told again while a session is loaded is not heard; what it had cost is', async () => {
  const [wire, connection] = connect()
  await answer(wire, 'initialize', {
    result: { protocolVersion: 1, agentCapabilities: { loadSession: true } },
  })
  const opening = connection.openSession({ cwd: '/w', sessionId: 'old' })
  await wire.until(({ written }) => written.includes('session/load'))
  const cost = (amount: number) =>
    update({ sessionUpdate: 'usage_update', cost: { amount, currency: 'USD' } }, 'old')
  wire.sayJson(chunk('history', 'old'), cost(2))
  await answer(wire, 'session/load', { result: {} })
  const opened = await opening
  if (!opened.isOpen) throw new Error('not open')
  const ended = opened.session.prompt('go')
  await wire.until(({ written }) => written.includes('session/prompt'))
  wire.sayJson(chunk('new', 'old'), cost(2.5))
  await answer(wire, 'session/prompt', { result: { stopReason: 'end_turn' } })
  expect(await ended).toMatchObject({ text: 'new', usage: { costUsd: 0.5, basis: 'reported' } })
})

test('a session is taken up by "resume" where that is offered, and not at all where loading is broken', async () => {
  const [wire, connection] = connect()
  await answer(wire, 'initialize', {
    result: {
      protocolVersion: 1,
      agentCapabilities: { loadSession: true, sessionCapabilities: { resume: {} } },
    },
  })
  const opening = connection.openSession({ cwd: '/w', sessionId: 'old' })
  await answer(wire, 'session/resume', { result: {} })
  expect(await opening).toMatchObject({ isOpen: true })

  const [other, broken] = connect({ isLoadBroken: true })
  await answer(other, 'initialize', {
    result: { protocolVersion: 1, agentCapabilities: { loadSession: true } },
  })
  expect(await broken.openSession({ cwd: '/w', sessionId: 'old' })).toMatchObject({
    isOpen: false,
    failure: { reason: 'protocol' },
  })
})

test('the totals of an agent that counts anew in each process are those of this process', async () => {
  const [wire, connection] = connect({ countsAnew: true, responseRules: acpUsage('session-total') })
  await answer(wire, 'initialize', {
    result: { protocolVersion: 1, agentCapabilities: { loadSession: true } },
  })
  const usedBefore = { inputTokens: 1_000, outputTokens: 20, cachedTokens: 0, costUsd: 0 }
  const opening = connection.openSession({ cwd: '/w', sessionId: 'old', usedBefore })
  await answer(wire, 'session/load', { result: {} })
  const opened = await opening
  if (!opened.isOpen) throw new Error('not open')
  const ended = opened.session.prompt('go')
  const usage = { inputTokens: 1_500, outputTokens: 40 }
  await answer(wire, 'session/prompt', { result: { stopReason: 'end_turn', usage } })
  expect((await ended).usage).toMatchObject(usage)
})

test.each([
  ['can load', { loadSession: true }, {}, 's1'],
  ['can resume', { sessionCapabilities: { resume: {} } }, {}, 's1'],
  ['says nothing of that', {}, {}, undefined],
  ['loses what it loads', { loadSession: true }, { isLoadBroken: true }, undefined],
])(
  'a turn names its session for another process to take up, where the agent %s',
  async (_, agentCapabilities, spec, sessionId) => {
    const [wire, connection] = connect(spec)
    await answer(wire, 'initialize', { result: { protocolVersion: 1, agentCapabilities } })
    const opening = connection.openSession({ cwd: '/w' })
    await answer(wire, 'session/new', { result: { sessionId: 's1' } })
    const opened = await opening
    if (!opened.isOpen) throw new Error('not open')
    const ended = opened.session.prompt('go')
    await answer(wire, 'session/prompt', { result: { stopReason: 'end_turn' } })
    expect((await ended).sessionId).toBe(sessionId)
    expect(opened.session.id).toBe('s1')
  },
)

test('an error whose code is a status of the service is judged by it', async () => {
  const [wire, session] = await open()
  const ended = session.prompt('go')
  await answer(wire, 'session/prompt', { error: { code: 503, message: 'not now' } })
  expect(await ended).toMatchObject({ failure: { reason: 'overloaded' } })
})

test('sets the mode that stands for what it may do, where it is offered and not set', async () => {
  const [wire, connection] = connect({ modes: { edit: 'auto' } })
  await answer(wire, 'initialize', hello)
  const opening = connection.openSession({ cwd: '/w' })
  const modes = { currentModeId: 'ask', availableModes: [{ id: 'ask' }, { id: 'auto' }] }
  await answer(wire, 'session/new', { result: { sessionId: 's1', modes } })
  await answer(wire, 'session/set_mode', { result: {} })
  expect(await opening).toMatchObject({ isOpen: true })
  expect(wire.messages.at(-1)).toMatchObject({
    method: 'session/set_mode',
    params: { sessionId: 's1', modeId: 'auto' },
  })
})

test('asks about the files that a request names, and chooses the answer that is meant once', async () => {
  const [wire, session] = await open()
  const ended = session.prompt('go', {
    decide: ({ paths }) =>
      paths.includes('/w/a.ts') ? { isAllowed: true } : { isAllowed: false, because: 'no' },
  })
  await wire.until(({ written }) => written.includes('session/prompt'))
  const options = [
    { optionId: 'all', kind: 'allow_always' },
    { optionId: 'yes', kind: 'allow_once' },
    { optionId: 'no', kind: 'reject_once' },
  ]
  const ask = (id: number, path: string) => ({
    jsonrpc: '2.0',
    id,
    method: 'session/request_permission',
    params: {
      sessionId: 's1',
      options,
      toolCall: { toolCallId: 't', kind: 'edit', content: [{ type: 'diff', path }] },
    },
  })
  wire.sayJson(ask(100, '/w/a.ts'), ask(101, '/etc/passwd'))
  await settle()
  expect(wire.messages.slice(-2)).toEqual([
    { jsonrpc: '2.0', id: 100, result: { outcome: { outcome: 'selected', optionId: 'yes' } } },
    { jsonrpc: '2.0', id: 101, result: { outcome: { outcome: 'selected', optionId: 'no' } } },
  ])
  await answer(wire, 'session/prompt', { result: { stopReason: 'end_turn' } })
  expect((await ended).denied).toMatchObject([{ kind: 'write', paths: ['/etc/passwd'] }])
})

test('another version of the protocol is not spoken', async () => {
  const [wire, connection] = connect()
  await answer(wire, 'initialize', { result: { protocolVersion: 2 } })
  expect(await connection.ready).toMatchObject({ isReady: false, failure: { reason: 'protocol' } })
})

test('a session that needs signing in says so', async () => {
  const [wire, connection] = connect()
  await answer(wire, 'initialize', hello)
  const opening = connection.openSession({ cwd: '/w' })
  await answer(wire, 'session/new', { error: { code: -32_000, message: 'Authentication required' } })
  expect(await opening).toMatchObject({ isOpen: false, failure: { reason: 'auth' } })
})

test('whatever waits is answered when the process goes', async () => {
  const [wire, session] = await open()
  const ended = session.prompt('go')
  await wire.until(({ written }) => written.includes('session/prompt'))
  wire.exit({ exitCode: 1 })
  expect(await ended).toMatchObject({ outcome: 'lost', exit: { exitCode: 1 } })
  expect(await session.prompt('again')).toMatchObject({ outcome: 'lost' })
  expect(await session.reset()).toBe(false)
})

test('a process that goes before it has said anything says why it was never ready', async () => {
  const [wire, connection] = connect()
  wire.exit({ exitCode: 127, errorTail: 'agent: command not found' })
  expect(await connection.ready).toMatchObject({
    isReady: false,
    failure: { reason: 'exited', exitCode: 127 },
  })
})

test('forgets by a new session', async () => {
  const [wire, session] = await open()
  const reset = session.reset()
  await settle()
  await answer(wire, 'session/new', { result: { sessionId: 's2' } })
  expect(await reset).toBe(true)
  expect(session.id).toBe('s2')
})
