import { type Execution, noUsage } from '@ws/core'
import { expect, test } from 'vitest'
import { Transcript, Transcripts } from '../../src/execution/transcript.ts'

const done: Execution = { kind: 'completed', usage: noUsage, text: '' }

function linesOf(transcript: Transcript): Record<string, unknown>[] {
  return transcript
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line): Record<string, unknown> => JSON.parse(line))
}

test('what is said in a turn is a line each, text in one piece', () => {
  const transcript = new Transcript({ secrets: [], elapsedMs: () => 7.4 })
  transcript.asked('do it', 'claude, one-shot')
  for (const text of ['He', 'llo']) transcript.heard({ type: 'text', text })
  transcript.heard({ type: 'tool', name: 'Edit', status: 'started', paths: ['a'] })
  transcript.heard({
    type: 'usage',
    usage: { inputTokens: 1, outputTokens: 1, cachedTokens: 0, basis: 'reported' },
  })
  transcript.heard({ type: 'text', text: 'Done.' })
  transcript.ended(done)
  expect(linesOf(transcript)).toEqual([
    { ms: 7, type: 'prompt', text: 'do it', because: 'claude, one-shot' },
    { ms: 7, type: 'text', text: 'Hello' },
    { ms: 7, type: 'tool', name: 'Edit', status: 'started', paths: ['a'] },
    { ms: 7, type: 'text', text: 'Done.' },
    { ms: 7, type: 'ended', as: 'completed', usage: noUsage },
  ])
})

test('a secret is in no line, whole or cut in two', () => {
  const transcript = new Transcript({ secrets: ['hunter-two-and-three'], elapsedMs: () => 0 })
  transcript.asked('the key is hunter-two-and-three', '')
  for (const text of ['it is hunter-two', '-and-three, and sk-ant-', 'a'.repeat(30)])
    transcript.heard({ type: 'text', text })
  const ask = { kind: 'command', name: 'Bash', paths: [], command: 'curl -H hunter-two-and-three' } as const
  transcript.heard({ type: 'asked', ask, isAllowed: true })
  transcript.ended(done)
  expect(transcript.toString()).not.toMatch(/hunter-two|sk-ant/)
  expect(linesOf(transcript)[1]).toMatchObject({ text: 'it is [secret], and [secret]' })
})

test('it is bounded, says how much it leaves out, and always has its end', () => {
  const transcript = new Transcript({ secrets: [], elapsedMs: () => 0, maxChars: 500 })
  for (let count = 0; count < 100; count++)
    transcript.heard({ type: 'tool', name: `Tool ${count}`, status: 'done' })
  for (let count = 0; count < 100; count++) transcript.heard({ type: 'text', text: 'x'.repeat(100) })
  transcript.ended(done)
  expect(transcript.toString().length).toBeLessThan(1_000)
  expect(linesOf(transcript).at(-2)).toMatchObject({ type: 'omitted', entries: expect.any(Number) })
  expect(linesOf(transcript).at(-1)).toMatchObject({ type: 'ended' })
})

test('one is handed over once, and that of an attempt which nobody keeps goes with the next', () => {
  const transcripts = new Transcripts()
  const options = { secrets: [], elapsedMs: () => 0 }
  const of = { runId: 'r', taskId: 't', attempt: 1 }
  transcripts.begin(of, options).asked('one', '')
  transcripts.begin({ ...of, attempt: 2 }, options).asked('two', '')
  expect(transcripts.take(of)).toContain('two')
  expect(transcripts.take(of)).toBeUndefined()
})
