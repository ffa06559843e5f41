import assert from 'node:assert/strict'
import type { ContractCase } from './journal-contract.ts'
import { collect, draft, oneJournal, rejectsWith } from './steps.ts'

export const appendCases: readonly ContractCase[] = [
  oneJournal('an empty log stands at version 0 and numbers its first event 1', async (journal) => {
    assert.deepEqual(await journal.head('run'), { version: 0, nextSeq: 1 })
    assert.deepEqual(await collect(journal), [])
  }),

  oneJournal('an append answers with the version after it and the next event number', async (journal) => {
    assert.deepEqual(await journal.append(draft('run', 0, 2)), { version: 1, nextSeq: 3 })
    assert.deepEqual(await journal.append(draft('run', 1, 1)), { version: 2, nextSeq: 4 })
    assert.deepEqual(await journal.head('run'), { version: 2, nextSeq: 4 })
  }),

  oneJournal('streams count their own versions and share the event numbers', async (journal) => {
    await journal.append(draft('run', 0, 2))
    assert.deepEqual(await journal.append(draft('queue', 0, 3)), { version: 1, nextSeq: 6 })
    assert.deepEqual(await journal.append(draft('run', 1, 1)), { version: 2, nextSeq: 7 })
    assert.deepEqual(await journal.head('queue'), { version: 1, nextSeq: 7 })
  }),

  oneJournal('a step without events takes no number', async (journal) => {
    assert.deepEqual(await journal.append(draft('run', 0, 0)), { version: 1, nextSeq: 1 })
    await journal.append(draft('run', 1, 1))
    assert.deepEqual(
      (await collect(journal)).map(({ version, firstSeq }) => ({ version, firstSeq })),
      [
        { version: 1, firstSeq: 1 },
        { version: 2, firstSeq: 1 },
      ],
    )
  }),

  oneJournal('a step decided on an old version is refused and nothing is written', async (journal) => {
    await journal.append(draft('run', 0))
    await rejectsWith('WS_JOURNAL_STALE', journal.append(draft('run', 0)))
    await rejectsWith('WS_JOURNAL_STALE', journal.append(draft('run', 2)))
    assert.equal((await collect(journal)).length, 1)
    assert.deepEqual(await journal.append(draft('run', 1)), { version: 2, nextSeq: 3 })
  }),

  oneJournal('after a newer leader an older one appends nothing', async (journal) => {
    await journal.append(draft('run', 0, 1, 1))
    await journal.lead(2)
    await rejectsWith('WS_JOURNAL_FENCED', journal.append(draft('run', 1, 1, 1)))
    await rejectsWith('WS_JOURNAL_FENCED', journal.lead(1))
    assert.equal((await collect(journal)).length, 1)
    await journal.append(draft('run', 1, 1, 2))
  }),

  oneJournal('an append of a newer epoch fences as leading does', async (journal) => {
    await journal.append(draft('run', 0, 1, 3))
    await rejectsWith('WS_JOURNAL_FENCED', journal.append(draft('queue', 0, 1, 2)))
    await journal.lead(3)
  }),

  oneJournal('being fenced is told before being stale', async (journal) => {
    await journal.append(draft('run', 0, 1, 2))
    await rejectsWith('WS_JOURNAL_FENCED', journal.append(draft('run', 0, 1, 1)))
  }),

  oneJournal('of appends that are made at once on one version, exactly one is written', async (journal) => {
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => journal.append(draft('run', 0))))
    assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.equal((await collect(journal)).length, 1)
  }),

  {
    title: 'what was acknowledged is there after the journal was closed and opened again',
    async run(open) {
      const first = await open()
      await first.lead(4)
      await first.append(draft('run', 0, 2, 4))
      await first.close()
      const second = await open()
      assert.deepEqual(await second.head('run'), { version: 1, nextSeq: 3 })
      await rejectsWith('WS_JOURNAL_FENCED', second.append(draft('run', 1, 1, 3)))
      assert.deepEqual(await second.append(draft('run', 1, 1, 4)), { version: 2, nextSeq: 4 })
      assert.equal((await collect(second)).length, 2)
      await second.close()
    },
  },

  {
    title: 'closing twice is closing once',
    async run(open) {
      const journal = await open()
      await Promise.all([journal.close(), journal.close()])
      await journal.close()
    },
  },
]
