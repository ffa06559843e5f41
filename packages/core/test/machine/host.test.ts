import { describe, expect, it } from 'vitest'
import { openHost } from '../../src/machine/host.ts'
import { MemoryJournal } from '../../src/machine/memory-journal.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import type { JobInput } from './job-machine.ts'
import { jobMachine } from './job-machine.ts'
import { openJobs as open, RecordingDriver, TroubledJournal } from './open-jobs.ts'

const add = (job: string, commandId = `add-${job}`): JobInput => ({ type: 'add', commandId, job })
const nudge = (job: string): JobInput => ({ type: 'nudge', commandId: `nudge-${job}`, job })
const drop = (job: string): JobInput => ({ type: 'drop', commandId: `drop-${job}`, job })

describe('a step', () => {
  it('decides, stores, tells, and only then acts', async () => {
    const { host, driver, journal } = await open()
    const release = journal.hold()
    const seen: string[] = []
    host.events.on('*', ({ event }) => void seen.push(event.type))
    const answer = host.send(add('a'))
    await Promise.resolve()
    expect([seen, driver.told]).toEqual([[], []])
    release()
    expect(await answer).toEqual({ ok: true })
    expect([seen, driver.told]).toEqual([['job.added'], ['start a']])
  })

  it('takes all waiting inputs, each decided on what the one before left', async () => {
    const { host, journal } = await open()
    const answers = await Promise.all([
      host.send(add('a', '1')),
      host.send(add('a', '2')),
      host.send(nudge('a')),
    ])
    expect(answers).toMatchObject([{ ok: true }, { ok: false, code: 'WS_JOB_TWICE' }, { ok: true }])
    expect(journal.appended).toMatchObject([
      { expectedVersion: 0, inputs: [{ events: 1 }, { events: 1 }, { events: 1 }] },
    ])
  })

  it('that is under way leaves what arrives meanwhile to the next', async () => {
    const { host, journal, driver } = await open()
    const release = journal.hold()
    const first = host.send(add('a'))
    await Promise.resolve()
    await Promise.resolve()
    const second = host.send(add('b'))
    const third = host.send(add('c'))
    release()
    await Promise.all([first, second, third])
    expect(journal.appended.map(({ inputs }) => inputs.length)).toEqual([1, 2])
    expect(driver.told).toEqual(['start a', 'start b', 'start c'])
  })

  it('is numbered and timed, and time never runs backwards', async () => {
    const { host, journal } = await open({ clock: new ManualClock(500) })
    const seen: number[][] = []
    host.events.on('*', ({ seq, at }) => void seen.push([seq, at]))
    await host.send(add('a'))
    await host.close()
    // The next host's clock has been set back.
    const next = await open({ journal, clock: new ManualClock(300) })
    next.host.events.on('*', ({ seq, at }) => void seen.push([seq, at]))
    next.driver.found.set('a', 'adopted')
    await next.host.send(add('b'))
    await next.host.idle()
    expect(seen.map(([seq]) => seq)).toEqual([1, 2, 3])
    expect(seen.every(([, at]) => at === 500)).toBe(true)
  })

  it('without an event is stored all the same, so that the inputs can be decided again', async () => {
    const { host, journal } = await open()
    await host.send({ type: 'ended', job: 'nobody', how: '' })
    expect(journal.appended).toMatchObject([{ inputs: [{ events: 0 }], events: [] }])
  })
})

describe('what is wanted', () => {
  it('is started once, changed where its data changed, stopped when it is wanted no more', async () => {
    const { host, driver } = await open()
    await host.send(add('a'))
    await host.send(add('b'))
    await host.send(nudge('a'))
    await host.send(drop('a'))
    expect(driver.told).toEqual(['start a', 'start b', 'change a 1', 'stop a'])
  })

  it('reports its end, even while it is being started', async () => {
    const { host, driver } = await open()
    await host.send(add('a'))
    driver.context?.report({ type: 'ended', job: 'a', how: 'well' })
    await host.idle()
    expect(driver.told).toEqual(['start a', 'stop a'])
    expect(host.state.jobs.size).toBe(0)
  })

  it('is waited for until its alarm rings, and an alarm that moves or goes rings no more', async () => {
    const { host, clock } = await open()
    await host.send({ type: 'alarm', at: 200 })
    await host.send({ type: 'alarm', at: 300 })
    clock.advanceTo(250)
    await host.idle()
    expect(host.state.log).toEqual(['alarm.set @100', 'alarm.set @100'])
    clock.advanceTo(300)
    await host.idle()
    expect(host.state.log.at(-1)).toBe('alarm.rang @300')
    expect(clock.next()).toBeUndefined()
    await host.send({ type: 'alarm', at: 400 })
    await host.send({ type: 'alarm', at: undefined })
    expect(clock.next()).toBeUndefined()
  })
})

