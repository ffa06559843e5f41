import { describe, expect, it } from 'vitest'
import { driveQueue } from './drive-queue.ts'

const pauses = [5_000, 15_000, 60_000, 300_000]

describe('an infrastructure error', () => {
  it('of a check blames nobody and lands nothing: it is tried again after a pause', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.breakDown('a')
    expect(queue.states()).toBe('a CHECKING')
    expect(queue.running()).toEqual([])
    expect(queue.waits('a')).toContain('check "unit" did not work (no disk); it is tried again in 5s')
    await queue.wait(4_999)
    expect(queue.running()).toEqual([])
    await queue.wait(1)
    expect(queue.running()).toEqual(['unit a'])
    await queue.pass('a')
    expect(queue.states()).toBe('a MERGED')
  })

  it('that comes again and again is waited for longer and longer, then the target is frozen with its reason', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    for (const pause of pauses) {
      await queue.breakDown('a')
      await queue.wait(pause - 1)
      expect(queue.running()).toEqual([])
      await queue.wait(1)
    }
    await queue.breakDown('a')
    expect(queue.stateOf('a')).toBe('CHECKING frozen')
    expect(queue.waits('a')).toContain('what checks and landings need does not work: check/unit: no disk')
    await queue.accept({ type: 'target.thaw', target: 'main' })
    expect(queue.running()).toEqual(['unit a'])
  })

  it('is forgotten when a run says pass or fail', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    for (let i = 0; i < 6; i++) {
      await queue.breakDown('a')
      await queue.wait(5_000)
      await queue.end('a', { kind: 'timed-out', afterMs: 1 })
      expect(queue.view('a').problem).toMatchObject({ checks: [{ detail: 'no result after 1 ms' }] })
      await queue.accept({ type: 'entry.retry', entryId: 'a' })
    }
    expect(queue.eventsOf('target.frozen')).toEqual([])
  })

  it('of a build or a landing is treated the same', async () => {
    const queue = await driveQueue({ builds: false, lands: false })
    await queue.add('a')
    await queue.build({ kind: 'infrastructure', detail: 'no git' })
    expect(queue.effects('build')).toEqual([])
    expect(queue.waits('a')).toContain('building a candidate did not work (no git)')
    await queue.wait(5_000)
    await queue.build({ kind: 'built', commit: 'c', tree: 't', keys: { unit: 'k' }, isEmpty: false })
    await queue.tell({ type: 'check.ended', checkRunId: 'r1', outcome: { kind: 'passed' }, durationMs: 1 })
    await queue.endLanding({ kind: 'infrastructure', detail: 'no network' })
    expect(queue.landing()).toBeUndefined()
    expect(queue.waits('a')).toContain('landing did not work (no network)')
    await queue.wait(5_000)
    expect(queue.landing()).toMatchObject({ landId: 'l2' })
  })

  it('of one check does not stop another', async () => {
    const queue = await driveQueue({ checks: [{ name: 'unit' }, { name: 'lint' }] })
    await queue.add('a', { checks: ['unit'] })
    await queue.breakDown('a')
    await queue.add('b', { checks: ['lint'] })
    expect(queue.running()).toEqual(['lint a b'])
  })
})

describe('a run whose end was not seen', () => {
  it('is repeated at once, and three in a row are an infrastructure error', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.lose('a')
    await queue.lose('a')
    expect(queue.effects('check')).toMatchObject([{ checkRunId: 'r3', attempt: 3 }])
    await queue.lose('a')
    expect(queue.running()).toEqual([])
    expect(queue.eventsOf('infrastructure.failed').map(({ isLost }) => isLost)).toEqual([true, true, false])
    await queue.wait(5_000)
    expect(queue.running()).toEqual(['unit a'])
  })
})

describe('many things at once', () => {
  it('that are lost in one crash are no reason to wait', async () => {
    const queue = await driveQueue({ slots: 16 })
    await queue.addAll('a b c d e f g h i j k l m n o p')
    expect(queue.running()).toHaveLength(16)
    await queue.crash()
    expect(queue.running()).toHaveLength(16)
    expect(queue.eventsOf('infrastructure.failed').every(({ isLost }) => isLost)).toBe(true)
  })

  it('that fail for one reason are waited for once', async () => {
    const queue = await driveQueue({ slots: 8 })
    await queue.addAll('a b c d e f g h')
    for (const run of [...queue.running()]) await queue.breakDown(run)
    expect(queue.eventsOf('target.frozen')).toEqual([])
    await queue.wait(5_000)
    expect(queue.running()).toHaveLength(8)
  })
})
