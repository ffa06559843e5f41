import { describe, expect, it } from 'vitest'
import type { AttemptEffect, LandingEffect } from '../../src/run/run-effect.ts'
import type { RunInput } from '../../src/run/run-input.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import type { WorldOptions } from '../../src/testing/simulated-world.ts'
import { SimulatedWorld } from '../../src/testing/simulated-world.ts'

const attempt: AttemptEffect = {
  kind: 'attempt',
  runId: 'r',
  taskId: 'n1',
  attempt: 1,
  hostId: 'here',
  workstreamId: 'a',
  round: 1,
  tool: 'aider',
  account: 'acme',
  reservedUsd: 1,
  interrupt: undefined,
  isFinishing: false,
  isExecuted: false,
}
const landing: LandingEffect = {
  kind: 'land',
  runId: 'r',
  workstreamId: 'a',
  round: 1,
  attempt: 1,
  level: 2,
  after: [],
  isApproved: false,
  isWithdrawing: false,
}
const good = { durationMs: 10, outcome: { kind: 'succeeded' } } as const

function makeWorld(options: Partial<WorldOptions> = {}) {
  const clock = new ManualClock()
  const world = new SimulatedWorld({ attempt: () => good, ...options, clock })
  const heard: RunInput[] = []
  const context = { report: (input: RunInput) => void heard.push(input) }
  const driver = world.driver()
  return { clock, world, heard, context, driver, kinds: () => heard.map(kindOf) }
}

function kindOf(input: RunInput): string {
  if (input.type === 'attempt.metered') return `metered ${input.usage.costUsd}`
  if (input.type !== 'attempt.ended' && input.type !== 'landing.ended') return input.type
  const { outcome } = input
  return outcome.kind === 'failed' ? outcome.failure.reason : outcome.kind
}

