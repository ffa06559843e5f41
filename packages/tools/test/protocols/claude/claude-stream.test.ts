import { expect, test } from 'vitest'
import type { Connection, LaunchRequest, ToolSession } from '../../../src/adapter/tool-adapter.ts'
import { toolAdapter } from '../../../src/adapters/adapter-spec.ts'
import { claude } from '../../../src/adapters/claude.ts'
import { ScriptedWire, settle } from '../../scripted-wire.ts'

function connect(request: Partial<LaunchRequest> = {}): [ScriptedWire, Connection] {
  const wire = new ScriptedWire()
  const whole: LaunchRequest = { mode: 'long-running', cwd: '/w', permission: 'edit', ...request }
  return [wire, toolAdapter(claude).connect(wire, whole)]
}

const ready = {
  type: 'control_response',
  response: {
    subtype: 'success',
    request_id: 'ws-1',
    response: { claude_code_version: '2.1.329', models: [{ value: 'opus' }, { value: 'haiku' }] },
  },
}

async function open(request: Partial<LaunchRequest> = {}): Promise<[ScriptedWire, ToolSession]> {
  const [wire, connection] = connect(request)
  wire.sayJson(ready)
  const answer = await connection.openSession({ cwd: '/w' })
  if (!answer.isOpen) throw new Error('not open')
  return [wire, answer.session]
}

function result(fields: object): object {
  return { type: 'result', subtype: 'success', is_error: false, session_id: 's1', result: 'ok', ...fields }
}

test('is ready with the answer to its first request', async () => {
  const [wire, connection] = connect()
  expect(wire.messages).toEqual([
    { type: 'control_request', request_id: 'ws-1', request: { subtype: 'initialize', hooks: null } },
  ])
  wire.sayJson(ready)
  expect(await connection.ready).toEqual({ isReady: true, version: '2.1.329', models: ['opus', 'haiku'] })
})

test.each([
  ['exits before', { exitCode: 1, errorTail: 'Invalid API key · Please run /login' }, 'auth'],
  ['is killed before', { exitCode: null, signal: 'SIGKILL' }, 'signalled'],
])('says why it never will be ready where it %s', async (_what, exit, reason) => {
  const [wire, connection] = connect()
  wire.exit(exit)
  expect(await connection.ready).toMatchObject({ isReady: false, failure: { reason } })
  expect(await connection.openSession({ cwd: '/w' })).toMatchObject({ isOpen: false, failure: { reason } })
})

test('says why it never will be ready where it refuses', async () => {
  const [wire, connection] = connect()
  wire.sayJson({
    type: 'control_response',
    response: { subtype: 'error', request_id: 'ws-1', error: 'too old' },
  })
  expect(await connection.ready).toMatchObject({ failure: { reason: 'protocol', detail: 'too old' } })
})

test('takes one turn at a time, and the next one after it', async () => {
  const [wire, session] = await open()
  const first = session.prompt('one')
  expect(() => session.prompt('two')).toThrow(expect.objectContaining({ code: 'WS_TOOL_BUSY' }))
  wire.sayJson(result({ result: 'first' }))
  expect((await first).text).toBe('first')
  const second = session.prompt('two')
  wire.sayJson(result({ result: 'second' }))
  expect((await second).text).toBe('second')
  expect(session.id).toBe('s1')
})

test('forgets with /clear, and counts money from 0 again', async () => {
  const [wire, session] = await open()
  const first = session.prompt('one')
  wire.sayJson(result({ total_cost_usd: 0.2 }))
  expect((await first).usage.costUsd).toBe(0.2)
  const cleared = session.reset()
  expect(() => session.prompt('too early')).toThrow(expect.objectContaining({ code: 'WS_TOOL_BUSY' }))
  expect(wire.messages.at(-1)).toMatchObject({ type: 'user', message: { content: [{ text: '/clear' }] } })
  wire.sayJson(result({ session_id: 's2', result: '', total_cost_usd: 0 }))
  expect(await cleared).toBe(true)
  expect(session.id).toBe('s2')
  const second = session.prompt('two')
  wire.sayJson(result({ session_id: 's2', total_cost_usd: 0.3 }))
  expect((await second).usage.costUsd).toBe(0.3)
})

