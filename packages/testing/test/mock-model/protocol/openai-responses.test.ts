import { describe, expect, it } from 'vitest'
import { modelScript } from '../../../src/mock-model/model-script.ts'
import type { ModelStep } from '../../../src/mock-model/model-step.ts'
import { ask, readEvents, startModel } from '../ask.ts'

const PATH = '/v1/responses'

describe('OpenAI Responses', () => {
  it('answers with text and what it cost', async () => {
    const model = await startModel()
    const body = request([{ say: 'hello', usage: { in: 100, out: 7, cached: 60 } }])
    expect(JSON.parse((await ask(model, PATH, body)).text)).toMatchObject({
      object: 'response',
      status: 'completed',
      output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hello' }] }],
      usage: {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 60 },
        output_tokens: 7,
        total_tokens: 107,
      },
    })
  })

  it('patches with a custom tool, then runs a function, then says so', async () => {
    const model = await startModel()
    const body = request([{ write: 'a.txt', content: 'a' }, { run: 'cat a.txt' }, { say: 'done' }])
    const patch = JSON.parse((await ask(model, PATH, body)).text).output
    expect(patch).toMatchObject([
      {
        type: 'custom_tool_call',
        name: 'apply_patch',
        input: expect.stringContaining('*** Add File: a.txt'),
      },
    ])
    const patched = [...body.input, ...patch, { type: 'custom_tool_call_output', output: 'ok' }]
    const run = JSON.parse((await ask(model, PATH, { ...body, input: patched })).text).output
    expect(run).toMatchObject([
      { type: 'function_call', name: 'exec_command', arguments: '{"cmd":"cat a.txt"}' },
    ])
    // What the model thought belongs to its turn.
    const thought = { type: 'reasoning', summary: [] }
    const input = [...patched, thought, ...run, { type: 'function_call_output', output: 'a' }]
    expect((await ask(model, PATH, { ...body, input })).text).toContain('"text":"done"')
  })

  it.each([
    [{ say: 'hello' }, ['message', 'response.output_text.delta']],
    [{ run: 'ls' }, ['function_call', 'response.function_call_arguments.delta']],
    [{ write: 'a', content: 'b' }, ['custom_tool_call', 'response.custom_tool_call_input.delta']],
  ] as const)('streams the same: %j', async (step, [item, delta]) => {
    const model = await startModel()
    const whole = JSON.parse((await ask(model, PATH, request([step]))).text)
    const { text } = await ask(model, PATH, { ...request([step]), stream: true })
    const events = readEvents(text)
    const types = events.map(({ event }) => event)
    expect(types[0]).toBe('response.created')
    expect(types).toContain(delta)
    expect(events.find(({ event }) => event === 'response.output_item.done')?.data).toMatchObject({
      output_index: 0,
      item: { ...whole.output[0], type: item },
    })
    expect(events.at(-1)?.data).toMatchObject({ type: 'response.completed', response: whole })
  })

  it('takes a prompt that is a string, and JSON of a shape', async () => {
    const model = await startModel()
    const input = modelScript([{ say: 'plain' }])
    expect((await ask(model, PATH, { input })).text).toContain('"text":"plain"')
    const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] }
    const body = { input, text: { format: { type: 'json_schema', schema } } }
    expect((await ask(model, PATH, body)).text).toContain('{\\"ok\\":false}')
    const forced = { ...request([{ say: 'x' }]), tool_choice: { type: 'function', name: 'exec_command' } }
    expect((await ask(model, PATH, forced)).text).toContain('"name":"exec_command"')
  })

  it('refuses as OpenAI does', async () => {
    const model = await startModel()
    const { status, text } = await ask(model, PATH, request([{ status: 429, isQuota: true, message: 'no' }]))
    expect(status).toBe(429)
    expect(JSON.parse(text)).toEqual({
      error: { message: 'no', type: 'insufficient_quota', param: null, code: 'insufficient_quota' },
    })
  })
})

function request(steps: readonly ModelStep[]) {
  const parameters = { type: 'object', properties: { cmd: { type: 'string' } }, required: ['cmd'] }
  return {
    model: 'gpt',
    instructions: 'You are helpful.',
    input: [
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be short.' }] },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: '<cwd>/w</cwd>' }] },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: modelScript(steps) }] },
    ] as unknown[],
    tools: [
      { type: 'function', name: 'exec_command', parameters },
      { type: 'custom', name: 'apply_patch' },
      { type: 'web_search' },
    ],
  }
}
