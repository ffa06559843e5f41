import assert from 'node:assert/strict'
import type { Journal, Snapshot } from '@ws/core'
import type { ContractCase } from './journal-contract.ts'
import { draft, oneJournal } from './steps.ts'

export const snapshotCases: readonly ContractCase[] = [
  oneJournal('a stream without a snapshot has none', async (journal) => {
    assert.equal(await journal.loadSnapshot('run'), undefined)
  }),

  oneJournal('the newest snapshot of a stream is kept, each stream having its own', async (journal) => {
    await fill(journal)
    await journal.saveSnapshot(snapshot('run', 1))
    await journal.saveSnapshot(snapshot('queue', 1))
    await journal.saveSnapshot(snapshot('run', 2))
    assert.deepEqual(await journal.loadSnapshot('run'), snapshot('run', 2))
    assert.deepEqual(await journal.loadSnapshot('queue'), snapshot('queue', 1))
  }),

  oneJournal('a state that changes later does not change its snapshot', async (journal) => {
    await fill(journal)
    const state = { tasks: ['a'] }
    const saving = journal.saveSnapshot({ ...snapshot('run', 2), state })
    state.tasks.push('b')
    await saving
    assert.deepEqual((await journal.loadSnapshot('run'))?.state, { tasks: ['a'] })
  }),

  {
    title: 'a snapshot is there after the journal was closed and opened again, and after further steps',
    async run(open) {
      const first = await open()
      await fill(first)
      await first.saveSnapshot(snapshot('run', 2))
      await first.append(draft('run', 2))
      await first.close()
      const second = await open()
      assert.deepEqual(await second.loadSnapshot('run'), snapshot('run', 2))
      await second.close()
    },
  },
]

async function fill(journal: Journal): Promise<void> {
  await journal.append(draft('run', 0))
  await journal.append(draft('queue', 0))
  await journal.append(draft('run', 1))
}

function snapshot(stream: string, version: number): Snapshot {
  return {
    stream,
    machineVersion: 3,
    version,
    lastAt: 1_234.5,
    state: { of: stream, version, list: [1, null, 'x'] },
  }
}
