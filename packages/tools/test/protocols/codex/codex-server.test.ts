import { expect, test } from 'vitest'
import type { Connection, SessionOptions, ToolSession } from '../../../src/adapter/tool-adapter.ts'
import { toolAdapter } from '../../../src/adapters/adapter-spec.ts'
import { codex } from '../../../src/adapters/codex.ts'
import { selectNumber, selectText } from '../../../src/message/select.ts'
import { ScriptedWire, settle } from '../../scripted-wire.ts'

function connect(): [ScriptedWire, Connection] {
  const wire = new ScriptedWire()
  return [wire, toolAdapter(codex).connect(wire, { mode: 'long-running', cwd: '/w', permission: 'edit' })]
}

/** Answers the last request of ours. */
async function answer(wire: ScriptedWire, method: string, reply: object): Promise<void> {
  await wire.until(({ messages }) => messages.some((message) => selectText(message, 'method') === method))
  const request = wire.messages.findLast((message) => selectText(message, 'method') === method)
  wire.sayJson({ id: selectNumber(request, 'id'), ...reply })
  await settle(1)
}

async function open(
  wire: ScriptedWire,
  connection: Connection,
  options: Partial<SessionOptions> & { thread: string },
): Promise<ToolSession> {
  const opening = connection.openSession({ cwd: '/w', ...options })
  await answer(wire, options.sessionId === undefined ? 'thread/start' : 'thread/resume', {
    result: { thread: { id: options.thread } },
  })
  const opened = await opening
  if (!opened.isOpen) throw new Error('not open')
  return opened.session
}

const delta = (threadId: string, text: string) => ({
  method: 'item/agentMessage/delta',
  params: { threadId, delta: text },
})

const tokens = (threadId: string, inputTokens: number) => ({
  method: 'thread/tokenUsage/updated',
  params: { threadId, tokenUsage: { total: { inputTokens, outputTokens: 1, cachedInputTokens: 0 } } },
})

const completed = (threadId: string, turn: object = { status: 'completed' }) => ({
  method: 'turn/completed',
  params: { threadId, turn },
})

test('serves several threads at once, and mixes nothing up', async () => {
  const [wire, connection] = connect()
  await answer(wire, 'initialize', { result: { userAgent: 'ws/0.169.0 (Linux)' } })
  expect(await connection.ready).toEqual({ isReady: true, version: '0.169.0' })
  const a = await open(wire, connection, { thread: 'A', cwd: '/a' })
  const b = await open(wire, connection, { thread: 'B', cwd: '/b' })
  const ends = [a.prompt('one'), b.prompt('two')]
  wire.sayJson(
    delta('B', 'from b'),
    delta('A', 'from a'),
    delta('C', 'of a helper'),
    completed('B'),
    completed('A'),
  )
  expect((await Promise.all(ends)).map(({ text }) => text)).toEqual(['from a', 'from b'])
  expect(wire.messages.filter((message) => selectText(message, 'method') === 'thread/start')).toMatchObject([
    { params: { cwd: '/a', approvalPolicy: 'never', sandbox: 'workspace-write' } },
    { params: { cwd: '/b' } },
  ])
})

test('a thread that is taken up counts from what it says it had used', async () => {
  const [wire, connection] = connect()
  await answer(wire, 'initialize', { result: {} })
  const session = await open(wire, connection, { thread: 'A', sessionId: 'A' })
  wire.sayJson(tokens('A', 1_000))
  await settle()
  const ended = session.prompt('go')
  wire.sayJson(tokens('A', 1_500), completed('A'))
  expect((await ended).usage.inputTokens).toBe(500)
})

test('a turn names the thread that another process can take up, from its first moment on', async () => {
  const [wire, connection] = connect()
  await answer(wire, 'initialize', { result: {} })
  const session = await open(wire, connection, { thread: 'A' })
  const ended = session.prompt('go')
  wire.exit({ exitCode: null, signal: 'SIGKILL' })
  expect(await ended).toMatchObject({ outcome: 'lost', sessionId: 'A' })
})

