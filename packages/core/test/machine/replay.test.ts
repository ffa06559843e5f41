import { describe, expect, it } from 'vitest'
import type { StepDraft } from '../../src/machine/journal.ts'
import { MemoryJournal } from '../../src/machine/memory-journal.ts'
import { replay } from '../../src/machine/replay.ts'
import { jobMachine } from './job-machine.ts'

const step = (expectedVersion: number, ...times: readonly number[]): StepDraft => ({
  stream: 'jobs',
  epoch: 1,
  expectedVersion,
  inputs: times.map((at) => ({ at, input: { type: 'nudge' }, events: 1 })),
  events: times.map(() => ({ type: 'job.nudged', job: 'a' })),
})

describe('replay', () => {
  it('folds the events of a stream, each at the time of its input', async () => {
    const journal = new MemoryJournal()
    await journal.append(step(0, 10, 20))
    await journal.append({ ...step(0, 25), stream: 'other' })
    await journal.append(step(1, 30))
    const { state, version, lastAt } = await replay(jobMachine(), journal)
    expect(state.log).toEqual(['job.nudged a@10', 'job.nudged a@20', 'job.nudged a@30'])
    expect([version, lastAt]).toEqual([2, 30])
  })

  it('of an empty log is the beginning', async () => {
    expect(await replay(jobMachine(), new MemoryJournal())).toMatchObject({ version: 0, lastAt: 0 })
  })

  it('refuses a stream with a gap', async () => {
    const journal = new MemoryJournal()
    await journal.append(step(0, 10))
    const holed = Object.assign(Object.create(journal) as MemoryJournal, {
      async *read() {
        yield { ...step(1, 20), version: 2, firstSeq: 2 }
      },
    })
    holed.loadSnapshot = () => Promise.resolve(undefined)
    await expect(replay(jobMachine(), holed)).rejects.toMatchObject({
      code: 'WS_INVARIANT',
      details: { invariant: 'a stream has no gap', version: 0, found: 2 },
    })
  })
})
