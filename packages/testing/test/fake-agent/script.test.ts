import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { AgentTurn, FakeTool } from '../../src/fake-agent/agent-step.ts'
import { fakeAgent } from '../../src/fake-agent/fake-agent.ts'
import { readTranscript, type TranscriptEntry } from '../../src/fake-agent/transcript.ts'
import { withTempDir } from '../../src/with-temp-dir.ts'
import { StartedAgent } from './run-agent.ts'
import { shapesOf } from './shape.ts'

const edit = { write: 'hello.txt', content: 'hello\n' }
const say = { say: 'I have written hello.txt.' }

const modes: readonly (readonly [FakeTool, string, readonly string[]])[] = [
  ['claude', 'one-shot', ['-p', '--output-format', 'stream-json']],
  ['claude', 'stream-json', ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json']],
  ['codex', 'one-shot', ['exec', '--json', '-']],
  ['codex', 'app-server', ['app-server']],
  ['gemini', 'one-shot', ['-o', 'stream-json']],
  ['gemini', 'acp', ['--acp']],
  ['opencode', 'one-shot', ['run', '--format', 'json']],
  ['opencode', 'acp', ['acp']],
  ['copilot', 'one-shot', ['--output-format', 'json']],
  ['copilot', 'acp', ['--acp']],
  ['qwen', 'one-shot', ['-o', 'stream-json']],
  ['qwen', 'acp', ['--acp']],
  ['aider', 'repl', ['--yes-always', '--no-pretty']],
]
const asking = modes.filter(([, mode]) => mode === 'acp' || mode === 'app-server' || mode === 'stream-json')
const failing = modes.map(([tool, mode, args]) => [tool, mode, args, 'error-400'] as const)

test.concurrent.for(modes)(
  'an edit by %s, %s, has the messages of the recording and its shapes',
  async ([tool, mode, args], { expect: own }) => {
    const { shapes, recorded, written } = await play(
      { tool, args, script: [[edit, say]] },
      `${tool}/${mode}/edit`,
    )
    own(shapes).toEqual(recorded)
    own(written).toBe('hello\n')
  },
)

test.concurrent.for(asking)(
  '%s, %s, asks as in the recording and writes where it may',
  async ([tool, mode, args], { expect: own }) => {
    const script = [[{ ...edit, asks: true as const }, say]]
    const { shapes, recorded, written } = await play({ tool, args, script }, `${tool}/${mode}/granted`)
    own(shapes).toEqual(recorded)
    own(written).toBe('hello\n')
  },
)

test.concurrent.for(asking)(
  '%s, %s, takes a no as in the recording and does not write',
  async ([tool, mode, args], { expect: own }) => {
    const script = [[{ ...edit, asks: true as const }, say]]
    const { shapes, recorded, written } = await play({ tool, args, script }, `${tool}/${mode}/denied`)
    own(shapes).toEqual(recorded)
    own(written).toBeUndefined()
  },
)

test.concurrent.for(failing)(
  '%s, %s, ends a refused turn as in the recording',
  async ([tool, mode, args, scenario], { expect: own }) => {
    const script = [[{ fail: 'api-error' as const }]]
    const played = await play({ tool, args, script }, `${tool}/${mode}/${scenario}`)
    own(played.shapes.at(-1)).toEqual(played.recorded.at(-1))
    own(played.exitCode).toBe(played.recordedExit)
  },
)

test('takes one turn of its script for each prompt, over all its processes, and the last one for all the others', async () => {
  await using agent = await fakeAgent({ tool: 'lines', script: [[{ exit: 3 }], [{ say: 'better' }]] })
  await withTempDir(async (cwd) => {
    const codes: (number | null)[] = []
    for (const prompt of ['a', 'b', 'c']) {
      const running = new StartedAgent(agent, { args: ['--once'], cwd })
      running.child.stdin.end(prompt)
      codes.push((await running.ended).exitCode)
    }
    expect(codes).toEqual([3, 0, 0])
    expect((await agent.turns()).map(({ prompt }) => prompt)).toEqual(['a', 'b', 'c'])
  })
})

test('takes the turn that is for the prompt, wherever it stands', async () => {
  const script = [[{ say: 'usual' }], { when: 'blue', steps: [{ say: 'special' }] }]
  await using agent = await fakeAgent({ tool: 'lines', script })
  await withTempDir(async (cwd) => {
    const running = new StartedAgent(agent, { cwd })
    running.child.stdin.end('red\nthe blue one\n')
    await running.ended
    expect(running.text()).toBe('> usual\ntokens: 1000 in, 20 out\n> special\ntokens: 1000 in, 20 out\n> ')
  })
})

test('is one program with the name of the tool, and knows its version', async () => {
  await using agent = await fakeAgent({ tool: 'codex', script: [] })
  await withTempDir(async (cwd) => {
    const running = new StartedAgent(
      { ...agent, command: agent.program, args: [] },
      { args: ['--version'], cwd },
    )
    await running.ended
    expect(running.text()).toBe('codex-cli 0.169.0\n')
  })
})

test('leaves nothing behind when it is closed', async () => {
  const agent = await fakeAgent({ tool: 'lines', script: [] })
  await agent.close()
  await agent.close()
  expect(existsSync(agent.program)).toBe(false)
})

/** Plays the recorded other side, with the ids of the one that answers now. */
async function play(
  options: {
    readonly tool: FakeTool
    readonly args: readonly string[]
    readonly script: readonly AgentTurn[]
  },
  name: string,
) {
  await using agent = await fakeAgent(options)
  const entries = readTranscript(name)
  return await withTempDir(async (cwd) => {
    const running = new StartedAgent(agent, { args: options.args, cwd })
    const recorded = entries
      .flatMap((entry) => ('dir' in entry && entry.dir === 'out' ? [entry.text] : []))
      .filter(isTimely)
    let outs = 0
    for (const entry of entries) {
      if ('dir' in entry && entry.dir === 'out' && isTimely(entry.text)) outs += 1
      const isIn = 'close' in entry || ('dir' in entry && entry.dir === 'in')
      if (!isIn) continue
      const before = lines(recorded.slice(0, outs).join(''))
      await running.until(() => lines(running.text()).length >= before.length)
      if ('close' in entry) running.child.stdin.end()
      else if ('text' in entry) running.child.stdin.write(renamed(entry, before, running.text(), cwd))
    }
    const { exitCode } = await running.ended
    const file = join(cwd, 'hello.txt')
    return {
      shapes: shapesOf(lines(running.text())),
      recorded: shapesOf(lines(recorded.join(''))),
      written: existsSync(file) ? await readFile(file, 'utf8') : undefined,
      exitCode,
      recordedExit: entries.flatMap((entry) => ('exit' in entry ? [entry.exit] : [])).at(-1),
    }
  })
}

function lines(text: string): readonly string[] {
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).filter(isTimely)
}

/** What is said at another moment each time, by the same tool too: its commands, warnings at its start. */
function isTimely(line: string): boolean {
  return !/"(available_commands_update|configWarning|remoteControl\/status\/changed)"/.test(line)
}

/** The recorded line with the ids that stand now where the recorded ones stood. */
function renamed(
  entry: TranscriptEntry & { readonly text: string },
  recorded: readonly string[],
  said: string,
  cwd: string,
): string {
  const now = lines(said)
  return entry.text.replaceAll('<cwd>', cwd).replaceAll(/<id-\d+>/g, (placeholder) => {
    const at = recorded.findIndex((line) => line.includes(`"${placeholder}"`))
    const [key] = recorded[at]?.match(new RegExp(`"\\w+":"${placeholder}"`)) ?? []
    const name = key?.split(':')[0] ?? ''
    return now[at]?.match(new RegExp(`${name}:"([^"]+)"`))?.[1] ?? placeholder
  })
}
