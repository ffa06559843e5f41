import { expect, test } from 'vitest'
import type { LaunchRequest, ToolSession } from '../../src/adapter/tool-adapter.ts'
import { toolAdapter } from '../../src/adapters/adapter-spec.ts'
import { builtInAdapter } from '../../src/adapters/built-in.ts'
import { ScriptedWire, settle } from '../scripted-wire.ts'

async function open(
  tool: string,
  request: Partial<LaunchRequest> = {},
): Promise<[ScriptedWire, ToolSession]> {
  const wire = new ScriptedWire()
  const adapter = toolAdapter(builtInAdapter(tool)!)
  const connection = adapter.connect(wire, { mode: 'one-shot', cwd: '/w', permission: 'edit', ...request })
  const answer = await connection.openSession({ cwd: '/w' })
  if (!answer.isOpen) throw new Error('not open')
  return [wire, answer.session]
}

const completed = {
  type: 'turn.completed',
  usage: { input_tokens: 5, output_tokens: 1, cached_input_tokens: 0 },
}

test('writes the prompt as it is, and ends the input', async () => {
  const [wire, session] = await open('codex')
  const ended = session.prompt('do "this"\nand that')
  expect(wire.written).toBe('do "this"\nand that')
  expect(wire.isEnded).toBe(true)
  wire.sayJson(completed)
  expect(await ended).toMatchObject({ outcome: 'completed' })
})

test('ends with the message that ends the turn, though the process hangs after it', async () => {
  const [wire, session] = await open('codex')
  const ended = session.prompt('go')
  wire.sayJson({ type: 'thread.started', thread_id: 't1' }, completed)
  expect(await ended).toMatchObject({ outcome: 'completed', sessionId: 't1', raw: completed })
})

test('a second prompt is refused at once: the process has had its turn', async () => {
  const [, session] = await open('codex')
  void session.prompt('one')
  expect(() => session.prompt('two')).toThrow(expect.objectContaining({ code: 'WS_TOOL_BUSY' }))
})

test.each([
  ['0 before the end of the turn is lost', { exitCode: 0 }, { outcome: 'lost' }],
  [
    '1 is an exit',
    { exitCode: 1, errorTail: 'odd' },
    { outcome: 'failed', failure: { reason: 'exited', exitCode: 1, tail: 'odd' } },
  ],
  [
    '1 with a reason on standard error has that reason',
    { exitCode: 1, errorTail: 'Error: not logged in' },
    { failure: { reason: 'auth' } },
  ],
  ['143 is the end by a signal', { exitCode: 143 }, { outcome: 'lost' }],
  [
    'none, but a signal, is lost',
    { exitCode: null, signal: 'SIGKILL' },
    { outcome: 'lost', exit: { signal: 'SIGKILL' } },
  ],
])('exit code %s', async (_what, exit, end) => {
  const [wire, session] = await open('codex')
  const ended = session.prompt('go')
  wire.exit(exit)
  expect(await ended).toMatchObject(end)
})

test('an error that was said goes before the exit code', async () => {
  const [wire, session] = await open('codex')
  const ended = session.prompt('go')
  wire.sayJson({ type: 'error', message: 'stream error: 401 Unauthorized' })
  wire.exit({ exitCode: 1 })
  expect(await ended).toMatchObject({ failure: { reason: 'auth' } })
})

test('a tool without a last line ends with its exit', async () => {
  const [wire, session] = await open('opencode')
  const ended = session.prompt('go')
  wire.sayJson({ type: 'text', sessionID: 's', part: { text: 'hi' } })
  await settle()
  wire.exit()
  expect(await ended).toMatchObject({ outcome: 'completed', text: 'hi', sessionId: 's' })
})

test('a prompt to a process that is gone is answered all the same', async () => {
  const [wire, session] = await open('codex')
  wire.exit({ exitCode: 2, errorTail: 'error: unexpected argument' })
  await settle()
  expect(await session.prompt('go')).toMatchObject({ failure: { reason: 'exited', exitCode: 2 } })
})

test('a process that was told to end is interrupted, whatever it says then', async () => {
  const [wire, session] = await open('copilot')
  const ended = session.prompt('go')
  session.interrupt()
  wire.sayJson({ type: 'result', exitCode: 0 })
  expect(await ended).toMatchObject({ outcome: 'interrupted' })
})

test('gemini in a folder that it does not trust is a fault of the surroundings', async () => {
  const [wire, session] = await open('gemini')
  const ended = session.prompt('go')
  wire.exit({ exitCode: 55, errorTail: 'not running in a trusted directory' })
  expect(await ended).toMatchObject({ failure: { reason: 'infrastructure' } })
})

test('what is said before the prompt is noise', async () => {
  const noise: string[] = []
  const wire = new ScriptedWire()
  const request = { mode: 'one-shot', cwd: '/w', permission: 'edit' } as const
  toolAdapter(builtInAdapter('codex')!).connect(wire, request, { onNoise: (text) => noise.push(text) })
  wire.say('Welcome!\n')
  await settle()
  expect(noise).toEqual(['Welcome!'])
  wire.exit()
})

test('another directory than the process has is a mistake of the caller', async () => {
  const wire = new ScriptedWire()
  const request = { mode: 'one-shot', cwd: '/w', permission: 'edit' } as const
  const connection = toolAdapter(builtInAdapter('codex')!).connect(wire, request)
  await expect(connection.openSession({ cwd: '/elsewhere' })).rejects.toMatchObject({
    code: 'WS_TOOL_SESSION',
  })
  wire.exit()
})

test('cursor is read as its documentation says', async () => {
  const [wire, session] = await open('cursor-agent')
  const ended = session.prompt('go')
  const write = { writeToolCall: { args: { path: '/w/a.ts' } } }
  wire.sayJson(
    { type: 'system', subtype: 'init', session_id: 's1', model: 'auto' },
    { type: 'tool_call', subtype: 'started', call_id: '1', tool_call: write },
    { type: 'tool_call', subtype: 'completed', call_id: '1', tool_call: write },
    { type: 'assistant', message: { content: [{ type: 'text', text: 'Done.' }] }, session_id: 's1' },
    { type: 'result', subtype: 'success', is_error: false, result: 'Done.', session_id: 's1' },
  )
  expect(await ended).toMatchObject({
    outcome: 'completed',
    text: 'Done.',
    files: ['/w/a.ts'],
    sessionId: 's1',
    usage: { basis: 'unknown' },
  })
})
