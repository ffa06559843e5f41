import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { AgentTurn } from '../../src/fake-agent/agent-step.ts'
import { cutOf } from '../../src/fake-agent/agent-port.ts'
import { fakeAgent, type FakeAgent, type FakeAgentOptions } from '../../src/fake-agent/fake-agent.ts'
import { startTime } from '../../src/track-resources.ts'
import { withTempDir } from '../../src/with-temp-dir.ts'
import { StartedAgent } from './run-agent.ts'

const done = { say: 'done' }

test('hangs in the middle of a turn, and says no more', async () => {
  await once([{ say: 'first' }, { hang: 'model' }, done], async (running) => {
    await running.until(() => running.text().includes('first'))
    running.child.kill('SIGKILL')
    expect(await running.ended).toEqual({ exitCode: null, signal: 'SIGKILL' })
    expect(running.text()).not.toContain('done')
  })
})

test('reads nothing any more where it is deaf', async () => {
  await withAgent(
    { tool: 'claude', script: [[{ say: 'first' }, { hang: 'deaf' }]] },
    async (running) => {
      running.send(userMessage('go'))
      await running.until(() => running.text().includes('first'))
      // More than a pipe takes: it would be read if anybody read.
      let isTaken = false
      running.child.stdin.write('x'.repeat(4_000_000), (error) => {
        isTaken = error === null || error === undefined
      })
      running.child.kill('SIGTERM')
      expect(await running.ended).toEqual({ exitCode: 143, signal: null })
      expect(isTaken).toBe(false)
    },
    longRunning,
  )
})