describe('SimulatedWorld', () => {
  it('lets attempts take their time, tell what they cost, and end as they are told to', async () => {
    const { clock, driver, context, kinds, world } = makeWorld({
      attempt: () => ({ ...good, costUsd: 2, meteredAt: [0.25, 0.5] }),
    })
    driver.start('attempt/r/n1/1', attempt, context)
    clock.advanceTo(9)
    expect(kinds()).toEqual(['metered 0.5', 'metered 1'])
    clock.advanceTo(10)
    expect(kinds().at(-1)).toBe('succeeded')
    expect(world.started).toEqual(['attempt/r/n1/1'])
    await driver.close()
  })

  it('ends an attempt that is interrupted, at once and once', () => {
    const { clock, driver, context, kinds } = makeWorld()
    driver.start('attempt/r/n1/1', attempt, context)
    driver.change('attempt/r/n1/1', { ...attempt, isFinishing: true })
    driver.change('attempt/r/n1/1', { ...attempt, interrupt: 'cancelled' })
    driver.change('attempt/r/n1/1', { ...attempt, interrupt: 'cancelled' })
    driver.change('attempt/r/n9/1', { ...attempt, interrupt: 'cancelled' })
    clock.advanceTo(20)
    expect(kinds()).toEqual(['interrupted'])
  })

  it('ends an attempt that was interrupted before it was started', () => {
    const { driver, context, kinds } = makeWorld()
    driver.start('attempt/r/n1/1', { ...attempt, interrupt: 'paused' }, context)
    expect(kinds()).toEqual(['interrupted'])
  })

  it('says nothing of what was stopped', () => {
    const { clock, driver, context, heard } = makeWorld()
    driver.start('attempt/r/n1/1', attempt, context)
    driver.stop('attempt/r/n1/1')
    driver.stop('attempt/r/n1/1')
    clock.advanceTo(20)
    expect(heard).toEqual([])
  })

  it('lands at once unless told otherwise, but never before what it was built on', () => {
    const { clock, driver, context, kinds } = makeWorld()
    const key = 'land/r/a/1/1'
    driver.start(key, { ...landing, after: ['r/b'] }, context)
    clock.advanceTo(5)
    expect(kinds()).toEqual([])
    driver.change(key, { ...landing, after: ['r/b'], isApproved: true })
    driver.change(key, landing)
    expect(kinds()).toEqual(['landed'])
  })

  it('gives a landing back that is asked for, also when it is asked for from the start', () => {
    const { clock, driver, context, kinds } = makeWorld({
      landing: () => ({ durationMs: 10, outcome: { kind: 'conflicted', paths: [] } }),
    })
    driver.start('land/r/a/1/1', landing, context)
    driver.change('land/r/a/1/1', { ...landing, isWithdrawing: true })
    driver.start('land/r/b/1/1', { ...landing, workstreamId: 'b', isWithdrawing: true }, context)
    driver.start('land/r/c/1/1', { ...landing, workstreamId: 'c', after: ['r/x'] }, context)
    clock.advanceTo(10)
    expect(kinds()).toEqual(['withdrawn', 'withdrawn', 'conflicted'])
  })

  it('forgets a landing in line that is stopped', () => {
    const { clock, driver, context, kinds } = makeWorld()
    driver.start('land/r/a/1/1', { ...landing, after: ['r/b'] }, context)
    clock.advanceTo(1)
    driver.stop('land/r/a/1/1')
    driver.change('land/r/a/1/1', landing)
    expect(kinds()).toEqual([])
  })

  it('lets what survives a crash go on, and the next host find it', async () => {
    const { clock, world, driver, context } = makeWorld({ survives: ({ taskId }) => taskId === 'n1' })
    driver.start('attempt/r/n1/1', attempt, context)
    driver.start('attempt/r/n2/1', { ...attempt, taskId: 'n2' }, context)
    driver.start('land/r/a/1/1', landing, context)
    world.crash()
    const words = [...world.lastWords]
    expect(words).toMatchObject([{ taskId: 'n2' }])
    const heard: RunInput[] = []
    const next = world.driver()
    const other = { report: (input: RunInput) => void heard.push(input) }
    expect(await next.recover('attempt/r/n1/1', attempt, other)).toBe('adopted')
    expect(await next.recover('attempt/r/n2/1', { ...attempt, taskId: 'n2' }, other)).toBe('lost')
    expect(await next.recover('land/r/a/1/1', landing, other)).toBe('adopted')
    clock.advanceTo(10)
    expect(heard.map(kindOf)).toEqual(['landed', 'succeeded'])
  })

  it('keeps the end of what ended while nobody listened', async () => {
    const { clock, world, driver, context } = makeWorld({ survives: () => true })
    driver.start('attempt/r/n1/1', attempt, context)
    world.crash()
    clock.advanceTo(10)
    world.crash()
    const found = await world.driver().recover('attempt/r/n1/1', attempt, context)
    expect(found).toMatchObject({ type: 'attempt.ended', outcome: { kind: 'succeeded' } })
  })

  it('lets nothing survive unless told so', () => {
    const { world, driver, context } = makeWorld()
    driver.start('attempt/r/n1/1', attempt, context)
    world.crash()
    expect(world.lastWords).toHaveLength(1)
  })

  it('ends what it finds told to stop', async () => {
    const { world, driver, context } = makeWorld({ survives: () => true })
    driver.start('attempt/r/n1/1', attempt, context)
    world.crash()
    const found = await world
      .driver()
      .recover('attempt/r/n1/1', { ...attempt, interrupt: 'cancelled' }, context)
    expect(found).toMatchObject({ outcome: { failure: { reason: 'interrupted' } } })
  })

  it('does nothing for a host that has been cut off', () => {
    const { clock, world, driver, context, heard } = makeWorld()
    driver.start('attempt/r/n1/1', attempt, context)
    world.crash()
    driver.start('attempt/r/n2/1', { ...attempt, taskId: 'n2' }, context)
    driver.change('attempt/r/n1/1', { ...attempt, interrupt: 'cancelled' })
    driver.stop('attempt/r/n1/1')
    clock.advanceTo(20)
    expect(world.started).toEqual(['attempt/r/n1/1'])
    expect(heard).toEqual([])
  })
})
