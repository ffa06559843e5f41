import { type Journal, MemoryJournal, type Step } from '@ws/core'
import { withTempDir } from '@ws/testing'
import fc from 'fast-check'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSqliteJournal } from '../../../src/index.ts'
import {
  openRecordStore,
  type RecordQuery,
  type Records,
  recordsOf,
  readEvents,
  writeFiles,
} from '../../../src/records/index.ts'
import { readAll } from '../../sample-steps.ts'
import { livedLog } from '../lived-log.ts'

const runs = { numRuns: process.env['WS_SOAK'] === undefined ? 8 : 300 }

async function copySteps(to: Journal, steps: readonly Step[]): Promise<void> {
  for (const { version, firstSeq: _firstSeq, ...step } of steps)
    await to.append({ ...step, expectedVersion: version - 1 })
}

function viewsOf(records: Records) {
  const { seq, workstreams, queue, health, ledger, roadmap, runIds } = records
  return plain({
    seq,
    workstreams,
    queue,
    health,
    ledger,
    roadmap,
    runs: runIds.map((id) => records.run(id)),
  })
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

test('what is kept and told the rest by later processes is what a rebuild makes of the whole log', () =>
  fc.assert(
    fc.asyncProperty(fc.nat(100_000), fc.array(fc.nat(300), { maxLength: 3 }), (seed, cuts) =>
      withTempDir(async (dir) => {
        const path = join(dir, 'records.db')
        const steps = await readAll((await livedLog(seed)).journal)
        const journal = new MemoryJournal()
        let told = 0
        for (const cut of [...cuts.sort((a, b) => a - b), steps.length]) {
          const upTo = Math.min(steps.length, Math.max(told, cut))
          await copySteps(journal, steps.slice(told, upTo))
          told = upTo
          const store = await openRecordStore({ path, journal })
          await store.close()
        }
        const whole = await recordsOf(readEvents(journal))
        const store = await openRecordStore({ path, journal })
        expect(viewsOf(await store.refresh())).toEqual(viewsOf(whole))
        expect(plain(store.listWorkstreams())).toEqual(plain(byTime(whole.workstreams)))
        const listed = store.listWorkstreams()
        expect(viewsOf(await store.rebuild())).toEqual(viewsOf(whole))
        expect(store.listWorkstreams()).toEqual(listed)
        await store.close()
      }),
    ),
    runs,
  ))

function byTime(records: Records['workstreams']): Records['workstreams'] {
  return records.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : Number(a.createdAt > b.createdAt)))
}

test('records are found by state, time, correlation, parent, branch and worktree', () =>
  withTempDir(async (dir) => {
    const { journal } = await livedLog(17)
    const store = await openRecordStore({ path: join(dir, 'records.db'), journal })
    const all = store.listWorkstreams()
    const one = all.find(({ metadata }) => metadata['branch'] !== null && metadata['branch'] !== undefined)
    const branch = String(one?.metadata['branch'])
    const middle = all[Math.floor(all.length / 2)]?.createdAt ?? ''
    const queries: [RecordQuery, (record: (typeof all)[number]) => boolean][] = [
      [{ status: 'COMPLETED' }, ({ status }) => status === 'COMPLETED'],
      [
        { status: ['FAILED', 'QUARANTINED'] },
        ({ status }) => status === 'FAILED' || status === 'QUARANTINED',
      ],
      [{ from: middle }, ({ createdAt }) => createdAt >= middle],
      [{ to: Date.parse(middle) }, ({ createdAt }) => createdAt < middle],
      [{ correlationId: 'one' }, ({ correlationId }) => correlationId === 'one'],
      [
        { parent: 'one', status: 'COMPLETED' },
        (each) => each.parentId === 'one' && each.status === 'COMPLETED',
      ],
      [{ parent: null }, ({ parentId }) => parentId === undefined],
      [{ branch }, ({ metadata }) => metadata['branch'] === branch],
      [{ worktree: '/nowhere' }, () => false],
    ]
    expect(all.length).toBeGreaterThan(2)
    for (const [query, fits] of queries) expect(store.listWorkstreams(query)).toEqual(all.filter(fits))
    expect(store.listWorkstreams({ limit: 2 })).toEqual(all.slice(0, 2))
    expect(() => store.listWorkstreams({ status: 'LOST' as 'FAILED' })).toThrow(
      expect.objectContaining({ code: 'WS_RECORD_QUERY' }),
    )
    await store.close()
  }))

