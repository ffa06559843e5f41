import { takePrompt } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { later, withCluster } from '../driven-cluster.ts'

const oneShot = { execution: 'one-shot', traits: { interrupts: false } } as const

describe('a process for each turn', () => {
  test('gets its prompt and the end of its input; the answer comes when it is gone', () =>
    withCluster({ ...oneShot, count: 1 }, async (driver) => {
      const first = driver.cluster.prompt('one')
      const second = driver.cluster.prompt('two')
      for (const [turn, text] of [
        [first, 'one'],
        [second, 'two'],
      ] as const) {
        const process = await driver.next()
        expect(driver.cluster.getStatus()[0]).toMatchObject({ alive: true, inFlight: 1, state: 'busy' })
        expect(await driver.answer(0)).toBe(text)
        expect(await process.readLine()).toBeUndefined()
        const child = await process.spawnChild({ isDetached: true })
        await process.exit()
        expect((await turn).text).toBe(`0: ${text}`)
        expect(process.survivors()).not.toContain(child)
      }
      expect(driver.cluster.getStatus()[0]).toMatchObject({
        alive: true,
        state: 'ready',
        turns: 2,
        pid: null,
      })
      expect(driver.cluster.stats().execution).toBe('one-shot')
    }))

  test('that hangs after its answer is ended after a grace, and the answer counts', () =>
    withCluster({ ...oneShot, count: 1, exitGraceMs: 1_000 }, async (driver) => {
      const turn = driver.cluster.prompt('x')
      const process = await driver.next()
      await driver.answer(0)
      await process.ignore('SIGTERM')
      expect(await process.readLine()).toBeUndefined()
      await process.flooded()
      while (driver.clock.next() !== driver.clock.now() + 1_000)
        await new Promise((resolve) => setImmediate(resolve))
      driver.clock.advanceBy(1_000)
      await process.signalled()
      driver.clock.advanceBy(4_000)
      expect((await turn).text).toBe('0: x')
    }))

  test('that ends without an answer crashed, whatever its exit code', () =>
    withCluster({ ...oneShot, count: 1 }, async (driver) => {
      const turn = driver.cluster.promptSettled('x')
      const process = await driver.next()
      await takePrompt(process)
      await process.exit(0)
      expect(await turn).toMatchObject({ isDone: false, failure: { reason: 'crashed' } })
      expect(driver.cluster.getStatus()[0]).toMatchObject({ alive: true, state: 'ready' })
    }))

  test('is ended when its turn is aborted; it cannot be asked', () =>
    withCluster({ ...oneShot, count: 1 }, async (driver) => {
      const stop = new AbortController()
      const turn = later(driver.cluster.prompt('x', { signal: stop.signal }))
      const process = await driver.next()
      await takePrompt(process)
      stop.abort(new Error('enough'))
      await expect(turn).rejects.toThrow('enough')
      expect(process.survivors()).toEqual([])
    }))

  test('is not started for a turn that was aborted before', () =>
    withCluster({ ...oneShot, count: 1 }, async (driver) => {
      const stop = new AbortController()
      const running = driver.cluster.prompt('x')
      const waiting = later(driver.cluster.prompt('y', { signal: stop.signal }))
      stop.abort(new Error('enough'))
      await expect(waiting).rejects.toThrow('enough')
      const process = await driver.next()
      await driver.answer(0)
      await process.exit()
      await running
      expect(driver.cluster.stats().turns).toBe(1)
    }))

  test('opens the breaker after too many crashes', () =>
    withCluster({ ...oneShot, count: 1, breaker: { crashes: 2, coolDownMs: 100 } }, async (driver) => {
      for (let crash = 0; crash < 2; crash++) {
        const turn = driver.cluster.promptSettled('x')
        await (await driver.next()).exit(1)
        await turn
      }
      expect(await driver.event('breaker.opened')).toMatchObject({ crashes: 2 })
      await expect(driver.cluster.prompt('y')).rejects.toMatchObject({ code: 'WS_POOL_DOWN' })
      driver.clock.advanceBy(100)
      const turn = driver.cluster.prompt('z')
      const process = await driver.next()
      await driver.answer(0)
      await process.exit()
      await turn
      await driver.event('breaker.closed')
    }))

  test('is ended on request, and the next one may come', () =>
    withCluster({ ...oneShot, count: 1 }, async (driver) => {
      const turn = driver.cluster.promptSettled('x')
      const process = await driver.next()
      await takePrompt(process)
      expect(await driver.cluster.restartInstance(0)).toBe(true)
      expect(await turn).toMatchObject({ isDone: false, failure: { reason: 'interrupted' } })
      expect(process.survivors()).toEqual([])
      expect(driver.cluster.getStatus()[0]).toMatchObject({ alive: true, state: 'ready' })
    }))

  test('tells that a conversation was lost where the tool gives it no id', () =>
    withCluster(
      { execution: 'one-shot', traits: { interrupts: false, resumes: true }, count: 1 },
      async (driver) => {
        for (const text of ['a', 'b']) {
          const turn = driver.cluster.prompt(text, { session: 'one' })
          const process = await driver.next()
          await driver.answer(0)
          await process.exit()
          await turn
        }
        expect(driver.events.filter(({ type }) => type === 'session.lost')).toHaveLength(1)
      },
    ))

  test('is ended with its cluster', () =>
    withCluster({ ...oneShot, count: 2 }, async (driver) => {
      const turn = later(driver.cluster.prompt('x'))
      await takePrompt(await driver.next())
      await driver.cluster.close({ force: true })
      await expect(turn).rejects.toMatchObject({ code: 'WS_POOL_CLOSED' })
    }))
})
