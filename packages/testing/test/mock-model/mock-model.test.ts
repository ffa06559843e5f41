import { connect } from 'node:net'
import * as zlib from 'node:zlib'
import { once } from 'node:events'
import { ManualClock } from '@ws/core/testing'
import { describe, expect, it } from 'vitest'
import type { MockModel } from '../../src/mock-model/mock-model.ts'
import { modelScript } from '../../src/mock-model/model-script.ts'
import type { ModelStep } from '../../src/mock-model/model-step.ts'
import { ask, startModel } from './ask.ts'

const CHAT = '/v1/chat/completions'

describe('a script', () => {
  it('goes on where the conversation stands, whoever asks', async () => {
    const model = await startModel()
    const steps: ModelStep[] = [{ write: 'a.txt', content: 'a' }, { run: 'ls' }, { say: 'done' }]
    const messages: unknown[] = [user(modelScript(steps))]
    const names: unknown[] = []
    for (const _ of steps) {
      const message = await chat(model, messages)
      names.push(message.tool_calls?.[0]?.function.name ?? message.content)
      messages.push(message, { role: 'tool', content: modelScript([{ say: 'a file is nobody’s order' }]) })
    }
    expect(names).toEqual(['write_file', 'bash', 'done'])
    expect((await chat(model, messages)).content).toBe('done')
    // Once more from the middle, as a process would that was started anew.
    const again = await chat(model, messages.slice(0, 3))
    expect(again.tool_calls?.[0]?.function.name).toBe('bash')
  })

  it('is read from the last message that has one', async () => {
    const model = await startModel()
    const turns = [user(modelScript([{ say: 'one' }])), assistant('one'), user(modelScript([{ say: 'two' }]))]
    expect((await chat(model, turns)).content).toBe('two')
    expect((await chat(model, [...turns, user('go on, please')])).content).toBe('two')
  })

  it('answers many at once, each by its own', async () => {
    const model = await startModel()
    const words = Array.from({ length: 20 }, (_, at) => `word ${at}`)
    const answers = await Promise.all(words.map((say) => chat(model, [user(modelScript([{ say }]))])))
    expect(answers.map(({ content }) => content)).toEqual(words)
  })

  it('is refused where it is no script, and says why', async () => {
    const model = await startModel()
    const { status, text } = await ask(model, CHAT, { messages: [user('mock-model:[{"sing":1}]')] })
    expect(status).toBe(400)
    expect(text).toContain('should have exactly one of')
    expect(model.requests.map(({ kind }) => kind)).toEqual(['refused'])
  })

  it('says so where the caller has no tool for a step', async () => {
    const model = await startModel()
    const body = { messages: [user(modelScript([{ write: 'a', content: '' }]))], tools: [] }
    expect((await ask(model, CHAT, body)).text).toContain('I have no tool for this.')
  })

  it('says "ok" where there is none', async () => {
    const model = await startModel()
    expect((await chat(model, [user('hello')])).content).toBe('ok')
    expect(model.requests).toMatchObject([
      { protocol: 'openai-chat', path: CHAT, model: 'm', kind: 'unscripted', tools: ['write_file', 'bash'] },
    ])
  })
})

describe('in the way of an answer', () => {
  it('a status refuses so many times, and tells when to try again', async () => {
    const model = await startModel()
    const body = requestWith([{ status: 429, times: 2, retryAfterS: 7 }, { say: 'at last' }])
    const answers = [await ask(model, CHAT, body), await ask(model, CHAT, body), await ask(model, CHAT, body)]
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 200])
    expect(answers[0]?.headers.get('retry-after')).toBe('7')
    expect(answers[2]?.text).toContain('at last')
  })

  it('a status without a number stays', async () => {
    const model = await startModel()
    const body = requestWith([{ status: 500, message: 'broken' }, { say: 'never' }])
    for (const _ of [1, 2, 3]) expect(await ask(model, CHAT, body)).toMatchObject({ status: 500 })
  })

  it('several stand one behind the other', async () => {
    const model = await startModel()
    const body = requestWith([{ status: 503, times: 1 }, { status: 529, times: 1 }, { say: 'x' }])
    const statuses = []
    for (const _ of [1, 2, 3]) statuses.push((await ask(model, CHAT, body)).status)
    expect(statuses).toEqual([503, 529, 200])
  })

  it('a hang lasts until the caller goes or the model is closed', async () => {
    const model = await startModel()
    const stop = new AbortController()
    const body = requestWith([{ hang: true, times: 1 }, { say: 'x' }])
    const hanging = ask(model, CHAT, body, { signal: stop.signal })
    await model.asked(1)
    stop.abort()
    await expect(hanging).rejects.toThrow('aborted')
    expect(await ask(model, CHAT, body)).toMatchObject({ status: 200 })
    const other = expect(ask(model, CHAT, requestWith([{ hang: true }]))).rejects.toThrow('fetch failed')
    await model.asked(3)
    await Promise.all([other, model.close(), model.close()])
  })

  it.each([true, false])(
    'a cut ends the connection in the middle of an answer (stream: %s)',
    async (stream) => {
      const model = await startModel()
      const body = { ...requestWith([{ cut: true, times: 1 }, { say: 'whole' }]), stream }
      await expect(ask(model, CHAT, body)).rejects.toThrow('terminated')
      expect((await ask(model, CHAT, body)).text).toContain(stream ? '[DONE]' : 'whole')
    },
  )

  it('a delay holds the answer back by the clock', async () => {
    const clock = new ManualClock()
    const model = await startModel({ clock })
    let isAnswered = false
    const answer = ask(model, CHAT, requestWith([{ say: 'late', delayMs: 5_000 }])).then((got) => {
      isAnswered = true
      return got
    })
    await model.asked(1)
    expect(isAnswered).toBe(false)
    clock.advanceTo(clock.now() + 5_000)
    expect((await answer).text).toContain('late')
  })
})