test('a record made by hand is PENDING until it is said otherwise, and is as safe as the log', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'records.db')
    const journal = new MemoryJournal()
    const store = await openRecordStore({ path, journal })
    const made = await store.createWorkstream('fix the docs', { owner: 'ada' }, 'c1')
    expect(made).toMatchObject({ id: 'ws-1', status: 'PENDING', updatedAt: null, correlationId: 'c1' })
    await store.createWorkstream('another', {}, { id: 'slug', parentId: 'ws-1' })
    await expect(store.createWorkstream('again', {}, { id: 'slug' })).rejects.toMatchObject({
      code: 'WS_RECORD_EXISTS',
    })
    const changed = await store.updateStatus('ws-1', 'COMPLETED', { landed: true })
    expect(changed).toMatchObject({ status: 'COMPLETED', metadata: { owner: 'ada', landed: true } })
    expect(changed.updatedAt).not.toBeNull()
    await expect(store.updateStatus('nobody', 'FAILED')).rejects.toMatchObject({ code: 'WS_RECORD_UNKNOWN' })
    expect(store.listWorkstreams({ parent: 'ws-1' }).map(({ id }) => id)).toEqual(['slug'])
    await store.close()
    rmSync(path)
    const later = await openRecordStore({ path, journal })
    expect(later.getWorkstream('ws-1')).toEqual(changed)
    await later.close()
  }))

test('a record of a run takes notes, but its state is what the run says', () =>
  withTempDir(async (dir) => {
    const { journal } = await livedLog(3, { isCalm: true })
    // Whoever leads writes the registry.
    const store = await openRecordStore({ path: join(dir, 'records.db'), journal, epoch: 1 })
    const noted = await store.updateStatus('one/core', 'COMPLETED', { reviewer: 'bob' })
    expect(noted).toMatchObject({ status: 'COMPLETED', metadata: { reviewer: 'bob', taskId: 'n1' } })
    await expect(store.updateStatus('one/core', 'FAILED')).rejects.toMatchObject({
      code: 'WS_RECORD_DERIVED',
    })
    expect((await store.rebuild()).workstreams).toContainEqual(noted)
    await store.close()
  }))

test('tables that are damaged, of another version or of another log are made anew', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'records.db')
    const first = await livedLog(4)
    const expected = viewsOf(await recordsOf(first.events))
    const check = async (journal: Journal, views: unknown) => {
      const store = await openRecordStore({ path, journal })
      expect(viewsOf(await store.refresh())).toEqual(views)
      await store.close()
    }
    await check(first.journal, expected)
    writeFileSync(path, 'no database at all')
    await check(first.journal, expected)
    // Another log that is longer, and one that is shorter, than what was read.
    for (const seed of [5, 6, 7, 8]) {
      const other = await livedLog(seed)
      await check(other.journal, viewsOf(await recordsOf(other.events)))
    }
  }))

test('a run that was packed and archived comes back as it was', () =>
  withTempDir(async (dir) => {
    const { journal, events } = await livedLog(3, { isCalm: true })
    const path = join(dir, 'records.db')
    const store = await openRecordStore({ path, journal })
    const before = plain((await store.refresh()).run('one'))
    const pack = await store.packRun('one', join(dir, 'packs'))
    const version = (await journal.head('run')).version
    const at = (events.at(-1)?.at ?? 0) + 1
    await journal.append({
      stream: 'run',
      epoch: 1,
      expectedVersion: version,
      inputs: [{ at, input: { type: 'run.archive' }, events: 1 }],
      events: [{ type: 'run.archived', runId: 'one' } as { readonly type: string }],
    })
    expect((await store.refresh()).run('one')).toBeUndefined()
    expect(store.listWorkstreams({ correlationId: 'one' })).toEqual([])
    await store.restoreRun(pack)
    expect(plain((await store.refresh()).run('one'))).toEqual(before)
    await store.close()
    const later = await openRecordStore({ path, journal })
    expect(plain((await later.refresh()).run('one'))).toEqual(before)
    expect(later.listWorkstreams({ correlationId: 'one' }).length).toBeGreaterThan(0)
    writeFileSync(pack, 'cut')
    await expect(later.restoreRun(pack)).rejects.toMatchObject({ code: 'WS_PACK_UNREADABLE' })
    await expect(later.packRun('nobody', dir)).rejects.toMatchObject({ code: 'WS_RECORD_UNKNOWN' })
    await later.close()
  }))

