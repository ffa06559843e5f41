import { expect, test } from 'vitest'
import { fakeAgent } from '../../src/fake-agent/fake-agent.ts'
import { readTranscript, transcriptNames, type TranscriptEntry } from '../../src/fake-agent/transcript.ts'
import { withTempDir } from '../../src/with-temp-dir.ts'
import { StartedAgent } from './run-agent.ts'

test('finds the recorded transcripts', () => {
  expect(transcriptNames().length).toBeGreaterThan(80)
})

test.concurrent.for(transcriptNames())(
  'plays %s byte for byte to its own other side',
  async (name, { expect }) => {
    const entries = readTranscript(name)
    await using agent = await fakeAgent({ replay: name })
    await withTempDir(async (cwd) => {
      const running = new StartedAgent(agent, { cwd })
      const end = await drive(running, entries)
      expect(running.text('err')).toBe(saidIn(entries, 'err'))
      expect(running.text()).toBe(saidIn(entries, 'out'))
      const exit = entries.findLast((entry) => 'exit' in entry)?.exit
      expect(end.exitCode ?? end.signal).toBe(exit)
    })
  },
)

const recorded: readonly TranscriptEntry[] = [
  { dir: 'in', text: '{"jsonrpc":"2.0","id":1,"method":"start","params":{"cwd":"<cwd>"}}\n' },
  { dir: 'out', text: '{"jsonrpc":"2.0","id":1,"result":{"thread":"<id-1>"}}\n' },
  { close: 'in' },
  { exit: 0 },
]

test('takes other paths and ids, and answers with the ids that it was given', async () => {
  const said = await talk('{"jsonrpc":"2.0","id":7,"method":"start","params":{"cwd":"/elsewhere/a"}}\n')
  expect(said).toEqual({
    exitCode: 0,
    out: '{"jsonrpc":"2.0","id":7,"result":{"thread":"<id-1>"}}\n',
    err: '',
  })
})

test('takes another mark behind a prompt, and answers with it', async () => {
  const said = await talk('hello\n/ws_end_k9\n', [
    { dir: 'in', text: 'hello\n/ws_end_1\n' },
    { dir: 'out', text: 'Invalid command: /ws_end_1\n' },
    { close: 'in' },
    { exit: 0 },
  ])
  expect(said).toEqual({ exitCode: 0, out: 'Invalid command: /ws_end_k9\n', err: '' })
})

test('says what deviates and exits with 97', async () => {
  const said = await talk('{"jsonrpc":"2.0","id":1,"method":"stop","params":{"cwd":"/elsewhere/a"}}\n')
  expect(said.exitCode).toBe(97)
  expect(said.out).toBe('')
  expect(said.err).toMatch(/^fake agent: expected ".*start.*", got ".*stop.*"\n$/)
})

test('takes an answer to another request for a deviation', async () => {
  const said = await talk('{"id":4,"result":{}}\n', [
    { dir: 'in', text: '{"id":3,"result":{}}\n' },
    { close: 'in' },
    { exit: 0 },
  ])
  expect(said.exitCode).toBe(97)
})

test.for([
  ['an early end of the input', ''],
  ['a line more', '{"jsonrpc":"2.0","id":1,"method":"start","params":{"cwd":"<cwd>"}}\n{}\n'],
] as const)('takes %s for a deviation', async ([, input]) => {
  const said = await talk(input)
  expect(said.exitCode).toBe(97)
  expect(said.err).toContain('fake agent: expected')
})

async function talk(input: string, replay = recorded) {
  await using agent = await fakeAgent({ replay })
  return await withTempDir(async (cwd) => {
    const running = new StartedAgent(agent, { cwd })
    running.child.stdin.end(input)
    const { exitCode } = await running.ended
    return { exitCode, out: running.text(), err: running.text('err') }
  })
}

/** Does what the other side did when the transcript was recorded, each time after all that was said before. */
async function drive(running: StartedAgent, entries: readonly TranscriptEntry[]) {
  for (const [at, entry] of entries.entries()) {
    if ('exit' in entry || ('dir' in entry && entry.dir !== 'in')) continue
    const before = entries.slice(0, at)
    const [out, err] = [saidIn(before, 'out').length, saidIn(before, 'err').length]
    await running.until(() => running.text().length >= out && running.text('err').length >= err)
    if ('close' in entry) running.child.stdin.end()
    else if ('dir' in entry) running.child.stdin.write(entry.text)
    // It was on its way out by then.
    else if (entry.signal !== 'SIGKILL') running.child.kill(entry.signal)
  }
  return running.ended
}

function saidIn(entries: readonly TranscriptEntry[], dir: 'out' | 'err'): string {
  return entries.flatMap((entry) => ('dir' in entry && entry.dir === dir ? [entry.text] : [])).join('')
}