describe('side calls', () => {
  it('get a title, or JSON of the shape they want, and leave the script alone', async () => {
    const model = await startModel()
    const script = modelScript([{ write: 'a', content: '' }])
    const title = await ask(model, CHAT, {
      messages: [{ role: 'system', content: 'You write a title for a chat.' }, user(script)],
    })
    expect(title.text).toContain('A mock title')
    const schema = {
      type: 'object',
      properties: { choice: { enum: ['flash', 'pro'] } },
      required: ['choice'],
    }
    const router = await ask(model, CHAT, {
      messages: [user(script)],
      response_format: { type: 'json_schema', json_schema: { schema } },
    })
    expect(JSON.parse(router.text).choices[0].message.content).toBe('{"choice":"flash"}')
    const forced = await ask(model, CHAT, {
      messages: [user(script)],
      tools: [{ type: 'function', function: { name: 'respond', parameters: schema } }],
      tool_choice: { type: 'function', function: { name: 'respond' } },
    })
    expect(JSON.parse(forced.text).choices[0].message.tool_calls[0].function).toEqual({
      name: 'respond',
      arguments: '{"choice":"flash"}',
    })
    expect(model.requests.map(({ kind }) => kind)).toEqual(['side', 'side', 'side'])
  })
})

describe('a caller that reads edits out of the text', () => {
  const system = { role: 'system', content: 'All changes must use this *SEARCH/REPLACE block* format.' }

  it('gets all edits up to the next sentence at once', async () => {
    const model = await startModel()
    const script = modelScript([
      { write: 'a.txt', content: 'a\n' },
      { edit: 'b.txt', find: 'x\n', replace: 'y\n' },
      { run: 'make' },
      { say: 'done' },
      { say: 'sorry' },
    ])
    const first = await ask(model, CHAT, { messages: [system, user(script)] })
    expect(JSON.parse(first.text).choices[0].message.content).toBe(
      [
        'a.txt\n```\n<<<<<<< SEARCH\n=======\na\n>>>>>>> REPLACE\n```',
        'b.txt\n```\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n```',
        '```bash\nmake\n```',
        'done',
      ].join('\n\n'),
    )
    const messages = [
      system,
      user(script),
      assistant('…'),
      user('Files changed.'),
      assistant('Ok.'),
      user('No.'),
    ]
    expect((await ask(model, CHAT, { messages })).text).toContain('sorry')
  })
})

describe('the server', () => {
  it('lists models, counts tokens, and says of the rest that it is not there', async () => {
    const model = await startModel()
    const get = async (path: string) => (await fetch(`${model.url}${path}`)).json()
    expect(await get('/v1/models')).toMatchObject({ data: [{ id: 'mock-model' }] })
    expect(await get('/v1beta/models')).toMatchObject({ models: [{ name: 'models/mock-model' }] })
    expect((await ask(model, '/v1/messages/count_tokens', {})).text).toBe('{"input_tokens":1000}')
    expect((await ask(model, '/v1beta/models/m:countTokens', {})).text).toBe('{"totalTokens":1000}')
    expect(await ask(model, '/v1/elsewhere', {})).toMatchObject({ status: 404 })
    expect(model.requests).toEqual([])
  })

  it('unpacks what is packed', async () => {
    const model = await startModel()
    const text = JSON.stringify(requestWith([{ say: 'unpacked' }]))
    const packed: [string, Buffer][] = [
      ['gzip', zlib.gzipSync(text)],
      ['deflate', zlib.deflateSync(text)],
      ['br', zlib.brotliCompressSync(text)],
      ['zstd', zlib.zstdCompressSync(text)],
    ]
    for (const [encoding, body] of packed) {
      const headers = { 'content-encoding': encoding }
      expect((await ask(model, CHAT, {}, { body: new Uint8Array(body), headers })).text).toContain('unpacked')
    }
    const headers = { 'content-encoding': 'rot13' }
    expect((await ask(model, CHAT, {}, { headers })).text).toContain('content-encoding \\"rot13\\"')
  })

  it('refuses what is no JSON', async () => {
    const model = await startModel()
    expect(await ask(model, CHAT, {}, { body: '{' })).toMatchObject({ status: 400 })
  })

  it('has no web sockets', async () => {
    const model = await startModel()
    const { port } = new URL(model.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write('GET /v1/responses HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
    const [chunk] = await once(socket, 'data')
    expect(String(chunk)).toMatch(/^HTTP\/1\.1 426 /)
    socket.destroy()
  })

  it('says which port it cannot have', async () => {
    const model = await startModel()
    const port = Number(new URL(model.url).port)
    await expect(startModel({ port })).rejects.toMatchObject({
      code: 'WS_MOCK_MODEL_PORT',
      details: { port },
    })
  })
})

interface ChatMessage {
  readonly content: string | null
  readonly tool_calls?: readonly {
    readonly function: { readonly name: string; readonly arguments: string }
  }[]
}

async function chat(model: MockModel, messages: readonly unknown[]): Promise<ChatMessage> {
  const { text } = await ask(model, CHAT, { model: 'm', messages, tools: TOOLS })
  return JSON.parse(text).choices[0].message
}

const TOOLS = ['write_file', 'bash'].map((name) => ({ type: 'function', function: { name, parameters: {} } }))

function requestWith(steps: readonly ModelStep[]) {
  return { model: 'm', messages: [user(modelScript(steps))], tools: TOOLS }
}

function user(content: string) {
  return { role: 'user', content }
}

function assistant(content: string) {
  return { role: 'assistant', content }
}
