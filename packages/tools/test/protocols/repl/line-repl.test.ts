import { ManualClock } from '@ws/core/testing'
import { describe, expect, test } from 'vitest'
import type { ConnectOptions, LaunchMode, ToolSession, TurnEvent } from '../../../src/adapter/tool-adapter.ts'
import { toolAdapter } from '../../../src/adapters/adapter-spec.ts'
import { aider } from '../../../src/adapters/aider.ts'
import { genericTool } from '../../../src/adapters/generic.ts'
import type { ReplSpecInput } from '../../../src/protocols/repl/repl-spec.ts'
import { ScriptedWire, settle } from '../../scripted-wire.ts'

interface Opening {
  readonly mode?: LaunchMode
  readonly options?: ConnectOptions
  readonly says?: string
}

async function open(talk: ReplSpecInput, opening: Opening = {}): Promise<[ScriptedWire, ToolSession]> {
  const { mode = 'long-running', options = {}, says = '' } = opening
  const wire = new ScriptedWire()
  const adapter = genericTool({ tool: 'mine', command: 'mine', talk })
  const connection = adapter.connect(wire, { mode, cwd: '/w', permission: 'edit' }, options)
  wire.say(says)
  const answer = await connection.openSession({ cwd: '/w' })
  if (!answer.isOpen) throw new Error('not open')
  return [wire, answer.session]
}

describe('a turn that ends with a sentinel', () => {
  const talk: ReplSpecInput = {
    ready: '> $',
    end: { sentinel: 'unknown: end_{id}\\b', after: 'end_{id}\n' },
    reset: 'forget\n',
    quit: 'bye\n',
  }

  test('ends with it and the prompt after it, however the output is cut', async () => {
    const [wire, session] = await open(talk, { says: 'Hello\n> ' })
    const ended = session.prompt('go')
    expect(wire.written).toBe('go\nend_1\n')
    for (const char of 'an answer with > and\nunknown: end_12\n> unknown: end_1\n') wire.say(char)
    await settle()
    wire.say('> ')
    expect(await ended).toMatchObject({
      outcome: 'completed',
      text: 'an answer with > and\nunknown: end_12\n>',
    })
    expect((await ended).isWeak).toBeUndefined()
  })

  test('takes a mark that the prompt does not hold', async () => {
    const [wire, session] = await open(talk, { says: '> ' })
    const ended = session.prompt('say end_1 and 2')
    expect(wire.written).toBe('say end_1 and 2\nend_2\n')
    wire.say('ok\nunknown: end_2\n> ')
    expect(await ended).toMatchObject({ text: 'ok' })
  })

  test('is over too where the program goes right after it', async () => {
    const [wire, session] = await open(talk, { says: '> ' })
    const ended = session.prompt('go')
    wire.say('ok\nunknown: end_1\n')
    await settle()
    wire.exit()
    expect(await ended).toMatchObject({ outcome: 'completed', text: 'ok' })
  })

  test('is lost where the program goes before it', async () => {
    const [wire, session] = await open(talk, { says: '> ' })
    const ended = session.prompt('go')
    wire.say('half an ans')
    await settle()
    wire.exit({ exitCode: 3 })
    expect(await ended).toMatchObject({ outcome: 'lost', text: 'half an ans' })
    expect(await session.prompt('again')).toMatchObject({ outcome: 'lost' })
  })

  test('can be forgotten', async () => {
    const [wire, session] = await open(talk, { says: '> ' })
    const forgotten = session.reset()
    expect(() => session.prompt('too early')).toThrow(expect.objectContaining({ code: 'WS_TOOL_BUSY' }))
    expect(wire.written).toBe('forget\nend_1\n')
    wire.say('ok\nunknown: end_1\n> ')
    expect(await forgotten).toBe(true)
    const gone = session.reset()
    wire.exit()
    expect(await gone).toBe(false)
  })

  test('in a process for one turn the program is told to go after it', async () => {
    const [wire, session] = await open(talk, { mode: 'one-shot', says: '> ' })
    void session.prompt('go')
    expect(wire.written).toBe('go\nend_1\nbye\n')
    expect(wire.isEnded).toBe(true)
    wire.exit()
  })
})

