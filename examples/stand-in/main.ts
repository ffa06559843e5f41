// A program that speaks the line protocol of @ws/testing: one JSON object a line, both ways.
import { createInterface } from 'node:readline'
import { work } from './work.ts'

const say = (message: object) => console.log(JSON.stringify(message))
let turn = 0

for await (const line of sayingReady(createInterface({ input: process.stdin }))) {
  const request: { prompt?: number; reset?: number; text?: string } = JSON.parse(line)
  if (request.reset !== undefined) {
    turn = 0
    say({ done: request.reset })
  } else if (request.prompt !== undefined) {
    turn += 1
    const text = work(request.text ?? '', process.cwd(), turn)
    say({ answer: request.prompt, text, inputTokens: request.text?.length ?? 0, outputTokens: text.length })
  }
}

async function* sayingReady(lines: AsyncIterable<string>) {
  say({ ready: '1' })
  yield* lines
}
