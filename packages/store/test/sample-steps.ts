import type { Journal, ReadOptions, Step, StepDraft } from '@ws/core'

/** The n-th step of a sample log (from 1), of two streams that take turns. */
export function sampleStep(n: number): StepDraft {
  const stream = n % 2 === 1 ? 'run' : 'queue'
  const events = Array.from({ length: n % 3 }, (_, index) => ({
    type: 'thing.done',
    n,
    index,
    text: 'ä'.repeat(n % 7),
  }))
  const inputs = [{ at: 1_700_000_000_000 + n, input: { type: 'thing', n }, events: events.length }]
  return { stream, epoch: 1, expectedVersion: Math.ceil(n / 2) - 1, inputs, events }
}

/** The same step as a log must give it back. */
export function sampleSteps(count: number): Step[] {
  let firstSeq = 1
  return Array.from({ length: count }, (_, index) => {
    const { stream, epoch, expectedVersion, inputs, events } = sampleStep(index + 1)
    const step = { stream, epoch, version: expectedVersion + 1, firstSeq, inputs, events }
    firstSeq += events.length
    return step
  })
}

export async function appendSample(journal: Journal, from: number, through: number): Promise<void> {
  for (let n = from; n <= through; n += 1) await journal.append(sampleStep(n))
}

export async function readAll(journal: Journal, options: ReadOptions = {}): Promise<Step[]> {
  const steps: Step[] = []
  for await (const step of journal.read(options)) steps.push(step)
  return steps
}
