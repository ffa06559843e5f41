import { echoTool, takePrompt } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { launchCluster } from '../../src/index.ts'
import { withCluster } from '../driven-cluster.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('map', () => {
  test('asks for every item and yields how each ended, in any order or in theirs', async () => {
    const cluster = await launchCluster(echoTool(), { count: 2 })
    const texts: string[] = []
    for await (const { item, settled } of cluster.map(numbers(50), (item) => `item ${item}`))
      texts[item] = settled.isDone ? settled.turn.text : 'failed'
    expect(texts).toEqual(numbers(50).map((item) => `item ${item}`))

    const positions: number[] = []
    async function* source() {
      yield* numbers(20)
    }
    for await (const { position } of cluster.map(source(), String, { ordered: true }))
      positions.push(position)
    expect(positions).toEqual(numbers(20))
    await cluster.close()
  })

  test('goes on after a failure', () =>
    withCluster({ count: 1, restart: 'auto', backoff: { firstMs: 0 } }, async (driver) => {
      const results = driver.cluster.map(['a', 'b'], (text) => ({ text }), { ordered: true })
      const first = results.next()
      await takePrompt(driver.at(0))
      await driver.at(0).exit(1)
      expect((await first).value).toMatchObject({ item: 'a', position: 0, settled: { isDone: false } })
      driver.clock.advanceBy(1)
      await driver.nextReady()
      await driver.event('instance.restarted')
      const second = results.next()
      await driver.answer(0)
      expect((await second).value).toMatchObject({ item: 'b', settled: { isDone: true } })
      expect(await results.next()).toEqual({ done: true, value: undefined })
    }))

  test('waits for no prompt that takes long, and yields it when it has ended', () =>
    withCluster({ count: 2 }, async (driver) => {
      const results = driver.cluster.map(numbers(40), (item) => `item ${item}`)
      const ended: number[] = []
      const reading = (async () => {
        for await (const { item } of results) ended.push(item)
      })()
      const slow = await takePrompt(driver.at(0))
      for (let at = 1; at < 40; at++) await driver.answer(1)
      await driver.at(0).write(`{"answer":${slow.id},"text":"late"}\n`)
      await reading
      expect(ended.at(-1)).toBe(0)
      expect(ended.toSorted((a, b) => a - b)).toEqual(numbers(40))
    }))

  test('takes no more items than there is room for', () =>
    withCluster({ count: 1 }, async (driver) => {
      let taken = 0
      function* endless() {
        for (;;) yield ++taken
      }
      const results = driver.cluster.map(endless(), String)
      for (const each of [1, 2, 3]) {
        const next = results.next()
        expect(await driver.answer(0)).toBe(String(each))
        await next
        expect(taken).toBeLessThanOrEqual(each + 2)
      }
      const stopping = results.return()
      const { id } = await takePrompt(driver.at(0))
      await driver.at(0).write(`{"answer":${id},"isInterrupted":true}\n`)
      await stopping
      expect(driver.cluster.stats()).toMatchObject({ queued: 0, busy: 0 })
    }))

  test('ends by throwing when it is aborted, after what ran has stopped', () =>
    withCluster({ count: 1 }, async (driver) => {
      const stop = new AbortController()
      const results = driver.cluster.map(['a', 'b', 'c'], String, { signal: stop.signal })
      const first = results.next()
      const { id } = await takePrompt(driver.at(0))
      stop.abort(new Error('enough'))
      const answers = Promise.allSettled([first, results.next(), results.next()])
      await driver.at(0).write(`{"answer":${id},"isInterrupted":true}\n`)
      const ended = await answers
      expect(ended.filter(({ status }) => status === 'rejected')).toHaveLength(1)
      expect(driver.cluster.stats()).toMatchObject({ queued: 0, busy: 0 })
      await expect(driver.cluster.map(['a'], String, { signal: stop.signal }).next()).rejects.toThrow(
        'enough',
      )
    }))

  test('stops what runs when its source fails', async () => {
    const cluster = await launchCluster(echoTool(), { count: 1 })
    function* broken() {
      yield 1
      throw new Error('no more items')
    }
    const results = cluster.map(broken(), String)
    await expect(
      (async () => {
        for await (const _ of results);
      })(),
    ).rejects.toThrow('no more items')
    await cluster.close()
  })
})
