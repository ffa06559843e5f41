import { answerPrompt, echoTool, sayReady, startScriptedTool, takePrompt, takeRequest } from '@ws/testing'
import type { ToolAdapter } from '@ws/tools'
import { describe, expect, test } from 'vitest'
import { launchCluster, ProcessLimits, ToolProcessPool } from '../../src/index.ts'
import { later, scriptedAdapter, withCluster } from '../driven-cluster.ts'

// Mistakes that pools have made: each of them once hung, lost or doubled somebody's work.

describe('a pool does not repeat that', () => {
  test('none at a time waits for ever', async () => {
    expect(() => new ToolProcessPool(echoTool(), 0)).toThrow(
      'count is 0, expected a whole number from 1 to 1000',
    )
    await expect(launchCluster(echoTool(), { count: 0 })).rejects.toMatchObject({ code: 'WS_OPTION_RANGE' })
    expect(() => new ProcessLimits({ maxProcesses: 0 })).toThrow('maxProcesses is 0')
  })

  test('work is begun after it was given up', () =>
    withCluster({ count: 1 }, async (driver) => {
      const stop = new AbortController()
      const results = driver.cluster.map(['a', 'b', 'c'], String, { signal: stop.signal })
      const first = later(results.next())
      const process = driver.at(0)
      const { id } = await takePrompt(process)
      stop.abort(new Error('enough'))
      expect(await takeRequest(process)).toEqual({ interrupt: id })
      await answerPrompt(process, id, { isInterrupted: true })
      await Promise.allSettled([first, results.next()])
      const waiting = later(driver.cluster.prompt('d'))
      expect(await driver.answer(0)).toBe('d')
      await waiting
      expect(driver.cluster.stats().turns).toBe(2)
    }))

  test('a freed place is stolen by a newcomer from who waits for it', () =>
    withCluster({ count: 1 }, async (driver) => {
      const order: string[] = []
      const ask = (text: string) => driver.cluster.prompt(text).then(() => order.push(text))
      // Whoever hears of an answer asks again at once, while others have been waiting.
      const first = ask('a').then(() => ask('d'))
      const others = [ask('b'), ask('c')]
      for (const text of ['a', 'b', 'c', 'd']) expect(await driver.answer(0)).toBe(text)
      await Promise.all([first, ...others])
      expect(order).toEqual(['a', 'b', 'c', 'd'])
    }))

  test('a newcomer comes in between the end of a turn and the next one in line', () =>
    withCluster({ count: 1 }, async (driver) => {
      const turns = [driver.cluster.prompt('a'), driver.cluster.prompt('b')]
      const late: Promise<unknown>[] = []
      driver.cluster.events.on('turn.completed', () => {
        if (late.length === 0) late.push(driver.cluster.prompt('late'))
      })
      for (const text of ['a', 'b', 'late']) expect(await driver.answer(0)).toBe(text)
      await Promise.all([...turns, ...late])
    }))

  test('what is queued loses its signal, or its listener', async () => {
    const stop = new AbortController()
    let listeners = 0
    const { signal } = stop
    const { addEventListener, removeEventListener } = signal
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners += 1
      addEventListener.apply(signal, args)
    }
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners -= 1
      removeEventListener.apply(signal, args)
    }
    await withCluster({ count: 1 }, async (driver) => {
      const done = driver.cluster.prompt('done', { signal })
      await driver.answer(0)
      await done
      expect(listeners).toBe(0)
      const running = later(driver.cluster.prompt('running', { signal }))
      const queued = later(driver.cluster.prompt('queued', { signal }))
      const { id } = await takePrompt(driver.at(0))
      stop.abort(new Error('enough'))
      await expect(queued).rejects.toThrow('enough')
      await takeRequest(driver.at(0))
      await answerPrompt(driver.at(0), id, { isInterrupted: true })
      await expect(running).rejects.toThrow('enough')
    })
    expect(listeners).toBe(0)
  })

  test('a second stop rejects, or does not wait for the first', () =>
    withCluster({ count: 2 }, async (driver) => {
      const gone: string[] = []
      const first = driver.cluster.close().then(() => gone.push('first'))
      const second = driver.cluster.shutdown().then(() => gone.push('second'))
      const disposed = driver.cluster[Symbol.asyncDispose]()
      await driver.cluster.close({ force: true })
      await Promise.all([first, second, disposed])
      expect(gone).toHaveLength(2)
      expect(driver.tool.survivors()).toEqual([])
    }))

  test('a termination is never told on some way out', async () => {
    const tool = await startScriptedTool()
    // An adapter that forgets every promise it gave, once its process is gone.
    const careless: ToolAdapter = {
      ...scriptedAdapter(tool),
      connect: (wire) => ({
        ready: Promise.resolve({ isReady: true }),
        openSession: () =>
          Promise.resolve({
            isOpen: true,
            session: {
              id: undefined,
              prompt: () => new Promise(() => {}),
              interrupt: () => {},
              reset: () => new Promise(() => {}),
              close: () => new Promise(() => {}),
            },
          }),
        close: () => wire.end(),
      }),
    }
    const cluster = await launchCluster(careless, { count: 1, restart: 'manual' })
    const turn = cluster.promptSettled('x')
    const process = await tool.next()
    await process.write('what nobody reads')
    await process.exit(1)
    expect(await turn).toMatchObject({ isDone: false, failure: { reason: 'crashed' } })
    await cluster.close()
    await tool.close()
  })
})

