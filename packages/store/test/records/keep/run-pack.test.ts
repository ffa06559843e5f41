import { withTempDir } from '@ws/testing'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { LoggedEvent } from '../../../src/records/index.ts'
import { readPack, unpack, writePack } from '../../../src/records/keep/run-pack.ts'
import { began, livedLog } from '../lived-log.ts'

/** What a queue says of the entries of two runs, in turns. */
function queueEvents(from: number): LoggedEvent[] {
  const entry = { kind: 'branch', branch: 'b', target: 'main', level: 2, checks: ['unit'] }
  const events = ['one', 'two'].flatMap((run, n) => [
    { type: 'landing.queued', entry: { ...entry, id: `land/${run}/w/1` }, level: 2 },
    {
      type: 'check.started',
      checkRunId: `r${n}`,
      check: 'unit',
      entryIds: [`land/${run}/w/1`],
      purpose: 'required',
    },
    { type: 'check.ended', checkRunId: `r${n}`, outcome: { kind: 'passed' }, durationMs: 5 },
    { type: 'landing.intended', landId: `l${n}`, entryIds: [`land/${run}/w/1`] },
    { type: 'landing.deferred', landId: `l${n}` },
    { type: 'target.moved', target: 'main', to: 'x' },
  ])
  return events.map((event, n) => ({ seq: from + n, at: began, stream: 'queue', event }))
}

test('a pack holds what concerns its run, and nothing of others', () =>
  withTempDir(async (dir) => {
    const { events } = await livedLog(3, { isCalm: true })
    const path = join(dir, 'one.json.gz')
    await writePack(path, { runId: 'one', events: [...events, ...queueEvents(events.length + 1)] })
    const pack = await readPack(path)
    const named = pack.events.map(({ event }) => JSON.stringify(event))
    expect(named.some((text) => text.includes('land/two') || text.includes('"runId":"two"'))).toBe(false)
    const kinds = pack.events.filter(({ stream }) => stream === 'queue').map(({ event }) => event.type)
    expect(kinds).toEqual([
      'landing.queued',
      'check.started',
      'check.ended',
      'landing.intended',
      'landing.deferred',
    ])
    const { run, queue } = unpack(pack)
    expect(run?.status).toBe('COMPLETED')
    expect(queue.checks.get('one')).toEqual({ ran: 1, passed: 1 })
    expect([...queue.entries.keys()]).toEqual(['land/one/w/1'])
    const bytes = readFileSync(path)
    await writePack(path, { runId: 'one', events })
    await writePack(path, { runId: 'one', events: [...events, ...queueEvents(events.length + 1)] })
    expect(readFileSync(path).equals(bytes)).toBe(true)
  }))