test('a process that goes while it forgets has not forgotten', async () => {
  const [wire, session] = await open()
  const cleared = session.reset()
  wire.exit({ exitCode: 1 })
  expect(await cleared).toBe(false)
  expect(await session.reset()).toBe(false)
  expect(await session.prompt('go')).toMatchObject({ outcome: 'lost' })
})

test('a spent limit of money is told with what was spent', async () => {
  const [wire, session] = await open({ maxCostUsd: 0.5 })
  const ended = session.prompt('go')
  wire.sayJson(
    result({
      subtype: 'error_max_budget_usd',
      is_error: true,
      total_cost_usd: 3.015,
      result: undefined,
      errors: ['Reached maximum budget ($0.5)'],
    }),
  )
  expect(await ended).toMatchObject({
    outcome: 'failed',
    failure: { reason: 'over-reservation', spentUsd: 3.015, reservedUsd: 0.5 },
  })
})

test('an amount for a model of unknown price is an estimate', async () => {
  const [wire, session] = await open()
  const ended = session.prompt('go')
  const model_usage_since_last_result = {
    x: { inputTokens: 5, outputTokens: 1, costUSD: 0.1, costBasis: 'unknown' },
  }
  wire.sayJson(result({ model_usage_since_last_result }))
  expect((await ended).usage).toMatchObject({ inputTokens: 5, costUsd: 0.1, basis: 'estimated' })
})

test('what a helper of the agent says is no part of the answer', async () => {
  const [wire, session] = await open()
  const texts: string[] = []
  const ended = session.prompt('go', { onEvent: (event) => event.type === 'text' && texts.push(event.text) })
  const says = (text: string, parent: string | null) => ({
    type: 'assistant',
    parent_tool_use_id: parent,
    message: { id: 'm', content: [{ type: 'text', text }] },
  })
  wire.sayJson(says('inner', 't1'), says('outer', null), result({ result: 'outer' }))
  await ended
  expect(texts).toEqual(['outer'])
})

test('answers what it does not support, and forgets what was taken back', async () => {
  const [wire, session] = await open()
  const { promise, resolve } = Promise.withResolvers<{ isAllowed: true }>()
  const ended = session.prompt('go', { decide: () => promise })
  wire.sayJson(
    { type: 'control_request', request_id: 'q1', request: { subtype: 'hook_callback' } },
    {
      type: 'control_request',
      request_id: 'q2',
      request: { subtype: 'can_use_tool', tool_name: 'Bash', input: { command: 'ls' } },
    },
    { type: 'control_cancel_request', request_id: 'q2' },
  )
  await settle()
  resolve({ isAllowed: true })
  wire.sayJson(result({}))
  await ended
  await settle()
  const answers = wire.messages.filter((message) => JSON.stringify(message).includes('control_response'))
  expect(answers).toEqual([
    { type: 'control_response', response: { subtype: 'error', request_id: 'q1', error: 'not supported' } },
  ])
})

test('a line that is too long breaks the conversation, not the process of ours', async () => {
  const wire = new ScriptedWire()
  const setting = {
    tool: 'claude',
    options: {},
    failures: [],
    kinds: { write: [], command: [] },
    maxLineBytes: 200,
  }
  const request: LaunchRequest = { mode: 'long-running', cwd: '/w', permission: 'edit' }
  const connection = claude.protocols['long-running']!(wire, { ...setting, request })
  wire.sayJson({ ...ready, response: { subtype: 'success', request_id: 'ws-1', response: {} } })
  const answer = await connection.openSession({ cwd: '/w' })
  if (!answer.isOpen) throw new Error('not open')
  const ended = answer.session.prompt('go')
  wire.say(`${'x'.repeat(500)}\n`)
  wire.sayJson(result({}))
  expect(await ended).toMatchObject({ failure: { reason: 'protocol' } })
  expect(await answer.session.prompt('again')).toMatchObject({ failure: { reason: 'protocol' } })
  wire.exit()
})
