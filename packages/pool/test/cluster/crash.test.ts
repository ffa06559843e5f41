import { sayReady, takePrompt } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { ownProcesses, ProcessLimits, type ProcessTable } from '../../src/index.ts'
import { withCluster } from '../driven-cluster.ts'

const quick = {
  backoff: { firstMs: 100, factor: 2, longestMs: 1_000 },
  breaker: { crashes: 3, coolDownMs: 5_000 },
}

describe('a crash', () => {
  test('fails its turn with state and code, and the instance is started again after a while', () =>
    withCluster({ count: 1, ...quick }, async (driver) => {
      const turn = driver.cluster.promptSettled('x')
      await takePrompt(driver.at(0))
      await driver.at(0).writeError('out of luck\n')
      await driver.at(0).exit(3)
      expect(await turn).toMatchObject({
        isDone: false,
        failure: {
          reason: 'crashed',
          detail: 'exited unexpectedly with code 3 in state busy while running turn 1: out of luck',
        },
      })
      expect(driver.cluster.getStatus()[0]).toMatchObject({
        alive: false,
        returnCode: 3,
        state: 'dead',
        busy: false,
        lastProblem: expect.stringContaining('exited unexpectedly'),
      })
      const { waitMs } = await driver.event('instance.delayed')
      expect(waitMs).toBeGreaterThanOrEqual(50)
      expect(waitMs).toBeLessThanOrEqual(100)
      // What comes meanwhile waits for it.
      const next = driver.cluster.prompt('y')
      driver.clock.advanceBy(waitMs)
      await driver.nextReady()
      await driver.event('instance.restarted')
      await driver.answer(0)
      expect((await next).text).toBe('0: y')
      expect(driver.cluster.getStatus()[0]).toMatchObject({ alive: true, returnCode: null, restarts: 1 })
    }))

  test('leaves what waited for it to the others', () =>
    withCluster({ count: 2, ...quick, routing: 'round-robin', restart: 'manual' }, async (driver) => {
      const turns = ['a', 'b', 'c', 'd'].map((text) => driver.cluster.promptSettled(text))
      expect(driver.cluster.getStatus().map(({ queued }) => queued)).toEqual([1, 1])
      await takePrompt(driver.at(0))
      await driver.at(0).raise('SIGKILL')
      expect((await turns[0])?.isDone).toBe(false)
      expect([await driver.answer(1), await driver.answer(1), await driver.answer(1)]).toEqual([
        'b',
        'c',
        'd',
      ])
      await Promise.all(turns)
      expect(driver.cluster.getStatus()[0]).toMatchObject({ alive: false, returnCode: 137, state: 'dead' })
    }))

  test('fails what was sent to that very instance, when it does not come back', () =>
    withCluster({ count: 2, restart: 'manual' }, async (driver) => {
      expect(driver.cluster.sendTo(0, 'a')).toBe(true)
      expect(driver.cluster.sendTo(0, 'b')).toBe(true)
      await takePrompt(driver.at(0))
      await driver.at(0).exit(1)
      const answers = [await driver.cluster.readAny(1), await driver.cluster.readAny(1)]
      for (const answer of answers) expect(answer).toMatchObject({ index: 0, text: undefined })
      expect(driver.cluster.sendTo(0, 'c')).toBe(false)
      const restarting = driver.cluster.restartInstance(0)
      await driver.nextReady()
      expect(await restarting).toBe(true)
      expect(driver.cluster.sendTo(0, 'd')).toBe(true)
      await driver.answer(0, 'done')
      expect((await driver.cluster.readAny(1))?.text).toBe('done')
    }))

  test('while idle is seen as well', () =>
    withCluster({ count: 1, ...quick }, async (driver) => {
      await driver.at(0).exit(9)
      const { detail } = await driver.event('instance.crashed')
      expect(detail).toBe('exited unexpectedly with code 9 in state ready')
      expect((await driver.cluster.checkHealth())[0]).toMatchObject({ health: 'unhealthy', isAlive: false })
    }))
})

