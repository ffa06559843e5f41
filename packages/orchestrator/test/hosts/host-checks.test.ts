import { once } from 'node:events'
import { ManualClock } from '@ws/core/testing'
import type { CheckCommand } from '@ws/merge-queue'
import { describe, expect, test } from 'vitest'
import { type AskedGuest, HostChecks } from '../../src/hosts/host-checks.ts'
import type { LeaderMessage } from '../../src/hosts/wire.ts'

const command: CheckCommand = { check: 'lint', run: 'x', env: {}, timeoutMs: 1_000, path: '', logFile: '' }

class Guest implements AskedGuest {
  readonly said: LeaderMessage[] = []
  readonly lines = { send: (message: LeaderMessage) => void this.said.push(message) }
}

/** Somebody sets the wall clock, as far as nothing has passed. */
class SetClock extends ManualClock {
  #setBy = 0

  override monotonic(): number {
    return super.monotonic() - this.#setBy
  }

  setBy(ms: number): void {
    this.#setBy += ms
    this.advanceBy(ms)
  }
}

function setUp(own: readonly string[] = []) {
  const clock = new SetClock()
  const here = { began: 0, answers: true }
  const checks = new HostChecks({
    clock,
    own: {
      run: async (_command, signal, note) => {
        here.began += 1
        if (here.answers) return { kind: 'passed', log: note ?? 'here' }
        await once(signal, 'abort')
        return undefined
      },
    },
    isOwn: (runId) => own.includes(runId),
  })
  return { checks, clock, here }
}

const go = new AbortController().signal

describe('a check', () => {
  test('is run here for our own runs, and for what belongs to none', async () => {
    const { checks } = setUp(['ours'])
    checks.worksOn('theirs', new Guest())
    for (const runs of [[], ['theirs', 'ours']])
      expect(await checks.run(command, runs, go)).toEqual({ kind: 'passed', log: 'here' })
  })

  test('is run by the guest that works on its run, whose answer it is, and nobody else’s', async () => {
    const { checks } = setUp()
    const [guest, other] = [new Guest(), new Guest()]
    checks.worksOn('r', other)
    checks.worksOn('r', guest)
    const outcome = checks.run(command, ['gone', 'r'], go)
    expect(guest.said).toEqual([{ type: 'check', id: 1, command }])
    checks.answered(1, { kind: 'passed' }, other)
    checks.answered(1, { kind: 'failed', detail: 'no' }, guest)
    expect(await outcome).toEqual({ kind: 'failed', detail: 'no' })
    expect(other.said).toEqual([])
  })

  test('whose guest goes in the middle is run by who works on the run next, from its beginning', async () => {
    const { checks, clock } = setUp()
    const [guest, next] = [new Guest(), new Guest()]
    checks.worksOn('r', guest)
    const outcome = checks.run(command, ['r'], go)
    checks.gone(guest)
    checks.answered(1, { kind: 'failed', detail: 'too late' }, guest)
    await new Promise(setImmediate)
    clock.advanceBy(4_000)
    checks.worksOn('r', next)
    await new Promise(setImmediate)
    expect(next.said).toEqual([{ type: 'check', id: 2, command }])
    checks.answered(2, { kind: 'passed' }, next)
    expect(await outcome).toEqual({ kind: 'passed' })
  })

  test('whose run nobody works on is run here after a moment, and its log says so', async () => {
    const { checks, clock } = setUp()
    const outcome = checks.run(command, ['r'], go)
    await new Promise(setImmediate)
    clock.advanceBy(5_000)
    expect(await outcome).toEqual({
      kind: 'passed',
      log: 'nobody works on run r: it is checked in the environment of the process that leads',
    })
    expect(clock.next()).toBeUndefined()
  })

  test('that is run here for want of somebody is run at home when somebody comes', async () => {
    const { checks, clock, here } = setUp()
    here.answers = false
    const outcome = checks.run(command, ['r'], go)
    await new Promise(setImmediate)
    clock.advanceBy(5_000)
    await new Promise(setImmediate)
    expect(here.began).toBe(1)
    const guest = new Guest()
    checks.worksOn('another', new Guest())
    checks.worksOn('r', guest)
    await new Promise(setImmediate)
    expect(guest.said).toEqual([{ type: 'check', id: 1, command }])
    checks.answered(1, { kind: 'passed' }, guest)
    expect(await outcome).toEqual({ kind: 'passed' })
  })

  test('whose guest does not answer is given up, later than the check itself would be', async () => {
    const { checks, clock } = setUp()
    const guest = new Guest()
    checks.worksOn('r', guest)
    const outcome = checks.run(command, ['r'], go)
    clock.setBy(3_600_000)
    clock.advanceBy(command.timeoutMs + 59_000)
    expect(guest.said).toHaveLength(1)
    clock.advanceBy(1_000)
    expect(await outcome).toMatchObject({ kind: 'infrastructure' })
    expect(guest.said.at(-1)).toEqual({ type: 'check-stop', id: 1 })
  })

  test('that nobody wants any more is stopped there', async () => {
    const { checks } = setUp()
    const guest = new Guest()
    checks.worksOn('r', guest)
    const stop = new AbortController()
    const outcome = checks.run(command, ['r'], stop.signal)
    stop.abort()
    expect(await outcome).toBeUndefined()
    expect(guest.said.at(-1)).toEqual({ type: 'check-stop', id: 1 })
    expect(await checks.run(command, ['r'], stop.signal)).toBeUndefined()
    expect(guest.said).toHaveLength(2)
  })
})
