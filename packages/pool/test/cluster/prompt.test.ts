import { answerPrompt, takePrompt, takeRequest } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import type { TurnEvent } from '@ws/tools'
import { later, withCluster } from '../driven-cluster.ts'

describe('a prompt', () => {
  test('resolves to all that is known of the turn', () =>
    withCluster({ count: 1 }, async (driver) => {
      const events: TurnEvent[] = []
      const turn = later(driver.cluster.prompt('hello', { onEvent: (event) => events.push(event) }))
      const process = driver.at(0)
      const { id, text } = await takePrompt(process)
      expect(text).toBe('hello')
      await process.write(`{"part":${id},"text":"one \\u001b[31mred\\u001b[0m"}\n`)
      await process.write(`{"spent":${id},"inputTokens":20,"outputTokens":3,"costUsd":0.25}\n`)
      await answerPrompt(process, id, { text: 'two', files: ['src/a.ts'] })
      expect(await turn).toMatchObject({
        text: 'two',
        tokens: 23,
        costUsd: 0.25,
        durationMs: 0,
        instance: 0,
        files: ['src/a.ts'],
        raw: { answer: id, text: 'two' },
      })
      expect(events.map((event) => (event.type === 'text' ? event.text : event.type))).toEqual([
        'one red',
        'usage',
      ])
    }))

  test('rejects with the failure as plain data', () =>
    withCluster({ count: 1 }, async (driver) => {
      const turn = later(driver.cluster.prompt('hello'))
      const { id } = await takePrompt(driver.at(0))
      await answerPrompt(driver.at(0), id, { failed: 'not today' })
      await expect(turn).rejects.toMatchObject({
        code: 'WS_TURN_FAILED',
        message: 'a turn of "scripted" refused the task: not today',
        details: { failure: { reason: 'refused', detail: 'not today' } },
      })
    }))

  test('waits for its turn, one at a time for each instance', () =>
    withCluster({ count: 1 }, async (driver) => {
      const turns = ['a', 'b', 'c'].map((text) => driver.cluster.prompt(text))
      for (const text of ['a', 'b', 'c']) {
        expect(driver.cluster.getStatus()[0]).toMatchObject({ inFlight: 1, busy: true, state: 'busy' })
        expect(await driver.answer(0)).toBe(text)
        await turns.shift()
      }
      expect(driver.cluster.getStatus()[0]).toMatchObject({
        inFlight: 0,
        busy: false,
        state: 'ready',
        turns: 3,
      })
    }))

  test('leaves the queue at once when it is aborted, whatever is before it', () =>
    withCluster({ count: 1 }, async (driver) => {
      const first = driver.cluster.prompt('first')
      const stop = new AbortController()
      const second = later(driver.cluster.prompt('second', { signal: stop.signal }))
      const third = driver.cluster.prompt('third')
      stop.abort(new Error('changed my mind'))
      await expect(second).rejects.toThrow('changed my mind')
      expect(driver.cluster.stats().queued).toBe(1)
      expect([await driver.answer(0), await driver.answer(0)]).toEqual(['first', 'third'])
      await Promise.all([first, third])
    }))

  test('is not begun where its signal was aborted before', () =>
    withCluster({ count: 1 }, async (driver) => {
      await expect(driver.cluster.prompt('x', { signal: AbortSignal.abort() })).rejects.toThrow('aborted')
      expect(driver.cluster.stats()).toMatchObject({ turns: 0, queued: 0 })
    }))

  test('makes its tool stop when it is aborted, and the instance goes on', () =>
    withCluster({ count: 1 }, async (driver) => {
      const stop = new AbortController()
      const turn = later(driver.cluster.prompt('long', { signal: stop.signal }))
      const process = driver.at(0)
      const { id } = await takePrompt(process)
      stop.abort(new Error('enough'))
      expect(await takeRequest(process)).toEqual({ interrupt: id })
      const next = driver.cluster.prompt('next')
      // Until the tool has said so, nobody gets its place.
      expect(driver.cluster.getStatus()[0]).toMatchObject({ inFlight: 1, queued: 1 })
      await answerPrompt(process, id, { isInterrupted: true })
      await expect(turn).rejects.toThrow('enough')
      expect(await driver.answer(0)).toBe('next')
      expect((await next).text).toBe('0: next')
    }))

  test('ends its process when the tool does not stop, and settles when that is dead', () =>
    withCluster({ count: 1, interruptMs: 100, termMs: 100 }, async (driver) => {
      const stop = new AbortController()
      const turn = driver.cluster.promptSettled('long', { signal: stop.signal })
      const process = driver.at(0)
      await takePrompt(process)
      await process.ignore('SIGTERM')
      const child = await process.spawnChild({ isDetached: true })
      stop.abort()
      await takeRequest(process)
      driver.clock.advanceBy(100)
      expect(await process.signalled()).toBe('SIGTERM')
      driver.clock.advanceBy(100)
      expect(await turn).toMatchObject({ isDone: false, failure: { reason: 'interrupted', by: 'cancelled' } })
      expect(process.survivors()).toEqual([])
      expect(child).toBeGreaterThan(0)
      // Not its fault: it is there again without waiting.
      const again = driver.cluster.prompt('again')
      await driver.nextReady()
      await driver.event('instance.restarted')
      expect(await driver.answer(0)).toBe('again')
      await again
      expect(driver.events.map(({ type }) => type)).not.toContain('instance.crashed')
    }))

  test('ends after its time, after silence, or in the queue, and says which', () =>
    withCluster({ count: 1, turnTimeoutMs: 1_000, idleTimeoutMs: 400 }, async (driver) => {
      const process = driver.at(0)
      const failureOf = (turn: Promise<unknown>) => turn.catch((error: { details: unknown }) => error.details)
      const silent = failureOf(driver.cluster.prompt('silent'))
      const waiting = failureOf(driver.cluster.prompt('waiting', { queueTimeoutMs: 300 }))
      let { id } = await takePrompt(process)
      driver.clock.advanceBy(300)
      expect(await waiting).toMatchObject({ failure: { reason: 'timed-out', limit: 'queue', afterMs: 300 } })
      driver.clock.advanceBy(100)
      await takeRequest(process)
      await answerPrompt(process, id, { isInterrupted: true })
      expect(await silent).toMatchObject({ failure: { reason: 'timed-out', limit: 'idle', afterMs: 400 } })

      const parts: string[] = []
      let heard = Promise.withResolvers<void>()
      const slow = failureOf(
        driver.cluster.prompt('slow', { onEvent: () => (parts.push('x'), heard.resolve()) }),
      )
      id = (await takePrompt(process)).id
      for (let part = 0; part < 3; part++) {
        heard = Promise.withResolvers<void>()
        await process.write(`{"part":${id},"text":"…"}\n`)
        await heard.promise
        driver.clock.advanceBy(333)
      }
      driver.clock.advanceBy(1)
      await takeRequest(process)
      await answerPrompt(process, id, { isInterrupted: true })
      expect(await slow).toMatchObject({ failure: { reason: 'timed-out', limit: 'run', afterMs: 1_000 } })
    }))

  test('is refused where too many wait, and where the cluster is closed', () =>
    withCluster({ count: 1, maxQueued: 2 }, async (driver) => {
      const turns = ['running', 'a', 'b'].map((text) => driver.cluster.promptSettled(text))
      await expect(driver.cluster.prompt('c')).rejects.toMatchObject({ code: 'WS_POOL_FULL' })
      await takePrompt(driver.at(0))
      await driver.cluster.close({ force: true })
      await Promise.all(turns)
      await expect(driver.cluster.prompt('d')).rejects.toMatchObject({ code: 'WS_POOL_CLOSED' })
      expect(driver.cluster.send('e')).toBeUndefined()
    }))
})

