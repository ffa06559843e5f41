import {
  type AttemptEffect,
  type Driver,
  MemoryJournal,
  openHost,
  Plan,
  resolveRun,
  type RunEffect,
  type RunInput,
  runMachine,
  systemClock,
} from '@ws/core'
import { withTempDir } from '@ws/testing'
import { expect, test } from 'vitest'
import { offersOf } from '../../src/hosts/host-id.ts'
import { HostRecords } from '../../src/hosts/host-records.ts'
import { HostRegistry, type MachineHost } from '../../src/hosts/host-registry.ts'
import { OwnAttempts } from '../../src/hosts/own-attempts.ts'
import { ownIdentity, type ProcessIdentity } from '../../src/platform/process-identity.ts'

const plan = Plan.parse({
  workstreams: [{ id: 'one', claims: ['one/**'], tasks: [{ id: 't', run: 'true' }] }],
})
const run = resolveRun(plan, { runId: 'r', user: 'u', requires: ['run/r'] })

/** Acts nowhere: what is wanted goes on elsewhere. */
const elsewhere: Driver<RunEffect, RunInput> = {
  start: () => {},
  change: () => {},
  stop: () => {},
  recover: () => Promise.resolve('adopted'),
  close: () => Promise.resolve(),
}

interface Story {
  readonly host: MachineHost
  readonly registry: HostRegistry
  /** A process that lives, and is not the leader's. */
  readonly living: ProcessIdentity
  readonly gone: ProcessIdentity
  /** Which attempts are going on. */
  wanted(): readonly string[]
}

function story(tell: (story: Story) => Promise<void>, ends?: RunInput): Promise<void> {
  return withTempDir(async (folder) => {
    const living = await ownIdentity()
    const host = await openHost(runMachine({ ignoreCase: false }), {
      journal: new MemoryJournal(),
      clock: systemClock(),
      driver: elsewhere,
    })
    const never = { start: () => {}, change: () => {}, stop: () => {}, close: () => Promise.resolve() }
    const own = new OwnAttempts(
      {
        ...never,
        recover: () => Promise.resolve('lost'),
        settled: (_effect: AttemptEffect) => Promise.resolve(ends),
      },
      () => {},
    )
    const records = new HostRecords(folder)
    const self = { ...living, start: 'the leader' }
    const registry = new HostRegistry({ host, own, self, records, clock: systemClock() }, new Set())
    await host.send({ type: 'limits.set', commandId: 'limits', limits: { slots: 3 } })
    try {
      const gone = { ...living, start: 'another time' }
      await tell({ host, registry, living, gone, wanted: () => [...host.state.wanted.keys()] })
    } finally {
      await registry.close()
      await host.close()
    }
  })
}

const offers = offersOf(run)
const begin = (host: MachineHost) => host.send({ type: 'run.start', commandId: 'start', run })

/** Resolves when a run says this. */
function says(host: MachineHost, type: 'run.paused' | 'run.completed'): Promise<void> {
  return new Promise((resolve) => void host.events.on(type, () => resolve()))
}

test('a run belongs to the first who takes it on, and asking twice is asking once', () =>
  story(async ({ host, registry, living, wanted }) => {
    const [first, second] = [{ process: living }, { process: living }]
    const [a, b] = await Promise.all([
      registry.takeOn('r', offers, first),
      registry.takeOn('r', offers, second),
    ])
    expect(a).toEqual({ ok: true })
    expect(b).toMatchObject({ ok: false, code: 'WS_RUN_ELSEWHERE' })
    await begin(host)
    expect(wanted()).toEqual(['attempt/r/t/1'])
    expect(await registry.takeOn('r', offers, first)).toEqual({ ok: true })
    // It was not taken for a new process, whose past nobody knows.
    expect(wanted()).toEqual(['attempt/r/t/1'])
  }))

test('while a process may still be there its run is given to nobody, and it may come back', () =>
  story(async ({ host, registry, living, gone, wanted }) => {
    const guest = { process: living }
    await registry.takeOn('r', offers, guest)
    await begin(host)
    registry.disconnected(guest)
    expect(await registry.takeOn('r', offers, { process: gone })).toMatchObject({ ok: false })
    expect(await registry.takeOn('r', offers)).toMatchObject({ ok: false })
    expect(registry.isElsewhere('r')).toBe(true)
    expect(await registry.takeOn('r', offers, { process: living })).toEqual({ ok: true })
    expect(wanted()).toEqual(['attempt/r/t/1'])
  }))

test('when its process is gone its attempts are lost, and its run waits for whoever takes it on', () =>
  story(async ({ host, registry, living, gone, wanted }) => {
    const guest = { process: gone }
    await registry.takeOn('r', offers, guest)
    await begin(host)
    const parked = says(host, 'run.paused')
    registry.disconnected(guest)
    await parked
    expect([wanted(), [...(host.state.runs.get('r')?.pauses ?? [])]]).toEqual([[], ['no-host']])
    expect(await registry.takeOn('r', offers, { process: living })).toEqual({ ok: true })
    expect(wanted()).toEqual(['attempt/r/t/2'])
  }))

test('what it had done before it was gone is not done again', () =>
  story(
    async ({ host, registry, gone }) => {
      const guest = { process: gone }
      await registry.takeOn('r', offers, guest)
      await begin(host)
      const completed = says(host, 'run.completed')
      registry.disconnected(guest)
      await completed
      expect(host.state.runs.get('r')?.status).toBe('COMPLETED')
    },
    {
      type: 'attempt.ended',
      ...{ runId: 'r', taskId: 't', attempt: 1 },
      usage: { costUsd: 0, tokens: 0, durationMs: 0 },
      outcome: { kind: 'succeeded' },
    },
  ))