describe('a crash loop', () => {
  test('opens the breaker, which says so, lets one try through later, and closes after a completed turn', () =>
    withCluster({ count: 1, ...quick }, async (driver) => {
      const crash = async () => {
        const turn = driver.cluster.promptSettled('x')
        await takePrompt(driver.at(0))
        await driver.at(0).exit(1)
        await turn
      }
      for (let crashes = 1; crashes < 3; crashes++) {
        await crash()
        driver.clock.advanceBy((await driver.event('instance.delayed')).waitMs)
        await driver.nextReady()
        await driver.event('instance.restarted')
      }
      await crash()
      expect(await driver.event('breaker.opened')).toMatchObject({ index: 0, crashes: 3, waitMs: 5_000 })
      await expect(driver.cluster.prompt('y')).rejects.toMatchObject({
        code: 'WS_POOL_DOWN',
        message:
          'no instance of "scripted" takes prompts: instance 0 crashed too often and is not started for 5s; the last time it crashed: exited unexpectedly with code 1 in state busy while running turn 1',
      })
      expect(driver.cluster.send('y')).toBeUndefined()
      expect((await driver.cluster.checkHealth())[0]).toMatchObject({ health: 'unhealthy' })
      expect(driver.cluster.getStatus()[0]?.breakerOpenMs).toBe(5_000)

      // One try, which fails: open again at once.
      driver.clock.advanceBy(5_000)
      await driver.nextReady()
      await driver.event('instance.restarted')
      await crash()
      await driver.event('breaker.opened')
      driver.clock.advanceBy(5_000)
      await driver.nextReady()
      await driver.event('instance.restarted')
      const turn = driver.cluster.prompt('z')
      await driver.answer(0)
      await turn
      await driver.event('breaker.closed')
      await crash()
      await driver.event('instance.delayed')
    }))

  test('counts a process that never took a prompt', () =>
    withCluster({ count: 2, ...quick }, async (driver) => {
      await driver.at(0).exit(1)
      const { waitMs } = await driver.event('instance.delayed')
      driver.clock.advanceBy(waitMs)
      const process = await driver.next()
      await process.exit(1)
      expect(await driver.event('instance.crashed')).toMatchObject({ index: 0 })
      expect((await driver.event('instance.crashed')).detail).toContain('never took a prompt')
      await driver.event('instance.delayed')
    }))

  test('does not stop the others', () =>
    withCluster({ count: 2, ...quick, breaker: { crashes: 1, coolDownMs: 60_000 } }, async (driver) => {
      await driver.at(0).exit(1)
      await driver.event('breaker.opened')
      const turn = driver.cluster.prompt('x')
      await driver.answer(1)
      expect((await turn).instance).toBe(1)
    }))
})

test('what crashes while it is looked at is not counted as memory any more', async () => {
  const limits = new ProcessLimits({ maxMemoryMb: 1_000 })
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<ReadonlyMap<number, { cpuMs: number; rssBytes: number }>>()
  const processes: ProcessTable = {
    ...ownProcesses(),
    usage: () => {
      asked.resolve()
      return answer.promise
    },
  }
  await withCluster({ count: 1, restart: 'manual', limits, processes }, async (driver) => {
    const { pid } = driver.at(0)
    const looking = driver.cluster.checkHealth()
    await asked.promise
    await driver.at(0).exit(1)
    await driver.event('instance.crashed')
    answer.resolve(new Map([[pid, { cpuMs: 1, rssBytes: 900_000_000 }]]))
    await looking
    expect(limits.memoryMb).toBe(0)
  })
})

describe('a restart on request', () => {
  test('ends the process that is there and its turn, and puts another in its place', () =>
    withCluster({ count: 1 }, async (driver) => {
      const old = driver.at(0)
      const turn = driver.cluster.promptSettled('x')
      await takePrompt(old)
      const restarting = driver.cluster.restartInstance(0)
      expect(driver.cluster.restartInstance(0)).toBeInstanceOf(Promise)
      expect(await old.readLine()).toBeUndefined()
      await old.exit()
      const process = await driver.next()
      expect(driver.cluster.getStatus()[0]).toMatchObject({ state: 'spawning', alive: false })
      await sayReady(process)
      expect(await restarting).toBe(true)
      expect((await turn).isDone).toBe(false)
      expect(driver.cluster.getStatus()[0]).toMatchObject({ restarts: 1, pid: process.pid, state: 'ready' })
      expect(await driver.cluster.restartInstance(7)).toBe(false)
    }))

  test('is refused when the cluster is closed', () =>
    withCluster({ count: 1 }, async (driver) => {
      await driver.cluster.close({ force: true })
      await expect(driver.cluster.restartInstance(0)).rejects.toMatchObject({ code: 'WS_POOL_CLOSED' })
    }))
})
