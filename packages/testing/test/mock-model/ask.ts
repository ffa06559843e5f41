// A caller of the mock model with nothing but fetch.
import { onTestFinished } from 'vitest'
import { startMockModel, type MockModel, type MockModelOptions } from '../../src/mock-model/mock-model.ts'

/** A model that is closed when the test is over. */
export async function startModel(options?: MockModelOptions): Promise<MockModel> {
  const model = await startMockModel(options)
  onTestFinished(() => model.close())
  return model
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

export async function ask(
  model: MockModel,
  path: string,
  body: unknown,
  init: RequestInit = {},
): Promise<Answered> {
  const { status, headers, text } = await send(model, path, { body: JSON.stringify(body), ...init })
  return { status, headers, text }
}

async function send(model: MockModel, path: string, init: RequestInit): Promise<Answered> {
  const response = await fetch(`${model.url}${path}`, { method: 'POST', ...init })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

export interface ServerEvent {
  readonly event?: string
  readonly data: unknown
}

/** The events of a stream; a closing word stays text. */
export function readEvents(text: string): readonly ServerEvent[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const name = /^event: (.*)$/m.exec(block)?.[1]
      const data = /^data: (.*)$/m.exec(block)?.[1] ?? ''
      return {
        ...(name !== undefined && { event: name }),
        data: data.startsWith('{') ? JSON.parse(data) : data,
      }
    })
}
