import { answerPrompt, type ScriptedProcess, sayReady, takePrompt, takeRequest } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { withCluster } from '../driven-cluster.ts'

/** Grants the next request that opens or clears a conversation. */
async function grant(process: ScriptedProcess) {
  const request = await takeRequest(process)
  await process.write(`{"done":${request?.open ?? request?.reset}}\n`)
  return request
}

describe('a conversation', () => {
  test('goes on where it is, whatever the routing', () =>
    withCluster({ count: 3, routing: 'round-robin' }, async (driver) => {
      const where: number[] = []
      for (let turn = 0; turn < 3; turn++) {
        const asked = driver.cluster.prompt(`turn ${turn}`, { session: 'one' })
        const index = driver.cluster.getStatus().findIndex(({ busy }) => busy)
        await driver.answer(index)
        where.push((await asked).instance)
      }
      expect(where).toEqual([0, 0, 0])
    }))

  test('is one, though its prompts come before the first has been begun', () =>
    withCluster({ count: 3 }, async (driver) => {
      const turns = [1, 2, 3].map((turn) => driver.cluster.prompt(`turn ${turn}`, { session: 'one' }))
      for (const _ of turns) await driver.answer(0)
      expect((await Promise.all(turns)).map(({ instance }) => instance)).toEqual([0, 0, 0])
      expect(driver.events.map(({ type }) => type)).not.toContain('session.lost')
    }))

  test('is cleared before another one has the process', () =>
    withCluster({ count: 1 }, async (driver) => {
      for (const session of ['one', 'two']) {
        const turn = driver.cluster.prompt('x', { session })
        if (session === 'two') expect(await grant(driver.at(0))).toHaveProperty('reset')
        await driver.answer(0)
        await turn
      }
      const fresh = driver.cluster.prompt('y', { session: 'two', isFresh: true })
      expect(await grant(driver.at(0))).toHaveProperty('reset')
      await driver.answer(0)
      await fresh
      expect(driver.events.filter(({ type }) => type === 'session.lost')).toEqual([])
    }))

  test('gets another process where the tool cannot clear one', () =>
    withCluster({ count: 1, traits: { resets: false } }, async (driver) => {
      const one = driver.cluster.prompt('x', { session: 'one' })
      await driver.answer(0)
      await one
      const old = driver.at(0)
      const two = driver.cluster.prompt('y', { session: 'two' })
      expect(await old.readLine()).toBeUndefined()
      await old.exit()
      await driver.nextReady()
      expect(await driver.event('instance.recycled')).toMatchObject({ because: 'context' })
      await driver.answer(0)
      await two
    }))

  test('gets another process when clearing was refused', () =>
    withCluster({ count: 1 }, async (driver) => {
      const one = driver.cluster.prompt('x', { session: 'one' })
      await driver.answer(0)
      await one
      const old = driver.at(0)
      const two = driver.cluster.prompt('y', { session: 'two' })
      const request = await takeRequest(old)
      await old.write(`{"done":${request?.reset},"isRefused":true}\n`)
      expect(await old.readLine()).toBeUndefined()
      await old.exit()
      await driver.nextReady()
      await driver.event('instance.recycled')
      await driver.answer(0)
      expect((await two).text).toBe('0: y')
    }))

  test('that was lost with its process begins anew, and that is told', () =>
    withCluster({ count: 1, backoff: { firstMs: 1 } }, async (driver) => {
      const one = driver.cluster.prompt('x', { session: 'one' })
      await driver.answer(0)
      await one
      await driver.at(0).exit(1)
      driver.clock.advanceBy((await driver.event('instance.delayed')).waitMs)
      await driver.nextReady()
      await driver.event('instance.restarted')
      const two = driver.cluster.prompt('y', { session: 'one' })
      expect(await driver.event('session.lost')).toEqual({ type: 'session.lost', index: 0, session: 'one' })
      await driver.answer(0)
      await two
    }))

  test('that was lost fails the turn of who needs it, each time; who asks for none of it loses nothing', () =>
    withCluster({ count: 1, backoff: { firstMs: 1 } }, async (driver) => {
      const one = driver.cluster.prompt('x', { session: 'one' })
      await driver.answer(0)
      await one
      await driver.at(0).exit(1)
      driver.clock.advanceBy((await driver.event('instance.delayed')).waitMs)
      await driver.nextReady()
      await driver.event('instance.restarted')
      for (let count = 0; count < 2; count += 1) {
        const needy = await driver.cluster.promptSettled('y', { session: 'one', mayBeginAnew: false })
        expect(needy).toMatchObject({ isDone: false, failure: { reason: 'protocol' } })
        expect(await driver.event('session.lost')).toMatchObject({ session: 'one' })
      }
      expect(driver.cluster.stats()).toMatchObject({ turns: 1 })
      const fresh = driver.cluster.prompt('z', { session: 'one', isFresh: true, mayBeginAnew: false })
      await driver.answer(0)
      expect((await fresh).text).toBe('0: z')
      // The name stands for the new conversation now.
      const next = driver.cluster.prompt('and', { session: 'one', mayBeginAnew: false })
      await driver.answer(0)
      await next
      expect(driver.events.filter(({ type }) => type === 'session.lost')).toHaveLength(2)
    }))

  test('is not taken up again for a prompt that wants to know nothing of it', () =>
    withCluster(
      { count: 1, backoff: { firstMs: 1 }, traits: { resumes: true, directory: 'session' } },
      async (driver) => {
        const one = driver.cluster.prompt('x', { session: 'one' })
        await grant(driver.at(0))
        await driver.answer(0)
        await one
        await driver.at(0).exit(1)
        driver.clock.advanceBy((await driver.event('instance.delayed')).waitMs)
        await driver.nextReady()
        await driver.event('instance.restarted')
        const two = driver.cluster.prompt('y', { session: 'one', isFresh: true })
        expect(await grant(driver.at(0))).not.toHaveProperty('resume')
        await driver.answer(0)
        await two
        expect(driver.events.map(({ type }) => type)).not.toContain('session.lost')
      },
    ))

  test('is taken up again by its id where the tool can', () =>
    withCluster(
      { count: 1, backoff: { firstMs: 1 }, traits: { resumes: true, directory: 'session' } },
      async (driver) => {
        const one = driver.cluster.prompt('x', { session: 'one' })
        const opened = await grant(driver.at(0))
        await driver.answer(0)
        await one
        await driver.at(0).exit(1)
        driver.clock.advanceBy((await driver.event('instance.delayed')).waitMs)
        await driver.nextReady()
        await driver.event('instance.restarted')
        const two = driver.cluster.prompt('y', { session: 'one' })
        expect(await grant(driver.at(0))).toMatchObject({ resume: opened?.session })
        await driver.answer(0)
        await two
        expect(driver.events.map(({ type }) => type)).not.toContain('session.lost')
      },
    ))

  test('changes its directory without another process where sessions have one of their own', () =>
    withCluster({ count: 1, traits: { directory: 'session' } }, async (driver) => {
      for (const cwd of ['/', '/tmp']) {
        const turn = driver.cluster.prompt('x', { cwd })
        expect(await grant(driver.at(0))).toMatchObject({ cwd })
        await driver.answer(0)
        await turn
      }
      expect(driver.cluster.stats()).toMatchObject({ turns: 2, restarts: 0 })
    }))

  test('that is refused fails the turn, and only that', () =>
    withCluster({ count: 1, traits: { directory: 'session' } }, async (driver) => {
      const turn = driver.cluster.promptSettled('x')
      const request = await takeRequest(driver.at(0))
      await driver.at(0).write(`{"done":${request?.open},"isRefused":true,"text":"no room"}\n`)
      expect(await turn).toMatchObject({ isDone: false, failure: { reason: 'refused', detail: 'no room' } })
      expect(driver.cluster.getStatus()[0]).toMatchObject({ state: 'ready', busy: false })
    }))
})

