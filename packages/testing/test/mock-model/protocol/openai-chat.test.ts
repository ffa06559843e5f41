import { describe, expect, it } from 'vitest'
import { modelScript } from '../../../src/mock-model/model-script.ts'
import type { ModelStep } from '../../../src/mock-model/model-step.ts'
import { ask, readEvents, startModel } from '../ask.ts'

const PATH = '/v1/chat/completions'

describe('OpenAI Chat Completions', () => {
  it('answers with text and what it cost', async () => {
    const model = await startModel()
    const body = request([{ say: 'hello', usage: { in: 100, out: 7, cached: 60 } }])
    expect(JSON.parse((await ask(model, PATH, body)).text)).toEqual({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      created: 0,
      model: 'mock-model',
      choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: 100,
        completion_tokens: 7,
        total_tokens: 107,
        prompt_tokens_details: { cached_tokens: 60 },
      },
    })
  })

  it('calls a tool, and goes on behind its result', async () => {
    const model = await startModel()
    const body = request([{ write: 'a.txt', content: 'a' }, { say: 'done' }])
    const { message, finish_reason } = JSON.parse((await ask(model, PATH, body)).text).choices[0]
    expect(finish_reason).toBe('tool_calls')
    expect(message).toMatchObject({
      content: null,
      tool_calls: [
        { type: 'function', function: { name: 'write', arguments: '{"filePath":"/w/a.txt","content":"a"}' } },
      ],
    })
    const result = { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'written' }
    const messages = [...body.messages, message, result]
    expect((await ask(model, PATH, { ...body, messages })).text).toContain('"content":"done"')
  })

  it('streams the same, usage last', async () => {
    const model = await startModel()
    const { text } = await ask(model, PATH, { ...request([{ say: 'hello' }]), stream: true })
    const events = readEvents(text)
    expect(events.at(-1)).toEqual({ data: '[DONE]' })
    expect(events.at(-2)?.data).toMatchObject({ choices: [], usage: { total_tokens: 1020 } })
    expect(events.slice(0, -2).map(({ data }) => data)).toMatchObject([
      { choices: [{ delta: { role: 'assistant', content: '' }, finish_reason: null }] },
      { choices: [{ delta: { content: 'hel' } }] },
      { choices: [{ delta: { content: 'lo' } }] },
      { choices: [{ delta: {}, finish_reason: 'stop' }] },
    ])
  })

  it('streams a call in pieces that are JSON when joined', async () => {
    const model = await startModel()
    const { text } = await ask(model, PATH, { ...request([{ write: 'a', content: 'b' }]), stream: true })
    const pieces = [...text.matchAll(/"arguments":("(?:[^"\\]|\\.)*")/g)].map(([, json]) =>
      JSON.parse(json ?? ''),
    )
    expect(pieces.length).toBe(2)
    expect(JSON.parse(pieces.join(''))).toEqual({ filePath: '/w/a', content: 'b' })
  })

  it('gives plain text to a custom tool, in one piece or streamed', async () => {
    const model = await startModel()
    const body = {
      ...request([{ write: 'a', content: 'b' }]),
      tools: [{ type: 'custom', custom: { name: 'apply_patch' } }],
    }
    const custom = { name: 'apply_patch', input: '*** Begin Patch\n*** Add File: a\n+b\n*** End Patch' }
    for (const stream of [false, true]) {
      const { text } = await ask(model, PATH, { ...body, stream })
      expect(text).toContain(`"type":"custom","custom":${JSON.stringify(custom)}`)
    }
  })

  it('reads text in parts, and asks for any JSON as asked', async () => {
    const model = await startModel()
    const content = [{ type: 'text', text: modelScript([{ say: 'parts' }]) }]
    expect((await ask(model, PATH, { messages: [{ role: 'user', content }] })).text).toContain('parts')
    const loose = { messages: [], response_format: { type: 'json_object' } }
    expect((await ask(model, PATH, loose)).text).toContain('"content":"{}"')
  })

  it.each([
    [{ status: 401 }, { type: 'authentication_error', code: null }],
    [{ status: 500 }, { type: 'server_error', code: null }],
    [
      { status: 429, isQuota: true },
      { type: 'insufficient_quota', code: 'insufficient_quota' },
    ],
    [
      { status: 400, code: 'context_length_exceeded' },
      { type: 'context_length_exceeded', code: 'context_length_exceeded' },
    ],
  ] as const)('refuses in its own words: %j', async (step, error) => {
    const model = await startModel()
    const { status, text } = await ask(model, PATH, request([step]))
    expect(status).toBe(step.status)
    expect(JSON.parse(text)).toMatchObject({ error })
  })
})

function request(steps: readonly ModelStep[]) {
  const properties = { filePath: { type: 'string' }, content: { type: 'string' } }
  return {
    model: 'mock-model',
    messages: [
      { role: 'developer', content: 'Working directory: /w' },
      { role: 'user', content: modelScript(steps) },
    ] as unknown[],
    tools: [{ type: 'function', function: { name: 'write', parameters: { type: 'object', properties } } }],
  }
}
