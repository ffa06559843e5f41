import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import {
  answerPrompt,
  echoTool,
  lineAdapter,
  type LineAdapter,
  LineSplitter,
  type LineWire,
  sayReady,
  startScriptedTool,
  takePrompt,
  takeRequest,
} from '../../src/index.ts'

/** What `adapter` starts, and the least of a wire to it. */
function open(adapter: LineAdapter, mode: 'long-running' | 'one-shot' = 'long-running') {
  const { commands, args, env } = adapter.launch({ mode, cwd: process.cwd() })
  const child = spawn(commands[0]!, args, { env: { PATH: process.env['PATH'], ...env } })
  child.stdin.on('error', () => {})
  const closed = once(child, 'close')
  const wire: LineWire = {
    output: child.stdout,
    write: async (bytes) => void child.stdin.write(bytes),
    end: () => child.stdin.end(),
    exited: closed.then(([exitCode, signal]) => ({ exitCode, signal, errorTail: '' })),
  }
  return { connection: adapter.connect(wire, { mode, cwd: process.cwd() }), closed, child }
}

async function sessionOf({ connection }: ReturnType<typeof open>, sessionId?: string) {
  const answer = await connection.openSession({ cwd: '/', ...(sessionId === undefined ? {} : { sessionId }) })
  if (!answer.isOpen) throw new Error(`not open: ${answer.failure.reason}`)
  return answer.session
}

describe('the echo tool', () => {
  test('answers every prompt with its own text', async () => {
    const opened = open(echoTool({ traits: { sessions: 'many' } }))
    expect(await opened.connection.ready).toEqual({ isReady: true, version: '1' })
    const session = await sessionOf(opened)
    for (const text of ['hello', 'é\n"', 'x'.repeat(300_000)])
      expect(await session.prompt(text)).toMatchObject({ outcome: 'completed', text })
    expect(await session.reset()).toBe(true)
    session.interrupt()
    await session.close()
    opened.connection.close()
    expect(await opened.closed).toEqual([0, null])
  })

  test('serves one prompt and ends', async () => {
    const opened = open(echoTool(), 'one-shot')
    const session = await sessionOf(opened)
    expect(await session.prompt('once')).toMatchObject({ outcome: 'completed', text: 'once' })
    expect(await opened.closed).toEqual([0, null])
  })
})

describe('the line protocol', () => {
  test('tells parts, usage, failure and interruption', async () => {
    const tool = await startScriptedTool()
    const opened = open(lineAdapter({ commands: [tool.command], args: tool.args, env: tool.env }))
    const running = await tool.next()
    await running.write('a banner\n')
    await sayReady(running, '2.1')
    expect(await opened.connection.ready).toEqual({ isReady: true, version: '2.1' })
    const session = await sessionOf(opened)
    const events: unknown[] = []
    const turn = session.prompt('do it', { onEvent: (event) => events.push(event) })
    expect(() => session.prompt('too')).toThrow('a turn in flight')
    const { id, text } = await takePrompt(running)
    expect(text).toBe('do it')
    await running.write(`{"part":${id},"text":"so"}\n{"spent":${id},"inputTokens":2,"outputTokens":3}\n`)
    session.interrupt()
    expect(await takeRequest(running)).toEqual({ interrupt: id })
    await answerPrompt(running, id, { isInterrupted: true })
    expect(await turn).toMatchObject({ outcome: 'interrupted', usage: { inputTokens: 2 } })
    expect(events.map((event) => (event as { type: string }).type)).toEqual(['text', 'usage'])

    const failing = session.prompt('again')
    await answerPrompt(running, (await takePrompt(running)).id, {
      failed: 'no',
      files: ['a'],
      inputTokens: 1,
      costUsd: 1,
    })
    expect(await failing).toMatchObject({
      outcome: 'failed',
      failure: { reason: 'refused', detail: 'no' },
      files: ['a'],
      usage: { inputTokens: 1, costUsd: 1 },
    })
    await tool.close()
    await opened.closed
  })

  test('loses a turn when its program is gone, and every later one', async () => {
    const tool = await startScriptedTool()
    const opened = open(lineAdapter({ commands: [tool.command], args: tool.args, env: tool.env }))
    const running = await tool.next()
    const session = await sessionOf(opened)
    const turn = session.prompt('x')
    await takePrompt(running)
    await running.exit(3)
    const lost = { outcome: 'lost', exit: { exitCode: 3 } }
    expect(await turn).toMatchObject(lost)
    expect(await session.prompt('y')).toMatchObject(lost)
    expect(await opened.connection.ready).toMatchObject({ isReady: false })
    expect(await opened.connection.openSession({ cwd: '/', sessionId: 'old' })).toMatchObject({
      isOpen: false,
    })
    await tool.close()
  })

  test('opens sessions by name, and hears when one is refused', async () => {
    const tool = await startScriptedTool()
    const opened = open(lineAdapter({ commands: [tool.command], args: tool.args, env: tool.env }))
    const running = await tool.next()
    const asked = opened.connection.openSession({ cwd: '/tmp', sessionId: 'old' })
    const request = await takeRequest(running)
    expect(request).toMatchObject({ session: 'old', resume: 'old', cwd: '/tmp' })
    await running.write(`{"done":${request?.open},"isRefused":true,"text":"gone"}\n`)
    expect(await asked).toEqual({ isOpen: false, failure: { reason: 'refused', detail: 'gone' } })
    const turn = sessionOf(opened).then((session) => session.prompt('x'))
    await expect(takeRequest(running)).resolves.toMatchObject({ text: 'x' })
    await tool.close()
    expect(await turn).toMatchObject({ outcome: 'lost' })
    expect((await opened.closed)[1]).toBe('SIGKILL')
  })

  test('puts characters together that were split between chunks', () => {
    const splitter = new LineSplitter()
    const bytes = Buffer.from('é\nab\n\nc')
    const lines = [...bytes].flatMap((byte) => splitter.push(new Uint8Array([byte])))
    expect([...lines, ...splitter.push(bytes.subarray(0, 3))]).toEqual(['é', 'ab', '', 'cé'])
  })
})
