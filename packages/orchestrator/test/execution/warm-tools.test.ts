import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { failureOf, type FakeName, withFakeTools } from './fake-tools.ts'

const names: readonly FakeName[] = ['claude', 'codex', 'gemini']
const say = [[{ say: 'Done.' }]]

describe.each(names)('%s', (name) => {
  test('is kept warm for the next task of its workstream, and ends when no task comes after it', () =>
    withFakeTools({ name, script: say }, async (tools) => {
      const first = await tools.attempt('one')
      expect(first.execution).toMatchObject({
        kind: 'completed',
        because: `${name}, pooled: its workstream has more tasks for it`,
      })
      tools.waiting = 0
      const second = await tools.attempt('two')
      expect(second.execution).toMatchObject({
        kind: 'completed',
        because: `${name}, pooled: it is warm from an earlier task`,
      })
      const third = await tools.attempt('three')
      expect(third.execution.because).toBe(`${name}, one-shot: its workstream has no other task for it`)
      const [one, two, three] = await tools.pids()
      expect(two).toBe(one)
      expect(three).not.toBe(one)
      expect(isAlive(one)).toBe(false)
    }))

  test('counts what each task used once, though its process counts on', () =>
    withFakeTools(
      {
        name,
        script: [
          [{ say: 'One.', usage: { in: 1_000, out: 20 } }],
          [{ say: 'Two.', usage: { in: 300, out: 7 } }],
        ],
      },
      async (tools) => {
        const tokens: number[] = []
        for (const prompt of ['one', 'two']) tokens.push((await tools.attempt(prompt)).execution.usage.tokens)
        expect(new Set(await tools.pids()).size).toBe(1)
        expect(tokens).toEqual([1_020, 307])
      },
    ))

  test('that crashes in the middle of a turn is started again for the retry, and takes the conversation up where it can', () =>
    withFakeTools(
      { name, script: [[{ say: 'One.' }], [{ crash: 'SIGKILL' }], [{ say: 'Again.' }]] },
      async (tools) => {
        await tools.attempt('one')
        const crashed = await tools.attempt('two')
        expect(failureOf(crashed)).toBe('crashed')
        const again = await tools.attempt('two', { attempt: 2, lastFailure: 'it fell' })
        expect(again.execution).toMatchObject({ kind: 'completed', text: 'Again.' })
        // Its ACP mode takes no conversation up again.
        expect(again.notes.includes('is lost')).toBe(name === 'gemini')
        const turns = await tools.agent.turns()
        expect(turns[2]?.prompt).toContain('it fell\n\nThe directory is as it was before that attempt.')
        expect(turns[2]?.pid).not.toBe(turns[1]?.pid)
      },
    ))
})

test('a tool that has forgotten the conversation after a crash begins anew, and the log says so', () =>
  withFakeTools(
    {
      name: 'codex',
      forgets: true,
      script: [[{ say: 'One.' }], [{ crash: 'SIGKILL' }], [{ say: 'Again.' }]],
    },
    async (tools) => {
      await tools.attempt('one')
      expect(failureOf(await tools.attempt('two'))).toBe('crashed')
      const again = await tools.attempt('two', { attempt: 2 })
      expect(again.execution).toMatchObject({ kind: 'completed', text: 'Again.' })
      expect(again.notes).toContain('what was said before is lost: the tool begins anew')
    },
  ))

test('a process that has served long enough is replaced by another', () =>
  withFakeTools({ name: 'claude', script: say, recycle: { turns: 1, spare: false } }, async (tools) => {
    for (const prompt of ['one', 'two'])
      expect((await tools.attempt(prompt)).execution.kind).toBe('completed')
    expect(new Set(await tools.pids()).size).toBe(2)
  }))

test('who was stopped in the middle leaves no process behind, warm or not', () =>
  withFakeTools({ name: 'claude', script: [[{ hang: 'model' }]] }, async (tools) => {
    const stop = new AbortController()
    const going = tools.attempt('one', { signal: stop.signal })
    const pid = await until(async () => (await tools.pids())[0])
    stop.abort()
    expect((await going).execution.kind).toBe('interrupted')
    expect(isAlive(pid)).toBe(false)
  }))

test('a setting forces either way', async () => {
  for (const execution of ['pooled', 'one-shot'] as const)
    await withFakeTools({ name: 'codex', script: say, execution }, async (tools) => {
      const because: (string | undefined)[] = []
      for (const prompt of ['one', 'two']) because.push((await tools.attempt(prompt)).execution.because)
      expect(because).toEqual(Array(2).fill(`codex, ${execution}: as its settings say`))
      expect(new Set(await tools.pids()).size).toBe(execution === 'pooled' ? 1 : 2)
    })
})

test('another worktree, permission or environment gets a process of its own', () =>
  withFakeTools({ name: 'codex', script: say }, async (tools) => {
    const cwd = join(tools.folder, 'other')
    mkdirSync(cwd)
    for (const more of [{}, { cwd }, { claims: [] }, { env: { PORT: '1' } }, {}])
      await tools.attempt('one', more)
    const pids = await tools.pids()
    expect(new Set(pids).size).toBe(4)
    expect(pids[4]).toBe(pids[0])
  }))

test('what is kept makes room where no more processes may live', () =>
  withFakeTools({ name: 'claude', script: say, maxInstances: 1 }, async (tools) => {
    await tools.attempt('one')
    const cwd = join(tools.folder, 'other')
    mkdirSync(cwd)
    expect((await tools.attempt('two', { cwd })).execution.kind).toBe('completed')
    const [one] = await tools.pids()
    expect(isAlive(one)).toBe(false)
  }))

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise(setImmediate)
  }
}
