import type { Journal, ReadOptions, Step, StepDraft } from '@ws/core'
import assert from 'node:assert/strict'
import type { ContractCase } from './journal-contract.ts'

/** A case over one open journal, closed afterwards. */
export function oneJournal(title: string, body: (journal: Journal) => Promise<void>): ContractCase {
  return {
    title,
    async run(open) {
      const journal = await open()
      try {
        await body(journal)
      } finally {
        await journal.close()
      }
    },
  }
}

/** A draft of `count` events, told apart by the version that it was decided on. */
export function draft(stream: string, expectedVersion: number, count = 1, epoch = 1): StepDraft {
  const events = Array.from({ length: count }, (_, index) => ({
    type: 'thing.done',
    of: `${stream}/${expectedVersion}/${index}`,
  }))
  const inputs = [
    { at: 1_000 + expectedVersion, input: { type: 'thing', n: expectedVersion }, events: count },
  ]
  return { stream, epoch, expectedVersion, inputs, events }
}

export async function collect(journal: Journal, options?: ReadOptions): Promise<Step[]> {
  const steps: Step[] = []
  for await (const step of journal.read(options)) steps.push(step)
  return steps
}

export async function rejectsWith(code: string, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => {
    const is = typeof error === 'object' && error !== null && 'code' in error ? error.code : error
    assert.equal(is, code)
    return true
  })
}