describe('after a restart', () => {
  it('what goes on is adopted, what ended is taken in, and all else is lost', async () => {
    const before = await open()
    for (const job of ['a', 'b', 'c']) await before.host.send(add(job))
    const driver = new RecordingDriver()
    driver.found.set('a', 'adopted')
    driver.found.set('b', { type: 'ended', job: 'b', how: 'well' })
    const { host } = await open({ journal: before.journal, driver })
    await host.idle()
    expect(driver.told).toEqual(['recover a', 'recover b', 'recover c'])
    expect(host.state.log.slice(3)).toEqual(['job.ended b@100', 'job.ended c@100'])
    driver.context?.report({ type: 'ended', job: 'a', how: 'well' })
    await host.idle()
    expect(host.state.jobs.size).toBe(0)
  })

  it('nothing is decided where nothing was going on', async () => {
    const before = await open()
    await before.host.send({ type: 'alarm', at: 400 })
    const { host, driver, clock } = await open({ journal: before.journal })
    expect(driver.told).toEqual([])
    clock.advanceTo(400)
    await host.idle()
    expect(host.state.log.at(-1)).toBe('alarm.rang @400')
  })

  it('reports made while it is looked up wait until that is done', async () => {
    const before = await open()
    await before.host.send(add('a'))
    const driver = new RecordingDriver()
    driver.recover = (key, _effect, context) => {
      context.report({ type: 'ended', job: key, how: 'well' })
      return Promise.resolve('adopted')
    }
    const { host } = await open({ journal: before.journal, driver })
    await host.idle()
    expect(host.state.jobs.size).toBe(0)
  })

  it('of a newer leader, an older one writes no more', async () => {
    const old = await open({ epoch: 1 })
    await open({ journal: old.journal, epoch: 2 })
    await expect(old.host.send(add('a'))).rejects.toMatchObject({
      code: 'WS_HOST_ENDED',
      cause: { code: 'WS_JOURNAL_FENCED' },
    })
    await expect(old.host.ended).rejects.toMatchObject({ code: 'WS_JOURNAL_FENCED' })
  })
})

describe('snapshots', () => {
  it('are taken every so many steps, and read instead of the log', async () => {
    const { host, journal } = await open({ snapshotEvery: 2 })
    for (const job of ['a', 'b', 'c']) await host.send(add(job))
    await host.idle()
    expect(await journal.loadSnapshot('jobs')).toMatchObject({ version: 2, machineVersion: 1 })
    const read: number[] = []
    const watched = new (class extends MemoryJournal {
      override append = journal.append.bind(journal)
      override head = journal.head.bind(journal)
      override loadSnapshot = journal.loadSnapshot.bind(journal)
      override async *read(options = {}) {
        for await (const step of journal.read(options)) {
          read.push(step.version)
          yield step
        }
      }
    })()
    const driver = new RecordingDriver()
    for (const job of ['a', 'b', 'c']) driver.found.set(job, 'adopted')
    const next = await openHost(jobMachine(), { journal: watched, clock: new ManualClock(), driver })
    expect(read).toEqual([3])
    expect([...next.state.jobs.keys()]).toEqual(['a', 'b', 'c'])
  })

  it('of another version of the machine are thrown away', async () => {
    const { host, journal } = await open({ snapshotEvery: 1 })
    await host.send(add('a'))
    await host.idle()
    const next = await open({ journal }, 2)
    expect(next.host.state.log[0]).toBe('job.added a@100')
  })

  it('are none where none are asked for, and one that cannot be kept hurts nobody', async () => {
    const { host, journal } = await open({ snapshotEvery: 0 })
    await host.send(add('a'))
    expect(await journal.loadSnapshot('jobs')).toBeUndefined()
    const full = new TroubledJournal()
    full.saveSnapshot = () => Promise.reject(new Error('the disk is full'))
    const other = await open({ journal: full, snapshotEvery: 1 })
    await other.host.send(add('a'))
    expect(await other.host.send(add('b'))).toEqual({ ok: true })
  })
})