test.for(['out', 'err'] as const)('floods %s with as many bytes as it is told to', async (to) => {
  const bytes = 3_000_001
  await once([{ flood: bytes, to }, done], async (running) => {
    expect(await running.ended).toMatchObject({ exitCode: 0 })
    expect(running.text(to).replaceAll(/[^#\n]/g, '').length).toBeGreaterThanOrEqual(bytes)
    expect(running.text()).toContain('done')
  })
})

test('floods with one line where that is asked for', async () => {
  await once([{ flood: 2_000_000, isOneLine: true }, done], async (running) => {
    await running.ended
    expect(running.text()).toMatch(/#{2000000}\n/)
  })
})

test('dies of a signal after what it said', async () => {
  await once([{ say: 'first' }, { crash: 'SIGSEGV' }], async (running) => {
    expect(await running.ended).toEqual({ exitCode: null, signal: 'SIGSEGV' })
    expect(running.text()).toContain('first')
  })
})

test('exits with a code in the middle of a turn', async () => {
  await once([{ exit: 42 }, done], async (running) => {
    expect(await running.ended).toEqual({ exitCode: 42, signal: null })
    expect(running.text()).not.toContain('turn.completed')
  })
})

test('writes garbage between its messages', async () => {
  await once([{ raw: '{"type": oops\n' }, done], async (running) => {
    await running.ended
    expect(running.text().split('\n')).toContain('{"type": oops')
    expect(running.text()).toContain('turn.completed')
  })
})

test('says everything but the end of a turn, and stays', async () => {
  await once([{ ending: 'never' }, done], async (running) => {
    await running.until(() => running.text().includes('done'))
    expect(running.child.exitCode).toBeNull()
    running.child.kill('SIGKILL')
    await running.ended
    expect(running.text()).not.toContain('turn.completed')
  })
})

test('exits well without having flushed its last line', async () => {
  await once([{ ending: 'unflushed' }, done], async (running) => {
    expect(await running.ended).toEqual({ exitCode: 0, signal: null })
    expect(running.text()).toMatch(/"done"\}\}\n$/)
  })
})

test('exits well with half of its last line', async () => {
  await once([{ ending: 'half' }, done], async (running) => {
    expect(await running.ended).toEqual({ exitCode: 0, signal: null })
    const last = running.text().split('\n').at(-1) ?? ''
    expect(last).toMatch(/^\{"type":"turn\.completed"/)
    expect(() => JSON.parse(last)).toThrow(SyntaxError)
  })
})

test('leaves out the end of its last line', async () => {
  await once([{ ending: 'no-newline' }, done], async (running) => {
    await running.ended
    expect(JSON.parse(running.text().split('\n').at(-1) ?? '')).toMatchObject({ type: 'turn.completed' })
  })
})

test('survives a signal that it ignores, also where the tool handles it', async () => {
  const script = [[{ ignore: 'SIGTERM' }, { say: 'ready' }, { wait: 'go' }, done]] as const
  await withAgent({ tool: 'claude', script }, async (running, agent) => {
    running.child.stdin.end('go')
    await running.until(() => running.text().includes('ready'))
    running.child.kill('SIGTERM')
    await agent.release('go')
    expect(await running.ended).toEqual({ exitCode: 0, signal: null })
    expect(running.text()).toContain('done')
  })
})

test.for(['child', 'own-session', 'orphan'] as const)('leaves behind a child that is %s', async (kind) => {
  let left = 0
  await once([{ leaveChild: kind }, { say: 'left' }, { wait: 'go' }], async (running, agent) => {
    await running.until(() => running.text().includes('left'))
    ;[left = 0] = await agent.children()
    const { parent, session } = await relatives(left)
    const own = await relatives(running.child.pid ?? 0)
    expect(parent === running.child.pid).toBe(kind !== 'orphan')
    expect(session === own.session).toBe(kind === 'child')
    await agent.release('go')
    await running.ended
    expect(await agent.children()).toEqual([left])
  })
  expect(startTime(left)).toBe('ended')
})

test('leaves behind a child that keeps its output open', async () => {
  await once([{ leaveChild: 'orphan', holdsOutput: true }, done], async (running, agent) => {
    await new Promise((resolve) => running.child.once('exit', resolve))
    const [child = 0] = await agent.children()
    expect(running.child.stdout.readableEnded).toBe(false)
    process.kill(child, 'SIGKILL')
    expect(await running.ended).toMatchObject({ exitCode: 0 })
  })
})

test('splits a character over two writes', async () => {
  await once(
    [{ split: 'rest' }, { say: 'größer' }],
    async (running, agent) => {
      await running.until(() => running.bytes().at(-1) === 0xc3)
      expect(running.bytes().subarray(-3)).toEqual(Buffer.from([0x67, 0x72, 0xc3]))
      await agent.release('rest')
      await running.ended
      expect(running.text()).toContain('größer')
    },
    'gr',
  )
  expect(cutOf(Buffer.from('grö'))).toBe(3)
})

test('answers as late as the test lets it', async () => {
  await once([{ say: 'first' }, { wait: 'late' }, done], async (running, agent) => {
    await running.until(() => running.text().includes('first'))
    expect(running.text()).not.toContain('done')
    await agent.release('late')
    expect(await running.ended).toMatchObject({ exitCode: 0 })
    expect(running.text()).toContain('done')
  })
})

test('says that it has written a file and has not', async () => {
  await once([{ write: 'a.txt', content: 'a', isLie: true }, done], async (running, _agent, cwd) => {
    expect(await running.ended).toMatchObject({ exitCode: 0 })
    expect(running.text()).toContain('"status":"completed"')
    expect(existsSync(join(cwd, 'a.txt'))).toBe(false)
  })
})

test('misbehaves before its first word where that is asked for', async () => {
  await withAgent({ tool: 'codex', start: [{ exit: 9 }], script: [] }, async (running) => {
    expect(await running.ended).toEqual({ exitCode: 9, signal: null })
    expect(running.text()).toBe('')
  })
})

const longRunning = ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json']

function userMessage(content: string): object {
  return { type: 'user', message: { role: 'user', content } }
}

type Body = (running: StartedAgent, agent: FakeAgent, cwd: string) => Promise<void>

/** One turn of `codex exec`, whose output is the shortest. */
function once(turn: AgentTurn, body: Body, prompt = 'go'): Promise<void> {
  return withAgent(
    { tool: 'codex', script: [turn] },
    async (running, agent, cwd) => {
      running.child.stdin.end(prompt)
      await body(running, agent, cwd)
    },
    ['exec', '--json', '-'],
  )
}

async function withAgent(options: FakeAgentOptions, body: Body, args: readonly string[] = []): Promise<void> {
  await using agent = await fakeAgent(options)
  await withTempDir((cwd) => body(new StartedAgent(agent, { args, cwd }), agent, cwd))
}

async function relatives(pid: number): Promise<{ readonly parent: number; readonly session: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { parent: Number(fields[1]), session: Number(fields[3]) }
}

test.each([
  ['claude', ['-p', '--resume', 'old'], 1, 'No conversation found with session ID: old'],
  ['codex', ['exec', 'resume', 'old', '--json', '-'], 1, 'no rollout found for thread id old'],
  ['gemini', ['-o', 'stream-json', '-r', 'old'], 42, 'Error resuming session'],
  ['opencode', ['run', '-s', 'old'], 1, 'Session not found'],
  ['copilot', ['--resume=old'], 1, "matched 'old'"],
  ['qwen', ['-o', 'stream-json', '--resume', 'old'], 1, 'No saved session found with ID old'],
] as const)('%s that forgets says so in its own words, and takes no prompt', (tool, args, exitCode, said) =>
  withTempDir(async (cwd) => {
    const agent = await fakeAgent({ tool, forgets: true, script: [[done]] })
    const running = new StartedAgent(agent, { args, cwd })
    running.child.stdin.end('hello')
    expect(await running.ended).toEqual({ exitCode, signal: null })
    expect(running.text('err')).toContain(said)
    expect(await agent.turns()).toEqual([])
    await agent.close()
  }),
)
