import assert from 'node:assert/strict'
import type { Journal, ReadOptions, Step, StepDraft } from '@ws/core'
import type { ContractCase } from './journal-contract.ts'
import { collect, draft, rejectsWith } from './steps.ts'

/** Random sessions against a model that is nothing but a list; a broken one names its seed. */
export const modelCases: readonly ContractCase[] = Array.from({ length: 12 }, (_, index) => ({
  title: `a random session of 60 operations does what a list would do (seed ${index + 1})`,
  async run(open) {
    const next = random(index + 1)
    const model = new Model()
    let journal = await open()
    for (let operation = 0; operation < 60; operation += 1) {
      if (next(15) === 0) {
        await journal.close()
        journal = await open()
      }
      await act(journal, model, next)
    }
    assert.deepEqual(await collect(journal), model.steps)
    await journal.close()
  },
}))

async function act(journal: Journal, model: Model, next: (below: number) => number): Promise<void> {
  const stream = ['run', 'queue', 'third'][next(3)] ?? 'run'
  const version = model.version(stream)
  switch (next(8)) {
    case 0: {
      const epoch = Math.max(model.epoch + next(3) - 1, 0)
      if (epoch < model.epoch) return rejectsWith('WS_JOURNAL_FENCED', journal.lead(epoch))
      await journal.lead(epoch)
      model.epoch = epoch
      return
    }
    case 1:
      assert.deepEqual(await journal.head(stream), { version, nextSeq: model.nextSeq })
      return
    case 2:
    case 3: {
      const options = readOptions(next, stream, model)
      assert.deepEqual(await collect(journal, options), model.read(options))
      return
    }
    default: {
      // Mostly right, now and then of an old leader or on a wrong version.
      const epoch = Math.max(model.epoch + (next(6) === 0 ? next(3) - 1 : 0), 0)
      const step = draft(stream, Math.max(version + (next(6) === 0 ? next(3) - 1 : 0), 0), next(4), epoch)
      if (epoch < model.epoch) return rejectsWith('WS_JOURNAL_FENCED', journal.append(step))
      if (step.expectedVersion !== version) return rejectsWith('WS_JOURNAL_STALE', journal.append(step))
      model.append(step)
      assert.deepEqual(await journal.append(step), { version: version + 1, nextSeq: model.nextSeq })
    }
  }
}

function readOptions(next: (below: number) => number, stream: string, model: Model): ReadOptions {
  const fromSeq = next(model.nextSeq + 2)
  const afterVersion = next(model.version(stream) + 2)
  return (
    [{}, { stream }, { stream, afterVersion }, { fromSeq }, { stream, afterVersion, fromSeq }][next(5)] ?? {}
  )
}

class Model {
  readonly steps: Step[] = []
  epoch = 0
  nextSeq = 1

  version(stream: string): number {
    return this.steps.filter((step) => step.stream === stream).length
  }

  append({ stream, epoch, expectedVersion, inputs, events }: StepDraft): void {
    this.steps.push({ stream, epoch, version: expectedVersion + 1, firstSeq: this.nextSeq, inputs, events })
    this.epoch = epoch
    this.nextSeq += events.length
  }

  read({ stream, afterVersion = 0, fromSeq = 0 }: ReadOptions): Step[] {
    return this.steps.filter(
      (step) =>
        (stream === undefined || (step.stream === stream && step.version > afterVersion)) &&
        step.firstSeq + step.events.length > fromSeq,
    )
  }
}

/** A small generator (mulberry32), so that the suite needs no other package and a seed means the same everywhere. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