test('a program that is not ready says why', async () => {
  const wire = new ScriptedWire()
  const adapter = genericTool({ tool: 'mine', command: 'mine', talk: { ready: '> $', end: { exit: true } } })
  const connection = adapter.connect(wire, { mode: 'one-shot', cwd: '/w', permission: 'edit' })
  wire.say('usage: mine [options]\n')
  wire.exit({ exitCode: 64 })
  expect(await connection.ready).toMatchObject({
    isReady: false,
    failure: { reason: 'exited', exitCode: 64 },
  })
})

test('a turn that ends with the exit takes its output for the answer, and its exit code for the outcome', async () => {
  const [wire, session] = await open({ end: { exit: true } }, { mode: 'one-shot' })
  const ended = session.prompt('go')
  expect([wire.written, wire.isEnded]).toEqual(['go\n', true])
  wire.say('\u001b[32mdone\u001b[0m\r\n')
  await settle()
  wire.exit()
  expect(await ended).toMatchObject({ outcome: 'completed', text: 'done' })
  const [other, failing] = await open({ end: { exit: true } }, { mode: 'one-shot' })
  const failed = failing.prompt('go')
  other.exit({ exitCode: 3, errorTail: 'no' })
  expect(await failed).toMatchObject({ failure: { reason: 'exited', exitCode: 3, tail: 'no' } })
})

test('a turn that ends with a message of JSON is read by rules', async () => {
  const messages = [
    { when: { kind: 'say' }, delta: 'text' },
    {
      when: { kind: 'done' },
      usage: { scope: 'turn' as const, input: ['in'], output: ['out'] },
      end: 'completed' as const,
    },
  ]
  const [wire, session] = await open({ send: '{"ask":{json}}\n', end: { messages } })
  const ended = session.prompt('say "hi"\n')
  expect(wire.messages).toEqual([{ ask: 'say "hi"\n' }])
  wire.say('warming up\n{"kind":"say","text":"hi"}\n{"kind":"done","in":3,"out":1}\n')
  expect(await ended).toMatchObject({
    outcome: 'completed',
    text: 'hi',
    usage: { inputTokens: 3, outputTokens: 1 },
  })
  const second = session.prompt('again')
  wire.say('{"kind":"say","text":"hello"}\n{"kind":"done"}\n')
  expect((await second).text).toBe('hello')
})

test('a turn that ends with an expression may be wrong, and says so', async () => {
  const [wire, session] = await open({ ready: '\\$ $', end: { pattern: '\\n\\$ $' } }, { says: '$ ' })
  const ended = session.prompt('go')
  wire.say('answer\n')
  wire.say('$ ')
  expect(await ended).toMatchObject({ outcome: 'completed', text: 'answer', isWeak: true })
})

describe('a turn that ends with silence', () => {
  test('ends so long after its last output, where it ends like a prompt', async () => {
    const clock = new ManualClock(1_000)
    const talk = { end: { quietMs: 500, prompt: '> $' } }
    const [wire, session] = await open(talk, { options: { clock } })
    const ended = session.prompt('go')
    wire.say('thinking')
    await settle()
    clock.advanceBy(10_000)
    wire.say('… answer\n> ')
    await settle()
    clock.advanceBy(499)
    wire.say('')
    await settle()
    expect(clock.next()).toBe(11_500)
    clock.advanceBy(1)
    expect(await ended).toMatchObject({ outcome: 'completed', text: 'thinking… answer', isWeak: true })
  })

  test('leaves no alarm behind', async () => {
    const clock = new ManualClock()
    const [wire, session] = await open({ end: { quietMs: 500 } }, { options: { clock } })
    const ended = session.prompt('go')
    wire.say('half')
    await settle()
    wire.exit()
    expect(await ended).toMatchObject({ outcome: 'lost' })
    expect(clock.next()).toBeUndefined()
  })

  test('takes a clock', async () => {
    await expect(open({ end: { quietMs: 500 } })).rejects.toMatchObject({ code: 'WS_TOOL_CLOCK' })
  })
})