test('a log that was cut is whole together with what was cut off, and is not taken for whole without it', () =>
  withTempDir(async (dir) => {
    const steps = await readAll((await livedLog(9)).journal)
    const journal = await openSqliteJournal({ path: join(dir, 'journal.db') })
    const path = join(dir, 'records.db')
    const archive = join(dir, 'archive.db')
    const half = Math.floor(steps.length / 2)
    await copySteps(journal, steps.slice(0, half))
    const early = await openRecordStore({ path, journal })
    await early.close()
    const { version } = await journal.head('run')
    await journal.saveSnapshot({ stream: 'run', machineVersion: 1, version, lastAt: 1, state: {} })
    await journal.archive(archive)
    await copySteps(journal, steps.slice(half))

    const whole = new MemoryJournal()
    await copySteps(whole, steps)
    const expected = viewsOf(await recordsOf(readEvents(whole)))
    const store = await openRecordStore({ path, journal })
    expect(viewsOf(await store.refresh())).toEqual(expected)
    await expect(store.rebuild()).rejects.toMatchObject({ code: 'WS_RECORDS_INCOMPLETE' })
    await store.close()
    const informed = await openRecordStore({ path, journal, archives: [archive] })
    expect(viewsOf(await informed.rebuild())).toEqual(expected)
    await informed.close()
    await journal.close()
  }))

test('a store writes the same files as who folds the whole log, and appends to them', () =>
  withTempDir(async (dir) => {
    const steps = await readAll((await livedLog(12)).journal)
    const journal = new MemoryJournal()
    const store = await openRecordStore({ path: join(dir, 'records.db'), journal })
    for (const [from, to] of [
      [0, 40],
      [40, steps.length],
    ] as const) {
      await copySteps(journal, steps.slice(from, to))
      await Promise.all([store.writeFiles(join(dir, 'kept')), store.writeFiles(join(dir, 'kept'))])
    }
    await writeFiles(await recordsOf(readEvents(journal)), join(dir, 'folded'))
    for (const path of [
      'cost_ledger.jsonl',
      'logs/orchestrator.log',
      'roadmap_state.json',
      'tool_health.json',
    ])
      expect(readFileSync(join(dir, 'kept', path), 'utf8')).toBe(
        readFileSync(join(dir, 'folded', path), 'utf8'),
      )
    await store.close()
  }))

test('two who write records at once both find theirs in the log, and one who leads no more is refused', () =>
  withTempDir(async (dir) => {
    const journal = new MemoryJournal()
    const open = (name: string) => openRecordStore({ path: join(dir, name), journal, epoch: 2 })
    const stores = await Promise.all([open('a.db'), open('b.db')])
    const made = await Promise.all(
      stores.flatMap((store) => [0, 1, 2].map((n) => store.createWorkstream(`record ${n}`))),
    )
    expect(new Set(made.map(({ id }) => id)).size).toBe(6)
    await Promise.all(stores.map((store) => store.refresh()))
    expect(stores[0]?.listWorkstreams()).toEqual(stores[1]?.listWorkstreams())
    await Promise.all(stores.map((store) => store.close()))
    await journal.lead(3)
    await using late = await open('a.db')
    await expect(late.createWorkstream('late')).rejects.toMatchObject({ code: 'WS_JOURNAL_FENCED' })
  }))

test('a run that goes on is not packed', () =>
  withTempDir(async (dir) => {
    const steps = await readAll((await livedLog(3, { isCalm: true })).journal)
    const journal = new MemoryJournal()
    await copySteps(journal, steps.slice(0, 6))
    const store = await openRecordStore({ path: join(dir, 'records.db'), journal })
    await expect(store.packRun('one', dir)).rejects.toMatchObject({ code: 'WS_RUN_LIVE' })
    await store.close()
  }))
