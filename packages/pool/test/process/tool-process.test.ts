import { ManualClock } from '@ws/core/testing'
import { echoTool, type ScriptedProcess } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { ownProcesses } from '../../src/platform/own-processes.ts'
import { describeDeath } from '../../src/process/death.ts'
import { startProcess, type ToolProcess } from '../../src/process/tool-process.ts'
import { longTimes, withProcess } from '../scripted-process.ts'

async function textOf(output: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of output) chunks.push(chunk.slice())
  return Buffer.concat(chunks).toString('utf8')
}

/** Ends it while its clock is moved on as often as somebody waits. */
async function endWith(process: ToolProcess, clock: ManualClock) {
  const gone = process.end({ cause: 'closed' }, { endOfInputMs: 1_000, termMs: 1_000 })
  let isOver = false
  void gone.then(() => (isOver = true))
  while (!isOver) {
    const next = clock.next()
    if (next !== undefined) clock.advanceTo(next)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return gone
}

describe('a tool process', () => {
  test('is in a group of its own, carries a mark, and sees only what it may of our environment', () => {
    process.env['WS_TEST_SECRET_TOKEN'] = 'not for tools'
    return withProcess(async ({ process: own, running }) => {
      expect(own.pid).toBe(running.pid)
      expect(running.env).toMatchObject({ WS_INSTANCE: own.mark, TERM: 'dumb', NO_COLOR: '1' })
      expect(running.env).toHaveProperty('PATH')
      expect(running.env).not.toHaveProperty('WS_TEST_SECRET_TOKEN')
      const [row] = await ownProcesses().marked([own.mark])
      expect(row?.pid).toBe(own.pid)
    }).finally(() => delete process.env['WS_TEST_SECRET_TOKEN'])
  })

  test('hands over output as it comes, in whatever pieces, and its end after all of it', () =>
    withProcess(async ({ process, running }) => {
      const text = textOf(process.wire.output)
      await running.write(new Uint8Array([0xc3]))
      await running.write(new Uint8Array([0xa9]))
      await running.write(' half a line')
      await running.exit(3)
      expect(await process.wire.exited).toEqual({ exitCode: 3, signal: null, errorTail: '' })
      expect(await text).toBe('é half a line')
    }))

  test('is held up while nobody reads, and loses nothing', () =>
    withProcess(async ({ process, running }) => {
      const flooded = running.flood(16_000_000)
      const before = await running.flooded()
      expect(before).toBeLessThan(16_000_000)
      const text = textOf(process.wire.output)
      await flooded
      await running.exit()
      expect((await text).length).toBe(16_000_000)
    }))

  test('drains standard error though nobody reads it, and keeps the last of it without secrets', () =>
    withProcess(
      async ({ process, running }) => {
        await running.flood(4_000_000, 'stderr')
        await running.writeError('\u001b[31mkey is hunter2-hunter2\u001b[0m')
        await running.exit(1)
        const { errorTail } = await process.wire.exited
        expect(errorTail.length).toBeLessThan(70_000)
        expect(errorTail.endsWith('xkey is [secret]')).toBe(true)
      },
      { secrets: ['hunter2-hunter2'] },
    ))

  test('makes a writer wait until the tool reads, and forgives one that comes too late', () =>
    withProcess(async ({ process, running }) => {
      const big = 'x'.repeat(1_000_000)
      let isWritten = false
      const written = process.wire.write(`${big}\n`).then(() => (isWritten = true))
      await running.flooded()
      expect(isWritten).toBe(false)
      expect((await running.readLine())?.length).toBe(big.length)
      await written
      const waiting = process.wire.write(big)
      await running.exit()
      await waiting
      await process.gone
      await process.wire.write('too late')
    }))

  test('ends by itself when its input ends, before anything harder', () =>
    withProcess(async ({ process, running }) => {
      const gone = process.end({ cause: 'closed' }, longTimes)
      expect(await running.readLine()).toBeUndefined()
      await running.exit(0)
      expect(await gone).toMatchObject({
        because: { cause: 'closed' },
        exitCode: 0,
        signal: null,
        survivors: [],
      })
    }))

  test.skipIf(process.platform === 'win32')(
    'gets SIGTERM after its input ended in vain, and SIGKILL after that',
    () => {
      const clock = new ManualClock()
      return withProcess(
        async ({ process, running }) => {
          await running.ignore('SIGTERM')
          const death = process.end({ cause: 'closed' }, { endOfInputMs: 1_000, termMs: 1_000 })
          expect(await running.readLine()).toBeUndefined()
          clock.advanceBy(1_000)
          expect(await running.signalled()).toBe('SIGTERM')
          clock.advanceBy(1_000)
          expect(await death).toMatchObject({ signal: 'SIGKILL', survivors: [] })
          expect(process.returnCode).toBe(137)
        },
        { clock },
      )
    },
  )

  test('keeps the first cause of its end', () =>
    withProcess(async ({ process, running }) => {
      const first = process.end({ cause: 'aborted' }, longTimes)
      void process.end({ cause: 'closed' }, longTimes, { force: true })
      expect((await first).because).toEqual({ cause: 'aborted' })
      await running.ended
    }))

  test('says that it exited by itself, and why it was ended', () =>
    withProcess(async ({ process, running }) => {
      await running.exit(3)
      const death = await process.gone
      expect(describeDeath(death, { state: 'busy', doing: 'running turn 7' })).toBe(
        'exited unexpectedly with code 3 in state busy while running turn 7',
      )
      expect(describeDeath({ ...death, survivors: [7, 8], because: { cause: 'closed' } })).toBe(
        'was closed; still there: process 7, 8',
      )
    }))

  test('is an error where the system cannot start it', async () => {
    const launch = { file: process.execPath, args: [], cwd: '/nowhere/at/all', env: {}, secrets: [] }
    const processes = ownProcesses()
    const clean = (text: string) => text
    await expect(startProcess(launch, { clock: new ManualClock(), processes, clean })).rejects.toMatchObject({
      code: 'WS_TOOL_START',
    })
    expect(echoTool().tool).toBe('echo')
  })
})

describe.skipIf(process.platform !== 'linux')('what a tool process starts', () => {
  const kinds = {
    'in its group': {},
    'in a session of its own': { isDetached: true },
    'by a double fork': { isDoubleForked: true },
    'by a double fork, in a session of its own': { isDoubleForked: true, isDetached: true },
    'deaf to SIGTERM': { ignoresTerm: true, isDetached: true, isDoubleForked: true },
    'holding its output open': { holdsOutput: true, isDetached: true },
  } as const

  for (const [name, options] of Object.entries(kinds)) {
    test(`${name} is gone after its end`, () => {
      const clock = new ManualClock()
      return withProcess(
        async ({ tool, process, running }) => {
          await running.spawnChild(options)
          await endWith(process, clock)
          expect(tool.survivors()).toEqual([])
        },
        { clock },
      )
    })

    test(`${name} is gone when it crashes`, () =>
      withProcess(async ({ tool, process, running }) => {
        await running.spawnChild(options)
        await running.raise('SIGKILL')
        expect(await process.gone).toMatchObject({ because: { cause: 'exited' }, survivors: [] })
        expect(tool.survivors()).toEqual([])
        await process.wire.exited
      }))
  }

  test('without its mark is gone too, where it was seen below the process', () => {
    const clock = new ManualClock()
    return withProcess(
      async ({ tool, process, running }) => {
        await running.spawnChild({ isDetached: true, forgetsEnvironment: true })
        await endWith(process, clock)
        expect(tool.survivors()).toEqual([])
      },
      { clock },
    )
  })

  test('is remembered from an earlier look, when nothing leads to it any more', () =>
    withProcess(async ({ tool, process, running }) => {
      await running.spawnChild({ isDetached: true, forgetsEnvironment: true })
      expect((await process.look())?.rssBytes).toBeGreaterThan(1_000_000)
      await crash(running)
      await process.gone
      expect(tool.survivors()).toEqual([])
    }))

  async function crash(running: ScriptedProcess) {
    await running.raise('SIGKILL')
  }
})
