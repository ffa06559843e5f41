import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@ws/core'
import { ManualClock } from '@ws/core/testing'
import { type ScriptedProcess, type ScriptedTool, startScriptedTool, withTempDir } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import {
  type CommandEnd,
  openProcessLedger,
  type ProcessLedger,
  runCommand,
  type RunCommandOptions,
} from '../../src/index.ts'
import { readLedger } from '../../src/process/process-ledger.ts'

const usual = { cwd: process.cwd(), env: process.env, clock: systemClock(), timeoutMs: 60_000 }

/** Runs a program of Node and collects what it says. */
async function runNode(program: string, options: Partial<RunCommandOptions> = {}) {
  let output = ''
  let errors = ''
  const end = await runCommand([process.execPath, '-e', program], {
    ...usual,
    onOutput: (chunk) => void (output += Buffer.from(chunk).toString()),
    onError: (chunk) => void (errors += Buffer.from(chunk).toString()),
    ...options,
  })
  return { end, output, errors }
}

/** A command in the hand of the test; afterwards nothing of it may be left. */
async function withCommand(
  options: Partial<RunCommandOptions>,
  body: (running: ScriptedProcess, ends: Promise<CommandEnd>, tool: ScriptedTool) => Promise<void>,
): Promise<void> {
  const tool = await startScriptedTool()
  try {
    const env = { ...process.env, ...tool.env }
    const ends = runCommand([tool.command, ...tool.args], { ...usual, env, ...options })
    await body(await tool.next(), ends, tool)
    await ends
    expect(tool.survivors()).toEqual([])
  } finally {
    await tool.close()
  }
}

describe('a command', () => {
  test('says how it ended, and both of its outputs apart', async () => {
    const program = "process.stdout.write('out'); process.stderr.write('err'); process.exitCode = 3"
    expect(await runNode(program)).toEqual({
      end: { because: 'exited', exitCode: 3, signal: null },
      output: 'out',
      errors: 'err',
    })
    const { end } = await runNode("process.kill(process.pid, 'SIGKILL')")
    expect(end).toMatchObject({ because: 'exited', exitCode: null, signal: 'SIGKILL' })
  })

  test('gets its input and the end of it, and may leave it unread', async () => {
    const { output } = await runNode('process.stdin.pipe(process.stdout)', { stdin: 'a\nb' })
    expect(output).toBe('a\nb')
    const unread = await runNode('process.exit(0)', { stdin: 'x'.repeat(1_000_000) })
    expect(unread.end.exitCode).toBe(0)
  })

  test.skipIf(process.platform === 'win32')('meets a shell as a line, and none as a list', async () => {
    let output = ''
    const onOutput = (chunk: Uint8Array) => void (output += Buffer.from(chunk).toString())
    await runCommand('printf "%s" "$((1 + 2))"; exit 0', { ...usual, onOutput })
    expect(output).toBe('3')
    const said = await runCommand(['printf', '%s', '; $(id) "'], { ...usual, onOutput })
    expect([said.exitCode, output]).toEqual([0, '3; $(id) "'])
  })

  test('is an error where it cannot be started, and nothing stays noted', () =>
    withTempDir(async (dir) => {
      const ledger = await openProcessLedger(dir)
      const missing = runCommand(['ws-no-such-program'], { ...usual, ledger })
      await expect(missing).rejects.toMatchObject({ code: 'WS_TOOL_START' })
      const nowhere = runCommand([process.execPath], { ...usual, ledger, cwd: join(dir, 'nowhere') })
      await expect(nowhere).rejects.toMatchObject({ code: 'WS_TOOL_START' })
      ledger.close()
      expect(readdirSync(dir)).toEqual([])
    }))

  test('is not started where it was given up before, and ended where it was given up while it started', async () => {
    const given = { because: 'aborted', exitCode: null }
    expect(await runCommand(['ws-no-such-program'], { ...usual, signal: AbortSignal.abort() })).toEqual({
      ...given,
      signal: null,
    })
    const stop = new AbortController()
    const ends = runNode('setInterval(() => {}, 1000)', { signal: stop.signal })
    stop.abort()
    expect((await ends).end).toMatchObject(given)
  })

  test('leaves nothing with its signal', async () => {
    const { signal } = new AbortController()
    let listening = 0
    const counted = new Proxy(signal, {
      get(target, name) {
        if (name === 'addEventListener') listening += 1
        if (name === 'removeEventListener') listening -= 1
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    await runNode('0', { signal: counted })
    expect(listening).toBe(0)
  })
})

describe.skipIf(process.platform !== 'linux')('a command that goes on', () => {
  test('is ended after its time, with all that it started', () => {
    const clock = new ManualClock()
    return withCommand({ clock, timeoutMs: 1_000 }, async (running, ends) => {
      await running.ignore('SIGTERM')
      await running.spawnChild({ isDetached: true, ignoresTerm: true })
      await running.spawnChild({ isDetached: true, isDoubleForked: true })
      // Known by its parent alone.
      await running.spawnChild({ isDetached: true, forgetsEnvironment: true })
      clock.advanceBy(1_000)
      expect(await running.signalled()).toBe('SIGTERM')
      clock.advanceBy(4_000)
      expect(await ends).toEqual({ because: 'timed-out', exitCode: null, signal: 'SIGKILL' })
    })
  })

  test('is ended when it is given up; the first cause is kept', () => {
    const clock = new ManualClock()
    const stop = new AbortController()
    return withCommand({ clock, timeoutMs: 1_000, signal: stop.signal }, async (running, ends) => {
      await running.ignore('SIGTERM')
      stop.abort()
      expect(await running.signalled()).toBe('SIGTERM')
      clock.advanceBy(1_000)
      await running.exit(0)
      expect(await ends).toEqual({ because: 'aborted', exitCode: 0, signal: null })
    })
  })

  test('is ended when it says too much, of which no more is told than allowed', async () => {
    let bytes = 0
    const onOutput = (chunk: Uint8Array) => void (bytes += chunk.length)
    const { end } = await runNode("for (;;) require('fs').writeSync(1, 'x'.repeat(4096))", {
      onOutput,
      maxOutputBytes: 100_000,
      termMs: 1,
    })
    expect(end).toMatchObject({ because: 'too-much-output', exitCode: null })
    expect(bytes).toBeLessThanOrEqual(100_000)
  })

  for (const [name, child] of Object.entries({
    'in its group': {},
    'in a session of its own': { isDetached: true },
    'by a double fork, deaf to SIGTERM': { isDetached: true, isDoubleForked: true, ignoresTerm: true },
    'that holds its output open': { isDetached: true, holdsOutput: true },
  } as const))
    test(`leaves no child ${name} when it ends by itself`, () =>
      withCommand({}, async (running, ends, tool) => {
        await running.spawnChild(child)
        await running.exit(7)
        expect(await ends).toEqual({ because: 'exited', exitCode: 7, signal: null })
        expect(tool.survivors()).toEqual([])
      }))

  test('is noted while it runs, by its mark and number', () =>
    withTempDir(async (dir) => {
      const ledger: ProcessLedger = await openProcessLedger(dir)
      const noted = () => readLedger(readFileSync(join(dir, readdirSync(dir)[0] ?? ''), 'utf8'))
      await withCommand({ ledger }, async (running, ends) => {
        const [mark = ''] = noted()?.marks ?? []
        expect(noted()?.noted).toMatchObject([{ mark, pid: running.pid }])
        expect(running.env['WS_INSTANCE']?.split(':')).toContain(mark)
        await running.exit(0)
        await ends
        expect(noted()?.marks).toEqual([])
      })
      ledger.close()
    }))
})
