import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import fc from 'fast-check'
import { type LoggedEvent, Records, recordsOf } from '../../src/records/index.ts'
import { livedLog } from './lived-log.ts'

const runs = { numRuns: process.env['WS_SOAK'] === undefined ? 25 : 1_000 }
const seed = fc.nat(1_000_000)

function allOf(records: Records) {
  return {
    seq: records.seq,
    runs: records.runIds.map((id) => records.run(id)),
    workstreams: records.workstreams,
    queue: records.queue,
    health: records.health,
    ledger: records.ledger,
    roadmap: records.roadmap,
    log: [...records.log()],
  }
}

test('the views of the beginning of a log, told the rest, are the views of the whole', () =>
  fc.assert(
    fc.asyncProperty(seed, fc.nat(10_000), async (chance, place) => {
      const { events } = await livedLog(chance)
      const cut = place % (events.length + 1)
      const parts = await recordsOf(events.slice(0, cut))
      // Whoever goes on may begin a little earlier: what was told is passed over.
      for (const event of events.slice(Math.max(0, cut - 7))) parts.take(event)
      expect(allOf(parts)).toEqual(allOf(await recordsOf(events)))
    }),
    runs,
  ))

test('tasks, workstreams and runs stand where the run machine has them', () =>
  fc.assert(
    fc.asyncProperty(seed, async (chance) => {
      const { events, state } = await livedLog(chance)
      const records = await recordsOf(events)
      expect(records.runIds).toEqual([...state.runs.keys()])
      for (const run of state.runs.values()) {
        const summary = records.run(run.id)?.summary
        expect(summary?.status).toBe(run.status)
        const told = summary?.workstreams.map(({ id, status, tasks }) => [id, status, tasks])
        const real = [...run.workstreams.values()].map(({ spec, phase, tasks }) => [
          spec.id,
          phase.state,
          tasks.map((task) =>
            expect.objectContaining({ id: task.id, status: task.phase.state, attempts: task.attempt }),
          ),
        ])
        expect(told).toEqual(real)
      }
    }),
    runs,
  ))

test('the ledger adds up to what the budgets count, each usage once', () =>
  fc.assert(
    fc.asyncProperty(seed, async (chance) => {
      const { events, state } = await livedLog(chance)
      const records = await recordsOf(events)
      const { ledger } = records
      expect(new Set(ledger.map(({ seq }) => seq)).size).toBe(ledger.length)
      for (const [runId, run] of state.runs) {
        const lines = ledger.filter(({ run_id }) => run_id === runId)
        const spent = lines.reduce((total, { amount }) => total + amount, 0)
        expect(spent).toBeCloseTo(state.budgets.spentUsd(`run/${runId}`), 4)
        const running = [...run.tasks.values()].some(({ phase }) => phase.state === 'RUNNING')
        const told = records.run(runId)?.report.cost_summary.total_used_usd
        if (!running) expect(told).toBeCloseTo(spent, 4)
      }
    }),
    runs,
  ))

test('an archived run leaves its lines in the ledger and its place in the roadmap', async () => {
  const { events } = await livedLog(1, { isCalm: true })
  const records = await recordsOf(events)
  const [before, plans] = [records.ledger, records.roadmap.plans]
  const last = events.at(-1)
  const archived: LoggedEvent = {
    seq: (last?.seq ?? 0) + 1,
    at: last?.at ?? 0,
    stream: 'run',
    event: { type: 'run.archived', runId: 'one' } as LoggedEvent['event'],
  }
  records.take(archived)
  expect(records.run('one')).toBeUndefined()
  expect(records.ledger).toEqual(before)
  expect(isDeepStrictEqual(records.roadmap.plans, plans)).toBe(true)
})
