import { describe, expect, it } from 'vitest'
import { modelScript } from '../../../src/mock-model/model-script.ts'
import type { ModelStep } from '../../../src/mock-model/model-step.ts'
import { ask, readEvents, startModel } from '../ask.ts'

const PATH = '/v1/messages'

describe('Anthropic Messages', () => {
  it('answers with text and what it cost, cached tokens apart', async () => {
    const model = await startModel()
    const body = request([{ say: 'hello', usage: { in: 100, out: 7, cached: 60 } }])
    const { text } = await ask(model, PATH, body)
    expect(JSON.parse(text)).toEqual({
      id: expect.stringMatching(/^msg_/),
      type: 'message',
      role: 'assistant',
      model: 'claude',
      content: [{ type: 'text', text: 'hello' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 40,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 60,
        output_tokens: 7,
      },
    })
  })

  it('calls a tool, and goes on behind its result', async () => {
    const model = await startModel()
    const body = request([{ write: 'a.txt', content: 'a' }, { say: 'done' }])
    const { content, stop_reason } = JSON.parse((await ask(model, PATH, body)).text)
    expect(stop_reason).toBe('tool_use')
    expect(content).toEqual([
      {
        type: 'tool_use',
        id: expect.stringMatching(/^toolu_/),
        name: 'Write',
        input: { file_path: '/w/a.txt', content: 'a' },
      },
    ])
    const result = { type: 'tool_result', tool_use_id: content[0].id, content: 'written' }
    const messages = [...body.messages, { role: 'assistant', content }, { role: 'user', content: [result] }]
    expect((await ask(model, PATH, { ...body, messages })).text).toContain('"text":"done"')
  })

  it('streams the same', async () => {
    const model = await startModel()
    const text = await ask(model, PATH, { ...request([{ say: 'hello' }]), stream: true })
    expect(text.headers.get('content-type')).toBe('text/event-stream')
    const events = readEvents(text.text)
    expect(events.map(({ event }) => event)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    expect(events[2]?.data).toEqual({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: 'hel' },
    })
    expect(events[5]?.data).toMatchObject({
      delta: { stop_reason: 'end_turn' },
      usage: { output_tokens: 20 },
    })
  })

  it('streams a call in pieces that are JSON when joined', async () => {
    const model = await startModel()
    const { text } = await ask(model, PATH, { ...request([{ write: 'a', content: 'b' }]), stream: true })
    const pieces = [...text.matchAll(/"partial_json":("(?:[^"\\]|\\.)*")/g)].map(([, json]) =>
      JSON.parse(json ?? ''),
    )
    expect(pieces.length).toBe(2)
    expect(JSON.parse(pieces.join(''))).toEqual({ file_path: '/w/a', content: 'b' })
  })

  it.each([
    [
      { status: 400, message: 'no' },
      { type: 'invalid_request_error', message: 'no' },
    ],
    [{ status: 429 }, { type: 'rate_limit_error', message: 'the mock model says 429' }],
    [{ status: 529 }, { type: 'overloaded_error', message: 'the mock model says 529' }],
    [{ status: 500 }, { type: 'api_error', message: 'the mock model says 500' }],
    [
      { status: 400, code: 'billing_error', message: 'no' },
      { type: 'billing_error', message: 'no' },
    ],
  ])('refuses in its own words: %j', async (step, error) => {
    const model = await startModel()
    const { status, text } = await ask(model, PATH, request([step]))
    expect(status).toBe(step.status)
    expect(JSON.parse(text)).toEqual({ type: 'error', error })
  })

  it('knows a forced tool and an output format', async () => {
    const model = await startModel()
    const forced = { ...request([{ say: 'x' }]), tool_choice: { type: 'tool', name: 'Write' } }
    expect((await ask(model, PATH, forced)).text).toContain('"input":{"file_path":"mock","content":"mock"}')
    const schema = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] }
    const { tools: _, ...untooled } = request([{ say: 'x' }])
    const formatted = { ...untooled, output_config: { format: { type: 'json_schema', schema } } }
    expect((await ask(model, PATH, formatted)).text).toContain('{\\"title\\":\\"mock\\"}')
  })
})

function request(steps: readonly ModelStep[]) {
  return {
    model: 'claude',
    max_tokens: 1000,
    system: [{ type: 'text', text: 'Primary working directory: /w' }],
    messages: [{ role: 'user', content: [{ type: 'text', text: modelScript(steps) }] }] as unknown[],
    tools: [
      {
        name: 'Write',
        input_schema: {
          type: 'object',
          properties: { file_path: { type: 'string' }, content: { type: 'string' } },
          required: ['file_path', 'content'],
        },
      },
    ],
  }
}