describe('a shared process', () => {
  test('serves several conversations at a time, each with one turn', () =>
    withCluster(
      {
        count: 1,
        sharedProcess: true,
        sessionsPerProcess: 2,
        traits: { sessions: 'many', directory: 'session' },
      },
      async (driver) => {
        const process = driver.at(0)
        const turns = [
          driver.cluster.prompt('a1', { session: 'a', cwd: '/tmp' }),
          driver.cluster.prompt('a2', { session: 'a', cwd: '/tmp' }),
          driver.cluster.prompt('b1', { session: 'b', cwd: '/' }),
          driver.cluster.prompt('c1', { session: 'c', cwd: '/' }),
        ]
        expect(driver.cluster.getStatus()[0]).toMatchObject({ inFlight: 2, queued: 2 })
        expect([(await grant(process))?.cwd, (await grant(process))?.cwd]).toEqual(['/tmp', '/'])
        const a = await takePrompt(process)
        const b = await takePrompt(process)
        expect([a.text, b.text]).toEqual(['a1', 'b1'])
        await answerPrompt(process, b.id, 'done')
        await turns[2]
        await grant(process)
        const c = await takePrompt(process)
        expect(c.text).toBe('c1')
        await answerPrompt(process, a.id, 'done')
        const second = await takePrompt(process)
        // The same conversation, with what was said before.
        expect([second.text, second.session]).toEqual(['a2', a.session])
        await answerPrompt(process, second.id, 'done')
        await answerPrompt(process, c.id, 'done')
        await Promise.all(turns)
      },
    ))

  test('fails every turn when it crashes', () =>
    withCluster(
      {
        count: 1,
        sharedProcess: true,
        restart: 'manual',
        traits: { sessions: 'many', directory: 'session' },
      },
      async (driver) => {
        const turns = ['a', 'b'].map((text) => driver.cluster.promptSettled(text))
        await grant(driver.at(0))
        await grant(driver.at(0))
        await takePrompt(driver.at(0))
        await driver.at(0).exit(1)
        for (const turn of turns)
          expect(await turn).toMatchObject({
            failure: {
              detail: 'exited unexpectedly with code 1 in state busy while running turn 1 and turn 2',
            },
          })
        const restarting = driver.cluster.restartInstance(0)
        await sayReady(await driver.next())
        await restarting
      },
    ))
})
