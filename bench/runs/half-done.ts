// One life of a run of many tasks that a kill ends half way, and the next life, until its first task starts.
// node --conditions=@ws/source half-done.ts make|resume <repository> <tasks>
import { once } from 'node:events'
import { join } from 'node:path'
import { noUsage } from '@ws/core'
import { openRepository } from '@ws/git'
import { createOrchestrator } from '@ws/orchestrator'
import { openSqliteJournal } from '@ws/store'
import { independent } from './plans.ts'
import { landsAtOnce, noWorkspaces } from './stand-ins.ts'
import { timedJournal } from './timed-journal.ts'

const scriptAt = performance.now()
const [mode, path = '.', tasks = '10000'] = process.argv.slice(2)
const stands = { concurrency: 3, landing: landsAtOnce, workspaces: noWorkspaces }
const idle = { sweep: () => Promise.resolve(), close: () => Promise.resolve() }

if (mode === 'make') await make(Number(tasks))
else console.log(JSON.stringify(await resume()))

async function make(count: number): Promise<void> {
  let begun = 0
  const ws = await createOrchestrator({
    repo: path,
    ...stands,
    executor: {
      ...idle,
      execute: () => {
        if (++begun <= count / 2)
          return Promise.resolve({ kind: 'completed', usage: noUsage, text: '' } as const)
        return new Promise(() => {})
      },
    },
  })
  const settled = countOf(count / 2, (hear) => ws.events.on('task.succeeded', hear))
  await ws.run(independent(count, 'true'))
  await settled
  process.kill(process.pid, 'SIGKILL')
  await once(process, 'exit')
}

function countOf(count: number, listen: (hear: () => void) => unknown): Promise<void> {
  return new Promise((resolve) => {
    let heard = 0
    listen(() => {
      if (++heard >= count) resolve()
    })
  })
}

async function resume() {
  const begunAt = performance.now()
  const repository = await openRepository(path)
  const repositoryAt = performance.now()
  const { journal, times } = timedJournal(
    await openSqliteJournal({ path: join(repository.facts.wsDir, 'journal.db') }),
  )
  const journalAt = performance.now()
  const first = Promise.withResolvers<number>()
  const ws = await createOrchestrator({
    repo: repository,
    journal,
    ...stands,
    executor: {
      ...idle,
      execute: async (_, { signal }) => {
        first.resolve(performance.now())
        if (!signal.aborted) await once(signal, 'abort')
        return { kind: 'interrupted', usage: noUsage, text: '' }
      },
    },
  })
  const ledAt = performance.now()
  const startedAt = await first.promise
  const read = [...times.read].map(([stream, { ms, steps }]) => ({ stream, ms, steps }))
  const { snapshotMs, appendMs, appends } = times
  await ws.close()
  await journal.close()
  await repository.close()
  return {
    importMs: scriptAt,
    repositoryMs: repositoryAt - begunAt,
    journalMs: journalAt - repositoryAt,
    ledMs: ledAt - journalAt,
    startedMs: startedAt - journalAt,
    totalMs: startedAt - begunAt,
    ...{ read, snapshotMs, appendMs, appends },
  }
}

/** What the next life printed. */
export type Resumed = Awaited<ReturnType<typeof resume>>
