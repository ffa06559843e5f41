import assert from 'node:assert/strict'
import type { Journal } from '@ws/core'
import type { ContractCase } from './journal-contract.ts'
import { collect, draft, oneJournal } from './steps.ts'

export const readCases: readonly ContractCase[] = [
  oneJournal('a step is read as it was appended', async (journal) => {
    const inputs = [
      { at: 1_700_000_000_000.5, input: { type: 'command', commandId: 'c1', payload: awkward }, events: 1 },
      { at: 1_700_000_000_001, input: { type: 'tick' }, events: 1 },
    ]
    const events = [{ type: 'a.b', payload: awkward }, { type: 'c.d' }]
    await journal.append({ stream: 'ström/1', epoch: 7, expectedVersion: 0, inputs, events })
    assert.deepEqual(await collect(journal), [
      { stream: 'ström/1', epoch: 7, version: 1, firstSeq: 1, inputs, events },
    ])
  }),

  oneJournal('all streams are read in the order in which they were appended', async (journal) => {
    await fill(journal)
    const read = (await collect(journal)).map(({ stream, version, firstSeq }) => [stream, version, firstSeq])
    assert.deepEqual(read, [
      ['run', 1, 1],
      ['queue', 1, 3],
      ['run', 2, 4],
      ['run', 3, 4],
      ['queue', 2, 7],
    ])
  }),

  oneJournal('a stream is read from after a version', async (journal) => {
    await fill(journal)
    const versions = async (stream: string, afterVersion?: number) =>
      (await collect(journal, afterVersion === undefined ? { stream } : { stream, afterVersion })).map(
        ({ version }) => version,
      )
    assert.deepEqual(await versions('run'), [1, 2, 3])
    assert.deepEqual(await versions('run', 1), [2, 3])
    assert.deepEqual(await versions('run', 3), [])
    assert.deepEqual(await versions('run', 99), [])
    assert.deepEqual(await versions('nobody'), [])
  }),

  oneJournal(
    'a read from an event number begins with the step that holds it, and keeps later steps without events',
    async (journal) => {
      await fill(journal)
      const firsts = async (fromSeq: number) =>
        (await collect(journal, { fromSeq })).map(({ firstSeq }) => firstSeq)
      assert.deepEqual(await firsts(2), [1, 3, 4, 4, 7])
      assert.deepEqual(await firsts(3), [3, 4, 4, 7])
      assert.deepEqual(await firsts(4), [4, 7])
      assert.deepEqual(await firsts(6), [4, 7])
      assert.deepEqual(await firsts(8), [])
      const ofQueue = await collect(journal, { stream: 'queue', fromSeq: 4 })
      assert.deepEqual(
        ofQueue.map(({ version }) => version),
        [2],
      )
    },
  ),

  oneJournal(
    'a read gives at least what was there when it began, also while steps are appended',
    async (journal) => {
      for (let version = 0; version < 40; version += 1) await journal.append(draft('run', version))
      const versions: number[] = []
      for await (const step of journal.read({ stream: 'run' })) {
        versions.push(step.version)
        if (step.version === 10) await journal.append(draft('run', 40))
      }
      assert.deepEqual(
        versions.slice(0, 40),
        Array.from({ length: 40 }, (_, index) => index + 1),
      )
    },
  ),

  oneJournal('a read may be left early, and another begun', async (journal) => {
    await fill(journal)
    for await (const step of journal.read()) if (step.version === 1) break
    assert.equal((await collect(journal)).length, 5)
  }),

  oneJournal('a long log is read without a gap from any place', async (journal) => {
    const steps = 600
    for (let version = 0; version < steps; version += 1)
      await journal.append(draft(version % 3 === 0 ? 'a' : 'b', at(version)))
    for (const fromSeq of [1, 2, 255, 256, 257, 258, 511, 512, 513, 514, 599, steps]) {
      const seqs = (await collect(journal, { fromSeq })).map(({ firstSeq }) => firstSeq)
      assert.deepEqual(
        seqs,
        Array.from({ length: steps - fromSeq + 1 }, (_, index) => fromSeq + index),
      )
    }
    for (const afterVersion of [0, 1, 85, 86, 171, 199, 200]) {
      const versions = (await collect(journal, { stream: 'a', afterVersion })).map(({ version }) => version)
      assert.deepEqual(
        versions,
        Array.from({ length: Math.max(200 - afterVersion, 0) }, (_, index) => afterVersion + index + 1),
      )
    }
  }),
]

/** The version that the stream of the n-th step of the long log is at: every third step belongs to `a`. */
function at(index: number): number {
  return index % 3 === 0 ? index / 3 : index - Math.floor(index / 3) - 1
}

/** run 1 (2 events), queue 1 (1), run 2 (none), run 3 (3), queue 2 (1). */
async function fill(journal: Journal): Promise<void> {
  await journal.append(draft('run', 0, 2))
  await journal.append(draft('queue', 0, 1))
  await journal.append(draft('run', 1, 0))
  await journal.append(draft('run', 2, 3))
  await journal.append(draft('queue', 1, 1))
}

/** What text columns, separators and careless parsers stumble over; each of it is JSON. */
const awkward = {
  empty: '',
  nul: 'a\u0000b',
  lines: 'a\nb\r\n\u2028c',
  wide: '𝒳 é é',
  halfPair: '\ud800',
  quotes: `'"\\`,
  big: Number.MAX_SAFE_INTEGER,
  small: 5e-324,
  nothing: null,
  nested: [[], {}, [[{ '': 0 }]]],
}
