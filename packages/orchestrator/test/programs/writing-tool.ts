import { mkdirSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { dirname } from 'node:path'

// A tool of the line protocol: a prompt `write <path>` writes that file, with the prompt as its content.

const say = (message: object) => console.log(JSON.stringify(message))
const lines = createInterface({ input: process.stdin })
say({ ready: '1' })
for await (const line of lines) {
  const request: { prompt?: number; text?: string } = JSON.parse(line)
  if (request.prompt === undefined) continue
  const [, path = ''] = /^write (\S+)/.exec(request.text ?? '') ?? []
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${request.text}\n`)
  say({ answer: request.prompt, text: `wrote ${path}`, inputTokens: 10, outputTokens: 5 })
}
