import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ManualClock } from '@ws/core/testing'
import { withTempDir } from '@ws/testing'
import { describe, expect, it } from 'vitest'
import type { Sight } from '../../src/landing/observe-target.ts'
import { TargetWatch, type TargetWatchOptions } from '../../src/landing/target-watch.ts'
import type { TargetSight } from '../../src/queue/queue-input.ts'

/** A watch on a target that the test moves by hand. */
function watchOn(change: Partial<TargetWatchOptions> = {}) {
  const clock = new ManualClock()
  const world: {
    sight: Sight | undefined
    refs: string
    looks: boolean[]
    said: TargetSight[]
    error?: Error
  } = {
    sight: { kind: 'followed', landed: 'a' },
    refs: 'a a',
    looks: [],
    said: [],
  }
  const effect = { kind: 'watch', target: 'main', landed: undefined, look: 0 } as const
  const watch = new TargetWatch(effect, {
    clock,
    pollMs: 1_000,
    remotePollMs: Infinity,
    observe: ({ withRemote }) => {
      world.looks.push(withRemote)
      return world.error === undefined ? Promise.resolve(world.sight) : Promise.reject(world.error)
    },
    peek: () => Promise.resolve(world.refs),
    report: (sight) => world.said.push(sight),
    ...change,
  })
  /** Lets time pass, and what follows from it happen. */
  const pass = async (ms: number) => {
    clock.advanceBy(ms)
    for (let i = 0; i < 20; i++) await Promise.resolve()
    await new Promise<void>((resolve) => void setImmediate(resolve))
    await watch.idle()
  }
  return { clock, world, effect, watch, pass }
}

describe('a watch', () => {
  it('looks at once, and again when a reference has moved, but not before', async () => {
    const { world, watch, pass } = watchOn()
    await watch.idle()
    expect(world.said).toEqual([{ kind: 'followed', landed: 'a' }])
    await pass(1_000)
    await pass(1_000)
    expect(world.looks).toHaveLength(1)
    world.refs = 'b a'
    world.sight = { kind: 'advanced', landed: 'a', head: 'b' }
    await pass(1_000)
    expect(world.said.at(-1)).toEqual({ kind: 'advanced', landed: 'a', head: 'b' })
    watch.stop()
    expect(watchOn().clock.next()).toBeUndefined()
  })

  it('says the same thing twice only to whoever asks for it', async () => {
    const { world, watch, effect } = watchOn()
    await watch.idle()
    watch.look()
    await watch.idle()
    expect(world.said).toHaveLength(1)
    watch.change({ ...effect, look: 1 })
    await watch.idle()
    expect(world.said).toHaveLength(2)
    // What it said itself, and is believed now, is no reason to look.
    watch.change({ ...effect, look: 1, landed: 'a' })
    await watch.idle()
    expect(world.looks).toHaveLength(3)
    watch.stop()
  })

  it('of a branch that is held looks again when what is in the way has changed', () =>
    withTempDir(async (folder) => {
      const file = join(folder, 'a.txt')
      writeFileSync(file, 'edited')
      const { clock, world, watch, pass } = watchOn()
      await watch.idle()
      // Stamps of files are real: a look at them ends when the next poll is waited for.
      const settle = async () => {
        while (clock.next() === undefined) await new Promise<void>((resolve) => void setImmediate(resolve))
      }
      const held = { kind: 'held', landed: 'b', where: folder, paths: ['a.txt'] } as const
      world.sight = { ...held, detail: 'because', gitDir: folder, missing: ['b'] }
      world.refs = 'a b'
      await pass(1_000)
      await settle()
      expect(world.said.at(-1)).toEqual(held)
      const looks = world.looks.length
      await pass(1_000)
      await settle()
      expect(world.looks).toHaveLength(looks)
      utimesSync(file, 1, 1)
      await pass(1_000)
      await settle()
      await watch.idle()
      expect(world.looks).toHaveLength(looks + 1)
      for (let poll = 0; poll < 15; poll++) {
        await pass(1_000)
        await settle()
      }
      expect(world.looks).toHaveLength(looks + 2)
      watch.stop()
    }))

  it('that cannot look says so, and tries again', async () => {
    const { world, watch, pass } = watchOn()
    world.error = new Error('no git')
    watch.look()
    await watch.idle()
    expect(watch.trouble).toBe('no git')
    delete world.error
    await pass(1_000)
    expect(watch.trouble).toBeUndefined()
    watch.stop()
    await pass(10_000)
    expect(watch.isLooking).toBe(false)
  })

  it('asks the remote now and then, and when it is told to look far', async () => {
    const { world, watch, pass } = watchOn({ remotePollMs: 5_000 })
    await watch.idle()
    watch.look()
    await watch.idle()
    expect(world.looks).toEqual([true, false])
    for (let second = 0; second < 5; second++) await pass(1_000)
    expect(world.looks).toEqual([true, false, true])
    watch.lookFar()
    await watch.idle()
    expect(world.looks).toEqual([true, false, true, true])
    watch.stop()
  })
})
