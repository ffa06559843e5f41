import { describe, expect, it } from 'vitest'
import { modelScript } from '../../../src/mock-model/model-script.ts'
import type { ModelStep } from '../../../src/mock-model/model-step.ts'
import { ask, readEvents, startModel } from '../ask.ts'

const WHOLE = '/v1beta/models/gemini-flash:generateContent'
const STREAM = '/v1beta/models/gemini-flash:streamGenerateContent'

describe('Gemini', () => {
  it('answers with text and what it cost', async () => {
    const model = await startModel()
    const body = request([{ say: 'hello', usage: { in: 100, out: 7, cached: 60 } }])
    expect(JSON.parse((await ask(model, WHOLE, body)).text)).toEqual({
      candidates: [
        { content: { role: 'model', parts: [{ text: 'hello' }] }, index: 0, finishReason: 'STOP' },
      ],
      usageMetadata: {
        promptTokenCount: 100,
        cachedContentTokenCount: 60,
        candidatesTokenCount: 7,
        totalTokenCount: 107,
      },
      modelVersion: 'gemini-flash',
      responseId: expect.any(String),
    })
    expect(model.requests).toMatchObject([{ protocol: 'gemini', model: 'gemini-flash' }])
  })

  it('calls a function, and goes on behind its response', async () => {
    const model = await startModel()
    const body = request([{ write: 'a.txt', content: 'a' }, { say: 'done' }])
    const { content } = JSON.parse((await ask(model, WHOLE, body)).text).candidates[0]
    expect(content.parts).toEqual([
      { functionCall: { name: 'write_file', args: { file_path: '/w/a.txt', content: 'a' } } },
    ])
    const response = { role: 'user', parts: [{ functionResponse: { name: 'write_file', response: {} } }] }
    const contents = [...body.contents, content, response]
    expect((await ask(model, WHOLE, { ...body, contents })).text).toContain('"text":"done"')
  })

  it('streams the same as events, or as a list', async () => {
    const model = await startModel()
    const { text } = await ask(model, `${STREAM}?alt=sse`, request([{ say: 'hello' }]))
    const chunks = readEvents(text).map(({ data }) => data)
    expect(chunks).toMatchObject([
      { candidates: [{ content: { parts: [{ text: 'hel' }] } }] },
      { candidates: [{ content: { parts: [{ text: 'lo' }] }, finishReason: 'STOP' }], usageMetadata: {} },
    ])
    expect(JSON.parse((await ask(model, STREAM, request([{ say: 'hello' }]))).text)).toEqual(chunks)
    const call = await ask(model, `${STREAM}?alt=sse`, request([{ write: 'a', content: 'b' }]))
    expect(readEvents(call.text)).toHaveLength(1)
    expect(call.text).toContain('"functionCall"')
  })

  it('gives JSON of the shape that is wanted, and the one function that is allowed', async () => {
    const model = await startModel()
    const { tools: _, ...untooled } = request([{ say: 'x' }])
    const responseSchema = { type: 'OBJECT', properties: { pick: { enum: ['a', 'b'] } }, required: ['pick'] }
    const generationConfig = { responseMimeType: 'application/json', responseSchema }
    expect((await ask(model, WHOLE, { ...untooled, generationConfig })).text).toContain(
      '{\\"pick\\":\\"a\\"}',
    )
    const functionCallingConfig = { mode: 'ANY', allowedFunctionNames: ['write_file'] }
    const forced = { ...request([{ say: 'x' }]), toolConfig: { functionCallingConfig } }
    expect((await ask(model, WHOLE, forced)).text).toContain('"name":"write_file"')
  })

  it.each([
    [{ status: 400 }, { code: 400, status: 'INVALID_ARGUMENT' }],
    [{ status: 500 }, { code: 500, status: 'INTERNAL' }],
    [
      { status: 429, retryAfterS: 3 },
      { status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '3s' }] },
    ],
    [
      { status: 429, isQuota: true },
      { details: [{ violations: [{ quotaId: expect.stringContaining('PerDay') }] }] },
    ],
  ] as const)('refuses in its own words: %j', async (step, error) => {
    const model = await startModel()
    const { status, text } = await ask(model, WHOLE, request([step]))
    expect(status).toBe(step.status)
    expect(JSON.parse(text)).toMatchObject({ error })
  })
})

function request(steps: readonly ModelStep[]) {
  const properties = { file_path: { type: 'string' }, content: { type: 'string' } }
  const context = "I'm currently working in the directory: /w"
  return {
    systemInstruction: { parts: [{ text: 'You are helpful.' }] },
    contents: [{ role: 'user', parts: [{ text: context }, { text: modelScript(steps) }] }] as unknown[],
    tools: [{ functionDeclarations: [{ name: 'write_file', parametersJsonSchema: { properties } }] }],
  }
}
