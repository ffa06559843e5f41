import { sayReady, takePrompt } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { ProcessLimits } from '../../src/index.ts'
import { withCluster } from '../driven-cluster.ts'

describe('a process that is to be replaced', () => {
  test('goes on until the next one is warm, and then ends', () =>
    withCluster({ count: 1, recycle: { turns: 1 } }, async (driver) => {
      const old = driver.at(0)
      const first = driver.cluster.prompt('a')
      await driver.answer(0)
      await first
      const spare = await driver.next()
      // The next turn does not wait for it.
      const second = driver.cluster.prompt('b')
      expect((await takePrompt(old)).text).toBe('b')
      await sayReady(spare)
      await old.write('{"answer":2,"text":"done"}\n')
      expect((await second).text).toBe('done')
      expect(await driver.event('instance.recycled')).toMatchObject({ because: 'turns' })
      expect(driver.cluster.getStatus()[0]).toMatchObject({ pid: spare.pid, restarts: 0, state: 'ready' })
      expect(await old.readLine()).toBeUndefined()
      await old.exit()
      const third = driver.cluster.prompt('c')
      await driver.answer(0)
      await third
      await (await driver.next()).exit(1)
    }))

  test('is replaced while it idles, as soon as the next one is warm', () =>
    withCluster({ count: 1, recycle: { ageMs: 1_000 } }, async (driver) => {
      const old = driver.at(0)
      driver.clock.advanceBy(1_000)
      const looking = driver.cluster.checkHealth()
      const spare = await driver.nextReady()
      await looking
      expect(await driver.event('instance.recycled')).toMatchObject({ because: 'age' })
      expect(driver.cluster.getStatus()[0]?.pid).toBe(spare.pid)
      await old.exit()
    }))

  test('is gone before the next one comes where there is no spare, or no room for one', async () => {
    for (const options of [
      { recycle: { turns: 1, spare: false } },
      { recycle: { turns: 1 }, limits: new ProcessLimits({ maxProcesses: 1 }) },
    ])
      await withCluster({ count: 1, ...options }, async (driver) => {
        const old = driver.at(0)
        const first = driver.cluster.prompt('a')
        const second = driver.cluster.prompt('b')
        await driver.answer(0)
        await first
        expect(await old.readLine()).toBeUndefined()
        expect(driver.cluster.getStatus()[0]).toMatchObject({ state: 'spawning', queued: 1 })
        await old.exit()
        await driver.nextReady()
        expect(await driver.event('instance.recycled')).toMatchObject({ because: 'turns' })
        await driver.answer(0)
        await second
      })
  })

  test('is known by its memory, its children counted in', () =>
    withCluster({ count: 1, recycle: { memoryMb: 1, spare: false } }, async (driver) => {
      const old = driver.at(0)
      const looking = driver.cluster.checkHealth()
      expect(await old.readLine()).toBeUndefined()
      await old.exit()
      await driver.nextReady()
      await looking
      expect(await driver.event('instance.recycled')).toMatchObject({ because: 'memory' })
    }))

  test('for another directory is replaced before the turn', () =>
    withCluster({ count: 1 }, async (driver) => {
      const old = driver.at(0)
      const turn = driver.cluster.prompt('a', { cwd: '/' })
      expect(await old.readLine()).toBeUndefined()
      await old.exit()
      const process = await driver.nextReady()
      expect(process.cwd).toBe('/')
      await driver.event('instance.ready')
      await driver.answer(0)
      expect((await turn).text).toBe('0: a')
      expect(await driver.event('instance.recycled')).toMatchObject({ because: 'directory' })
    }))

  test('does not lose its place when the turn for which it was replaced is aborted', () =>
    withCluster({ count: 1 }, async (driver) => {
      const stop = new AbortController()
      const old = driver.at(0)
      const turn = driver.cluster.promptSettled('a', { cwd: '/', signal: stop.signal })
      await old.readLine()
      stop.abort()
      await old.exit()
      await driver.nextReady()
      expect(await turn).toMatchObject({ isDone: false, failure: { reason: 'interrupted' } })
      const next = driver.cluster.prompt('b', { cwd: '/' })
      await driver.answer(0)
      await next
    }))

  test('fails the turn when the next one never takes prompts', () =>
    withCluster({ count: 1, restart: 'manual' }, async (driver) => {
      const old = driver.at(0)
      const turn = driver.cluster.promptSettled('a', { cwd: '/' })
      await old.exit()
      await (await driver.next()).exit(4)
      expect(await turn).toMatchObject({ isDone: false, failure: { reason: 'crashed' } })
    }))
})