describe('a host that cannot store a step', () => {
  it.each(['refused', 'unknown'] as const)('has ended, whether it was stored or not: %s', async (trouble) => {
    const { host, journal, driver } = await open()
    await host.send(add('a'))
    journal.trouble = trouble
    const release = journal.hold()
    const failed = host.send(add('b'))
    await Promise.resolve()
    await Promise.resolve()
    const waiting = host.send(add('c'))
    release()
    await expect(failed).rejects.toMatchObject({ code: 'WS_HOST_ENDED', details: { phase: 'dead' } })
    await expect(waiting).rejects.toMatchObject({ code: 'WS_HOST_ENDED' })
    await expect(host.ended).rejects.toBeInstanceOf(Error)
    expect(host.state.jobs.size).toBe(0)
    expect(driver.told).toEqual(['start a'])
  })

  it('takes nothing any more, neither commands nor reports, and its alarm is off', async () => {
    const { host, journal, driver, clock } = await open()
    await host.send(add('a'))
    await host.send({ type: 'alarm', at: 900 })
    journal.trouble = 'refused'
    await expect(host.send(add('b'))).rejects.toMatchObject({ code: 'WS_HOST_ENDED' })
    await expect(host.send(add('c'))).rejects.toMatchObject({
      code: 'WS_HOST_ENDED',
      hint: 'open another one: it reads the log and goes on from there',
    })
    driver.context?.report({ type: 'ended', job: 'a', how: 'well' })
    await host.idle()
    expect(clock.next()).toBeUndefined()
    await host.close()
    await expect(host.ended).rejects.toMatchObject({ code: 'WS_HOST_ENDED' })
  })

  it('ends its events', async () => {
    const { host, journal } = await open()
    const seen: string[] = []
    const reading = (async () => {
      for await (const { event } of host.events) seen.push(event.type)
    })()
    await host.send(add('a'))
    journal.trouble = 'refused'
    await host.send(add('b')).catch(() => {})
    await reading
    expect(seen).toEqual(['job.added'])
  })

  it('is one whose machine throws, too', async () => {
    const { host } = await open()
    await expect(host.send({ type: 'explode' })).rejects.toMatchObject({
      code: 'WS_HOST_ENDED',
      cause: { message: 'the machine is broken' },
    })
  })

  it('while it closes has closed', async () => {
    const { host, journal, driver } = await open()
    await host.send(add('a'))
    driver.onClose = () => {
      journal.trouble = 'refused'
      driver.context?.report({ type: 'ended', job: 'a', how: 'closed' })
    }
    await host.close()
    await expect(host.ended).rejects.toMatchObject({ code: 'WS_HOST_ENDED' })
  })
})

describe('closing', () => {
  it('lets the driver end what it started, and stores what that reports', async () => {
    const { host, driver, journal } = await open()
    await host.send(add('a'))
    driver.onClose = async () => {
      await Promise.resolve()
      driver.context?.report({ type: 'ended', job: 'a', how: 'closed' })
    }
    await host.close()
    await host.ended
    expect(driver.told).toEqual(['start a', 'close'])
    expect(journal.appended.at(-1)).toMatchObject({ events: [{ type: 'job.ended', how: 'closed' }] })
  })

  it('a second time is the first, and so is disposal', async () => {
    const { host, driver } = await open()
    const first = host.close()
    expect(host.close()).toBe(first)
    await host[Symbol.asyncDispose]()
    expect(driver.told).toEqual(['close'])
  })

  it('while a step is being stored waits for it', async () => {
    const { host, journal } = await open()
    const release = journal.hold()
    const sent = host.send(add('a'))
    await Promise.resolve()
    const closed = host.close()
    release()
    expect(await sent).toEqual({ ok: true })
    await closed
    expect(journal.appended).toHaveLength(1)
  })

  it('starts nothing new, though it decides what arrives', async () => {
    const { host, driver } = await open()
    const release = Promise.withResolvers<void>()
    driver.onClose = () => release.promise
    const closed = host.close()
    await host.send(add('a'))
    release.resolve()
    await closed
    expect(driver.told).toEqual(['close'])
    await expect(host.send(add('b'))).rejects.toMatchObject({
      code: 'WS_HOST_ENDED',
      message: 'the host has closed',
      hint: 'open another one',
      details: { phase: 'closed' },
    })
    driver.context?.report({ type: 'ended', job: 'a', how: 'late' })
    await host.idle()
  })
})

describe('a listener that throws', () => {
  it('hurts nobody, and is told of', async () => {
    const errors: unknown[] = []
    const { host, driver } = await open({ onListenerError: (error) => void errors.push(error) })
    host.events.on('job.added', () => {
      throw new Error('of its own')
    })
    await host.send(add('a'))
    expect(driver.told).toEqual(['start a'])
    expect(errors).toMatchObject([{ message: 'of its own' }])
  })
})