describe('closing', () => {
  test('asks turns to stop, then ends inputs, and lets tools end by themselves', () =>
    withCluster({ count: 2 }, async (driver) => {
      const turn = later(driver.cluster.prompt('x'))
      const waiting = later(driver.cluster.prompt('y'))
      const busy = driver.at(0)
      const { id } = await takePrompt(busy)
      await driver.answer(1)
      await waiting
      const idle = driver.at(1)
      const closing = driver.cluster.close()
      expect(driver.cluster.close()).toBe(closing)
      expect(await takeRequest(busy)).toEqual({ interrupt: id })
      await answerPrompt(busy, id, { isInterrupted: true })
      await expect(turn).rejects.toMatchObject({ code: 'WS_POOL_CLOSED' })
      for (const process of [busy, idle]) {
        expect(await process.readLine()).toBeUndefined()
        await process.exit()
      }
      await closing
      await driver.cluster[Symbol.asyncDispose]()
      expect(
        driver.cluster.getStatus().map(({ alive, state, returnCode }) => [alive, state, returnCode]),
      ).toEqual([
        [false, 'dead', 0],
        [false, 'dead', 0],
      ])
    }))

  test('by force waits for nobody, even when it was gentle before', () =>
    withCluster({ count: 1 }, async (driver) => {
      const turn = driver.cluster.promptSettled('x')
      await takePrompt(driver.at(0))
      await driver.at(0).ignore('SIGTERM')
      const gently = driver.cluster.close()
      await driver.cluster.close({ force: true })
      await gently
      expect((await turn).isDone).toBe(false)
    }))

  test('rejects what waits', () =>
    withCluster({ count: 1 }, async (driver) => {
      const running = driver.cluster.promptSettled('x')
      const waiting = later(driver.cluster.prompt('y'))
      const closing = driver.cluster.close({ force: true })
      await expect(waiting).rejects.toMatchObject({ code: 'WS_POOL_CLOSED' })
      await closing
      await running
    }))
})