test('forgets by a new thread in the same session', async () => {
  const [wire, connection] = connect()
  await answer(wire, 'initialize', { result: {} })
  const session = await open(wire, connection, { thread: 'A' })
  const first = session.prompt('one')
  wire.sayJson(tokens('A', 1_000), completed('A'))
  await first
  const reset = session.reset()
  await wire.until(
    ({ messages }) => messages.filter((each) => selectText(each, 'method') === 'thread/start').length === 2,
  )
  await answer(wire, 'thread/start', { result: { thread: { id: 'B' } } })
  expect(await reset).toBe(true)
  expect(session.id).toBe('B')
  const second = session.prompt('two')
  wire.sayJson(completed('A'), tokens('B', 1_200), completed('B'))
  expect((await second).usage.inputTokens).toBe(1_200)
})

test('an interrupt waits for the name of its turn', async () => {
  const [wire, connection] = connect()
  await answer(wire, 'initialize', { result: {} })
  const session = await open(wire, connection, { thread: 'A' })
  const ended = session.prompt('go')
  session.interrupt()
  expect(wire.written).not.toContain('turn/interrupt')
  await answer(wire, 'turn/start', { result: { turn: { id: 't1' } } })
  expect(wire.messages.at(-1)).toMatchObject({
    method: 'turn/interrupt',
    params: { threadId: 'A', turnId: 't1' },
  })
  wire.sayJson(completed('A', { id: 't1', status: 'interrupted' }))
  expect(await ended).toMatchObject({ outcome: 'interrupted' })
})

test('the end of a turn before this one is not its end', async () => {
  const [wire, connection] = connect()
  await answer(wire, 'initialize', { result: {} })
  const session = await open(wire, connection, { thread: 'A' })
  const ended = session.prompt('go')
  await answer(wire, 'turn/start', { result: { turn: { id: 't2' } } })
  wire.sayJson(
    completed('A', { id: 't1', status: 'interrupted' }),
    completed('A', { id: 't2', status: 'completed' }),
  )
  expect(await ended).toMatchObject({ outcome: 'completed' })
})

test.each([
  ['usageLimitExceeded', 'quota-exhausted'],
  ['unauthorized', 'auth'],
  ['contextWindowExceeded', 'context-exceeded'],
  ['serverOverloaded', 'overloaded'],
  ['sandboxError', 'infrastructure'],
  [{ httpConnectionFailed: { httpStatusCode: 401 } }, 'auth'],
  [{ responseStreamDisconnected: { httpStatusCode: null } }, 'crashed'],
])('a turn that failed with %j is %s', async (codexErrorInfo, reason) => {
  const [wire, connection] = connect()
  await answer(wire, 'initialize', { result: {} })
  const session = await open(wire, connection, { thread: 'A' })
  const ended = session.prompt('go')
  wire.sayJson(completed('A', { status: 'failed', error: { message: 'it went wrong', codexErrorInfo } }))
  expect(await ended).toMatchObject({ failure: { reason } })
})

test('says no to what it does not know, and to approvals of threads that nobody opened', async () => {
  const [wire, connection] = connect()
  await answer(wire, 'initialize', { result: {} })
  await connection.ready
  wire.sayJson(
    { id: 'x', method: 'item/tool/requestUserInput', params: {} },
    { id: 7, method: 'item/fileChange/requestApproval', params: { threadId: 'none' } },
  )
  await settle()
  expect(wire.messages.slice(-2)).toMatchObject([
    { id: 'x', error: { code: -32_601 } },
    { id: 7, error: { code: -32_601 } },
  ])
})

test('whatever waits is answered when the process goes', async () => {
  const [wire, connection] = connect()
  await answer(wire, 'initialize', { result: {} })
  const session = await open(wire, connection, { thread: 'A' })
  const opening = connection.openSession({ cwd: '/b' })
  const ended = session.prompt('go')
  await settle()
  wire.exit({ exitCode: 101, errorTail: 'thread main panicked' })
  expect(await ended).toMatchObject({ outcome: 'lost', exit: { exitCode: 101 } })
  expect(await opening).toMatchObject({ isOpen: false, failure: { reason: 'exited', exitCode: 101 } })
  expect(await session.prompt('again')).toMatchObject({ outcome: 'lost' })
  expect(await session.reset()).toBe(false)
})

test('a thread that cannot be opened says why', async () => {
  const [wire, connection] = connect()
  await answer(wire, 'initialize', { result: {} })
  const opening = connection.openSession({ cwd: '/w', sessionId: 'gone' })
  await answer(wire, 'thread/resume', {
    error: { code: -32_600, message: 'no rollout found for thread id gone' },
  })
  expect(await opening).toMatchObject({ isOpen: false, failure: { reason: 'protocol' } })
})
