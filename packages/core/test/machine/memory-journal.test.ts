import { describe, expect, it } from 'vitest'
import type { ReadOptions, StepDraft } from '../../src/machine/journal.ts'
import { MemoryJournal } from '../../src/machine/memory-journal.ts'

const draft = (stream: string, expectedVersion: number, events = 1, epoch = 1): StepDraft => ({
  stream,
  epoch,
  expectedVersion,
  inputs: [{ at: 1, input: { type: 'x' }, events }],
  events: Array.from({ length: events }, (_, i) => ({ type: `e${i}` })),
})

async function read(journal: MemoryJournal, options?: ReadOptions): Promise<readonly string[]> {
  const found: string[] = []
  for await (const { stream, version, firstSeq } of journal.read(options))
    found.push(`${stream}${version}@${firstSeq}`)
  return found
}

describe('MemoryJournal', () => {
  it('numbers events through the log and versions through each stream', async () => {
    const journal = new MemoryJournal()
    expect(await journal.append(draft('a', 0, 2))).toEqual({ version: 1, nextSeq: 3 })
    expect(await journal.append(draft('b', 0, 0))).toEqual({ version: 1, nextSeq: 3 })
    expect(await journal.append(draft('a', 1))).toEqual({ version: 2, nextSeq: 4 })
    expect(await journal.head('a')).toEqual({ version: 2, nextSeq: 4 })
    expect(await journal.head('c')).toEqual({ version: 0, nextSeq: 4 })
    expect(await read(journal)).toEqual(['a1@1', 'b1@3', 'a2@3'])
  })

  it('reads one stream, from a version or an event on', async () => {
    const journal = new MemoryJournal()
    for (let i = 0; i < 3; i++) await journal.append(draft('a', i, 2))
    await journal.append(draft('b', 0))
    expect(await read(journal, { stream: 'a', afterVersion: 1 })).toEqual(['a2@3', 'a3@5'])
    expect(await read(journal, { fromSeq: 4 })).toEqual(['a2@3', 'a3@5', 'b1@7'])
  })

  it('refuses a step that was decided on another version', async () => {
    const journal = new MemoryJournal()
    await journal.append(draft('a', 0))
    await expect(journal.append(draft('a', 0))).rejects.toMatchObject({
      code: 'WS_JOURNAL_STALE',
      message: 'stream "a" is at version 1, the step was decided on 0',
    })
    expect(await read(journal)).toHaveLength(1)
  })

  it('refuses an epoch that is over, also to lead', async () => {
    const journal = new MemoryJournal()
    await journal.lead(3)
    await expect(journal.append(draft('a', 0, 1, 2))).rejects.toMatchObject({
      code: 'WS_JOURNAL_FENCED',
      message: 'epoch 2 may not write: epoch 3 leads now',
    })
    await expect(journal.lead(2)).rejects.toMatchObject({ code: 'WS_JOURNAL_FENCED' })
    await journal.append(draft('a', 0, 1, 4))
    await expect(journal.lead(3)).rejects.toMatchObject({ code: 'WS_JOURNAL_FENCED' })
  })

  it('keeps the newest snapshot of a stream, apart from the state that goes on changing', async () => {
    const journal = new MemoryJournal()
    const state = { n: 1 }
    await journal.saveSnapshot({ stream: 'a', machineVersion: 1, version: 1, lastAt: 0, state })
    state.n = 2
    expect(await journal.loadSnapshot('a')).toMatchObject({ state: { n: 1 } })
    expect(await journal.loadSnapshot('b')).toBeUndefined()
    await journal.close()
  })
})