test('errors, changed files and usage are read off the output', async () => {
  const talk: ReplSpecInput = {
    end: { sentinel: 'END{id}', after: 'end{id}\n' },
    errors: [{ pattern: '^fatal: .*quota', reason: 'quota-exhausted' }],
    recovered: '^going on$',
    changed: '^wrote (.+)$',
    hidden: '^(?:wrote|used) .*$\\n?',
    usage: [{ pattern: 'used ([\\d.]+k?) in, ([\\d.]+) out', scope: 'step', input: 1, output: 2 }],
  }
  const [wire, session] = await open(talk)
  const first = session.prompt('go')
  wire.say('fatal: quota\ngoing on\nwrote a.ts\nused 1.5k in, 20 out\nused 500 in, 5 out\nfine\nEND1\n')
  expect(await first).toMatchObject({
    outcome: 'completed',
    files: ['a.ts'],
    usage: { inputTokens: 2_000, outputTokens: 25 },
  })
  const second = session.prompt('go')
  wire.say('going on\nfatal: the quota is spent\nEND2\n')
  expect(await second).toMatchObject({ outcome: 'failed', failure: { reason: 'quota-exhausted' } })
})

describe('aider', () => {
  async function aiderSession(): Promise<[ScriptedWire, ToolSession, TurnEvent[]]> {
    const wire = new ScriptedWire()
    const connection = toolAdapter(aider).connect(wire, {
      mode: 'long-running',
      cwd: '/w',
      permission: 'edit',
    })
    wire.say('Aider v0.86.2\n\ndiff> ')
    const answer = await connection.openSession({ cwd: '/w' })
    if (!answer.isOpen) throw new Error('not open')
    return [wire, answer.session, []]
  }

  test('gets each prompt as a block, so that none of them is a command', async () => {
    const [wire, session] = await aiderSession()
    const ended = session.prompt('/exit is what I want explained')
    expect(wire.written).toBe('{ws1\n\n/exit is what I want explained\nws1}\n/ws_end_1\n')
    wire.say('\nIt ends the chat.\n\nTokens: 4.2k sent, 1.1k cache write, 3k cache hit, 133 received.\n')
    wire.say(
      'Cost: $0.01 message, $0.03 session.\nApplied edit to a.py\n\na.py\ndiff> \nInvalid command: /ws_end_1\n\na.py\ndiff> ',
    )
    expect(await ended).toMatchObject({
      outcome: 'completed',
      files: ['a.py'],
      usage: { inputTokens: 4_200, cachedTokens: 3_000, outputTokens: 133, costUsd: 0.03, basis: 'reported' },
    })
    const second = session.prompt('again')
    wire.say(
      'Sure.\nTokens: 1k sent, 10 received. Cost: $0.02 message, $0.05 session.\ndiff> \nInvalid command: /ws_end_2\ndiff> ',
    )
    expect((await second).usage).toMatchObject({ inputTokens: 1_000, costUsd: 0.02 })
  })

  test('fails with the last error that it did not get over', async () => {
    const [wire, session] = await aiderSession()
    const error = 'litellm.RateLimitError: busy\nRetrying in 0.2 seconds...\n'
    const first = session.prompt('go')
    wire.say(`${error}fine\nTokens: 1k sent, 10 received.\ndiff> \nInvalid command: /ws_end_1\ndiff> `)
    expect(await first).toMatchObject({ outcome: 'completed' })
    const second = session.prompt('go')
    wire.say(`Tokens: 1k sent, 10 received.\n${error}diff> \nInvalid command: /ws_end_2\ndiff> `)
    expect(await second).toMatchObject({ outcome: 'failed', failure: { reason: 'rate-limited' } })
  })
})