describe('a caller may', () => {
  test('throw where it listens, and harms nobody but itself', async () => {
    const errors: unknown[] = []
    const onListenerError = (error: unknown) => void errors.push(error)
    await withCluster({ count: 1, onListenerError }, async (driver) => {
      const onEvent = () => {
        throw new Error('mine')
      }
      const turn = driver.cluster.prompt('x', { onEvent })
      const { id } = await takePrompt(driver.at(0))
      await driver.at(0).write(`{"part":${id},"text":"x"}\n`)
      await answerPrompt(driver.at(0), id, 'done')
      expect((await turn).text).toBe('done')
    })
    expect(errors).toEqual([new Error('mine')])
  })

  test('bring an adapter that throws, and no process is left', async () => {
    const tool = await startScriptedTool()
    const broken: ToolAdapter = {
      ...scriptedAdapter(tool),
      connect: () => {
        throw new TypeError('not yet written')
      },
    }
    await expect(launchCluster(broken, { count: 1 })).rejects.toThrow('not yet written')
    expect(tool.survivors()).toEqual([])
    await tool.close()
  })

  test('bring an adapter that throws later: that turn fails, and others do not', async () => {
    const adapter = echoTool()
    let launches = 0
    const moody: ToolAdapter = {
      ...adapter,
      launch: (request) => {
        if (++launches === 2) throw new TypeError('a mistake of mine')
        return adapter.launch(request)
      },
    }
    const cluster = await launchCluster(moody, { count: 1, execution: 'one-shot' })
    const turns = await Promise.all(['a', 'b', 'c'].map((text) => cluster.promptSettled(text)))
    expect(turns.map((turn) => (turn.isDone ? turn.turn.text : turn.failure))).toEqual([
      'a',
      { reason: 'infrastructure', detail: 'a mistake of mine' },
      'c',
    ])
    await cluster.close()
  })

  test('decide by a function that fails: then it is not allowed', async () => {
    const answers: unknown[] = []
    const adapter = echoTool()
    const asking: ToolAdapter = {
      ...adapter,
      connect: (wire, request) => {
        const connection = adapter.connect(wire, request)
        return {
          ready: connection.ready,
          close: () => connection.close(),
          openSession: async (options) => {
            const answer = await connection.openSession(options)
            if (!answer.isOpen) return answer
            const { session } = answer
            return {
              isOpen: true,
              session: {
                id: undefined,
                interrupt: () => session.interrupt(),
                reset: () => session.reset(),
                close: () => session.close(),
                prompt: async (text, { decide } = {}) => {
                  answers.push(await decide?.({ kind: 'write', name: 'edit', paths: ['a'] }))
                  return session.prompt(text)
                },
              },
            }
          },
        }
      },
    }
    const cluster = await launchCluster(asking, {
      count: 1,
      decide: () => {
        throw new Error('mine')
      },
    })
    await cluster.prompt('x')
    await cluster.prompt('y', { decide: ({ paths }) => ({ isAllowed: false, because: paths.join() }) })
    await cluster.close()
    expect(answers).toEqual([
      { isAllowed: false, because: 'nobody could decide it' },
      { isAllowed: false, because: 'a' },
    ])
  })
})

describe('a tool may', () => {
  test('end its turn and hang with its input open; the turn is over all the same', () =>
    withCluster({ count: 1 }, async (driver) => {
      for (const text of ['a', 'b']) {
        const turn = driver.cluster.prompt(text)
        await driver.answer(0)
        await turn
      }
    }))

  test('end at the very moment at which it is asked', () =>
    withCluster({ count: 1, restart: 'auto', backoff: { firstMs: 0 } }, async (driver) => {
      const exiting = driver.at(0).exit(0)
      const turn = driver.cluster.promptSettled('x')
      await exiting
      await driver.event('instance.crashed')
      driver.clock.advanceBy(1)
      const process = await driver.next()
      await sayReady(process)
      await driver.event('instance.restarted')
      // Either it was begun on the one that ended, or it waited for the next one; it is settled once.
      const second = driver.cluster.prompt('y')
      const texts = [await driver.answer(0)]
      if (texts[0] === 'x') texts.push(await driver.answer(0))
      expect(texts.at(-1)).toBe('y')
      await second
      expect((await turn).isDone).toBe(texts.length === 2)
    }))

  test('close its output and live on: the turn is ended by its silence', () =>
    withCluster({ count: 1, idleTimeoutMs: 1_000, interruptMs: 10 }, async (driver) => {
      const turn = driver.cluster.promptSettled('x')
      const process = driver.at(0)
      await takePrompt(process)
      await process.closeOutput()
      driver.clock.advanceBy(1_000)
      await takeRequest(process)
      driver.clock.advanceBy(10)
      expect(await turn).toMatchObject({ failure: { reason: 'timed-out', limit: 'idle' } })
      await driver.nextReady()
      await driver.event('instance.restarted')
    }))
})
