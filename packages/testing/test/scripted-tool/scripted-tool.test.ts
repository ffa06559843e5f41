import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { type ScriptedTool, startScriptedTool } from '../../src/index.ts'

interface Started {
  readonly tool: ScriptedTool
  readonly child: ChildProcess
  output(): string
  errors(): string
}

async function withTool(body: (started: Started) => Promise<void>, args: readonly string[] = []) {
  const tool = await startScriptedTool()
  const child = start(tool, args)
  let output = ''
  let errors = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const closed = once(child, 'close')
  try {
    await body({ tool, child, output: () => output, errors: () => errors })
  } finally {
    await tool.close()
    await closed
    expect(tool.survivors()).toEqual([])
  }
}

function start(tool: ScriptedTool, args: readonly string[] = []): ChildProcess {
  return spawn(tool.command, [...tool.args, ...args], {
    env: { PATH: process.env['PATH'], ...tool.env, A: 'b' },
  })
}

describe('a scripted tool', () => {
  test('says how it was started, and does what it is told', () =>
    withTool(
      async ({ tool, child, output, errors }) => {
        const running = await tool.next()
        expect(running).toMatchObject({ pid: child.pid, argv: ['--flag', 'x y'], cwd: process.cwd() })
        expect(running.env).toMatchObject({ A: 'b' })
        child.stdin?.write('one\ntwo')
        expect(await running.readLine()).toBe('one')
        child.stdin?.end()
        expect(await running.readLine()).toBe('two')
        expect(await running.readLine()).toBeUndefined()
        await running.write(new Uint8Array([0xc3]))
        await running.write(new Uint8Array([0xa9]))
        await running.writeError('oh')
        const closed = once(child, 'close')
        await running.exit(7)
        expect(await closed).toEqual([7, null])
        expect([output(), errors()]).toEqual(['é', 'oh'])
      },
      ['--flag', 'x y'],
    ))

  test('hands processes out in the order in which they come up, also to those who asked before', () =>
    withTool(async ({ tool }) => {
      const first = await tool.next()
      const second = tool.next()
      const child = start(tool)
      expect((await second).pid).toBe(child.pid)
      expect(first.pid).not.toBe(child.pid)
      expect(tool.survivors()).toEqual([first.pid, child.pid])
    }))

  test.skipIf(process.platform === 'win32')('survives a signal and tells, or dies of it', () =>
    withTool(async ({ tool, child }) => {
      const running = await tool.next()
      await running.ignore('SIGTERM')
      child.kill('SIGTERM')
      expect(await running.signalled()).toBe('SIGTERM')
      child.kill('SIGTERM')
      child.kill('SIGTERM')
      const closed = once(child, 'close')
      await running.raise('SIGKILL')
      expect(await closed).toEqual([null, 'SIGKILL'])
    }),
  )

  test.skipIf(process.platform === 'win32')('has children of every kind that outlives it', () =>
    withTool(async ({ tool, child }) => {
      const running = await tool.next()
      const pids = [
        await running.spawnChild(),
        await running.spawnChild({ isDetached: true, ignoresTerm: true }),
        await running.spawnChild({ isDoubleForked: true, isDetached: true, forgetsEnvironment: true }),
        await running.spawnChild({ holdsOutput: true }),
      ]
      const exited = once(child, 'exit')
      await running.exit()
      await exited
      expect(running.survivors()).toEqual(pids)
    }),
  )

  test('floods, and feels when nobody reads', () =>
    withTool(async ({ tool, child, output }) => {
      const running = await tool.next()
      const ended = once(child.stdout!, 'end')
      child.stdout?.pause()
      const flooded = running.flood(8_000_000)
      const taken = await running.flooded()
      expect(taken).toBeLessThan(8_000_000)
      child.stdout?.resume()
      await flooded
      await running.closeOutput()
      await ended
      expect(output().length).toBe(8_000_000)
    }))
})
