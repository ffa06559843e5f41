import { expect, test } from 'vitest'
import { type JsonFrame, readJsonLines } from '../../src/wire/read-lines.ts'

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield* text.match(/[^]{1,7}/g)?.map((piece) => new TextEncoder().encode(piece)) ?? []
}

async function framesOf(text: string, maxLineBytes?: number): Promise<JsonFrame[]> {
  const frames: JsonFrame[] = []
  const options = maxLineBytes === undefined ? {} : { maxLineBytes }
  for await (const frame of readJsonLines(bytesOf(text), options)) frames.push(frame)
  return frames
}

test('tells messages from noise, and skips blank lines', async () => {
  expect(await framesOf('{"a":1}\n\n  \nWarning: old\n[1]\n7\nnull\n"text"\n{"b":{}}')).toEqual([
    { kind: 'message', message: { a: 1 } },
    { kind: 'noise', text: 'Warning: old' },
    { kind: 'noise', text: '[1]' },
    { kind: 'noise', text: '7' },
    { kind: 'noise', text: 'null' },
    { kind: 'noise', text: '"text"' },
    { kind: 'message', message: { b: {} } },
  ])
})

test('reads on after a line that is too long', async () => {
  expect(await framesOf(`${'x'.repeat(50)}\n{"a":1}\n`, 20)).toEqual([
    { kind: 'too-long', bytes: 50 },
    { kind: 'message', message: { a: 1 } },
  ])
})
