import { echoTool, takePrompt } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { InstanceStatus, ToolProcessPool } from '../../src/index.ts'
import { withPool } from '../driven-pool.ts'

describe('a pool', () => {
  test('sends prompts to instances by their index, and fetches their answers', async () => {
    const pool = new ToolProcessPool(echoTool(), 2)
    expect(pool.sendPrompt(0, 'too early')).toBe(false)
    await pool.start()
    expect(pool.count).toBe(2)
    expect([pool.sendPrompt(0, 'a'), pool.sendPrompt(1, 'b'), pool.sendPrompt(0, 'c')]).toEqual([
      true,
      true,
      true,
    ])
    expect(pool.sendPrompt(2, 'x')).toBe(false)
    expect(await pool.readResponse(1, 5_000)).toBe('b')
    expect(await pool.readResponse(0, 5_000)).toBe('a')
    expect(await pool.readResponse(0, 5_000)).toBe('c')
    expect(await pool.readResponse(7, 5_000)).toBeUndefined()
    expect(await pool.readTurn(0, 0)).toBeUndefined()
    const status = pool.getStatus()
    for (const each of status) expect(InstanceStatus.parse(each)).toEqual(each)
    expect(status[0]).toMatchObject({
      index: 0,
      toolId: 'echo',
      alive: true,
      returnCode: null,
      state: 'ready',
      turns: 2,
    })
    await pool.shutdown()
    expect(pool.sendPrompt(0, 'too late')).toBe(false)
    await pool.shutdown()
    await pool[Symbol.asyncDispose]()
    expect(pool.getStatus()[0]).toMatchObject({ alive: false, returnCode: 0, state: 'dead' })
    await expect(pool.start()).rejects.toMatchObject({ code: 'WS_POOL_CLOSED' })
    await expect(pool.restartInstance(0)).rejects.toMatchObject({ code: 'WS_POOL_CLOSED' })
  })

  test('has a read that is over in time, and gives the late answer to the next one', () =>
    withPool({ count: 1 }, async (driver) => {
      const { cluster: pool, clock } = driver
      pool.sendPrompt(0, 'slow')
      const early = pool.readResponse(0, 100)
      clock.advanceBy(100)
      expect(await early).toBeUndefined()
      const waiting = pool.readResponse(0, 100)
      await driver.answer(0, 'at last')
      expect(await waiting).toBe('at last')
      expect(await pool.readResponse(0, 0)).toBeUndefined()
    }))

  test('refuses what it has no room for, and counts answers that nobody fetches', () =>
    withPool({ count: 1, maxQueued: 2 }, async (driver) => {
      const { cluster: pool } = driver
      expect([pool.sendPrompt(0, 'a'), pool.sendPrompt(0, 'b'), pool.sendPrompt(0, 'c')]).toEqual([
        true,
        true,
        false,
      ])
      await driver.answer(0)
      await driver.answer(0)
      await driver.event('turn.completed')
      await driver.event('turn.completed')
      expect(pool.sendPrompt(0, 'd')).toBe(false)
      await expect.poll(() => pool.getStatus()[0]).toMatchObject({ unread: 2, queued: 0 })
      await pool.readResponse(0, 1)
      expect(pool.sendPrompt(0, 'd')).toBe(true)
    }))

  test('is false for an instance that is dead, and tells why its prompt has no answer', () =>
    withPool({ count: 2 }, async (driver) => {
      const { cluster: pool } = driver
      pool.sendPrompt(0, 'a')
      await takePrompt(driver.at(0))
      await driver.at(0).exit(5)
      expect(await pool.readResponse(0, 1)).toBeUndefined()
      expect(pool.sendPrompt(0, 'b')).toBe(false)
      expect(pool.getStatus()[0]).toMatchObject({ alive: false, returnCode: 5, state: 'dead', failures: 1 })
      const [first, second] = await pool.checkHealth()
      expect(first).toMatchObject({ index: 0, health: 'unhealthy', isAlive: false, isReady: false })
      expect(second).toMatchObject({
        index: 1,
        health: 'healthy',
        isAlive: true,
        isReady: true,
        detail: 'it is ready',
      })

      const restarting = pool.restartInstance(0)
      await driver.nextReady()
      expect(await restarting).toBe(true)
      expect((await pool.checkHealth())[0]).toMatchObject({ health: 'degraded', isReady: true })
      pool.sendPrompt(0, 'c')
      await driver.answer(0, 'fine')
      expect(await pool.readResponse(0, 1)).toBe('fine')
      expect((await pool.checkHealth())[0]).toMatchObject({ health: 'healthy' })
    }))

  test('ends what does not end by itself within the time of its shutdown', () =>
    withPool({ count: 1 }, async (driver) => {
      const { cluster: pool, clock } = driver
      const process = driver.at(0)
      pool.sendPrompt(0, 'x')
      await takePrompt(process)
      await process.ignore('SIGTERM')
      const begun = clock.now()
      const closing = pool.shutdown(3_000)
      let isOver = false
      void closing.then(() => (isOver = true))
      while (!isOver) {
        const next = clock.next()
        if (next !== undefined && next <= begun + 3_000) clock.advanceTo(next)
        await new Promise((resolve) => setImmediate(resolve))
      }
      expect(driver.tool.survivors()).toEqual([])
    }))

  test('restarts an instance that does not answer when its health is asked', () =>
    withPool(
      { count: 1, restart: 'auto', healthPrompt: 'are you there?', healthTimeoutMs: 500, interruptMs: 100 },
      async (driver) => {
        const { cluster: pool, clock } = driver
        const asked = pool.checkHealth()
        const process = driver.at(0)
        expect((await takePrompt(process)).text).toBe('are you there?')
        clock.advanceBy(500)
        await process.readLine()
        clock.advanceBy(100)
        await driver.nextReady()
        await driver.event('instance.restarted')
        await asked
        expect(pool.getStatus()[0]).toMatchObject({ restarts: 1, alive: true })
      },
    ))

  test('looks at its instances by itself, every so often', () =>
    withPool({ count: 1, healthEveryMs: 1_000, recycle: { ageMs: 1_500, spare: false } }, async (driver) => {
      const process = driver.at(0)
      driver.clock.advanceBy(1_000)
      while (driver.clock.next() === undefined) await new Promise((resolve) => setImmediate(resolve))
      driver.clock.advanceBy(1_000)
      expect(await process.readLine()).toBeUndefined()
      await process.exit()
      await driver.nextReady()
      await driver.event('instance.recycled')
    }))

  test('tells a listener that throws from one that listens', async () => {
    const errors: unknown[] = []
    const pool = new ToolProcessPool(echoTool(), 1, { onListenerError: (error) => errors.push(error) })
    const heard: string[] = []
    pool.events.on('instance.ready', () => {
      throw new Error('mine')
    })
    pool.events.on('*', ({ seq, event }) => heard.push(`${seq} ${event.type}`))
    await pool.start()
    await pool.close()
    expect(heard).toEqual(['1 instance.started', '2 instance.ready'])
    expect(errors).toHaveLength(1)
  })
})
