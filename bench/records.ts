// What is derived from the log of a run with 10,000 workstreams: folded, kept, searched, written, told the next event.
// node --conditions=@ws/source --disable-warning=ExperimentalWarning bench/records.ts [tasks]
import { MemoryJournal } from '@ws/core'
import { simulate } from '@ws/core/testing'
import { openRecordStore, recordsOf } from '@ws/store/records'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const count = Number(process.argv[2] ?? 10_000)
const width = 100
const looks = 200

const tasks = Array.from({ length: count }, (_, n) => ({
  id: `t${n}`,
  durationMs: 1_000 + (n % 7) * 100,
  needs: n < width ? [] : [`t${n - width}`],
}))
const { events } = await simulate({ tasks, limits: { concurrency: width / 2 } })
const journal = new MemoryJournal()
for (const [n, { at, event }] of events.entries()) await append(n, at, event)

const folder = mkdtempSync(join(tmpdir(), 'ws-bench-records-'))
try {
  const folded = await measure(() => recordsOf(events.map((event) => ({ ...event, stream: 'run' }))))
  const report = await measure(() => folded.value.run('simulation')?.report)
  const opened = await measure(() => openRecordStore({ path: join(folder, 'records.db'), journal }))
  const store = opened.value
  const queries = [
    { status: 'COMPLETED', limit: 20 },
    { correlationId: 'simulation', limit: 20 },
    { parent: 'simulation', status: 'FAILED' },
    { branch: 'lane/simulation/t7' },
  ] as const
  const query = await measure(() => {
    for (let look = 0; look < looks; look++) for (const one of queries) store.listWorkstreams(one)
  })
  const written = await measure(() => store.writeFiles(join(folder, 'files')))
  const again = await measure(() => store.writeFiles(join(folder, 'files')))
  await append(events.length, events.at(-1)?.at ?? 0, { type: 'disk.measured', isLow: false })
  const next = await measure(() => store.refresh())
  await store.close()
  const perQuery = query.ms / looks / queries.length
  console.log(`${events.length} events of ${count} workstreams; report ${show(report.ms)}`)
  console.log(
    `records of ${count} workstreams: folded in ${show(folded.ms)}, kept in ${show(opened.ms)}, a search ${show(perQuery)}, ` +
      `all files ${show(written.ms)}, unchanged ${show(again.ms)}, one event more ${show(next.ms)}`,
  )
} finally {
  rmSync(folder, { recursive: true })
}

async function append(
  version: number,
  at: number,
  event: { readonly type: string; readonly isLow?: boolean },
): Promise<void> {
  const inputs = [{ at, input: { type: 'thing' }, events: 1 }]
  await journal.append({ stream: 'run', epoch: 1, expectedVersion: version, inputs, events: [event] })
}

async function measure<Value>(work: () => Value | Promise<Value>) {
  const from = performance.now()
  const value = await work()
  return { value, ms: performance.now() - from }
}

function show(ms: number): string {
  return ms < 10 ? `${ms.toFixed(2)} ms` : `${Math.round(ms)} ms`
}
