import { describe, expect, it } from 'vitest'
import { driveQueue } from './drive-queue.ts'

describe('an entry that failed behind others', () => {
  it('is asked, while slots are idle, whether it fails alone', async () => {
    const queue = await driveQueue({ policy: 'batch-bisect' })
    await queue.addAll('z a b c d')
    await queue.pass('z')
    await queue.fail('a b c d')
    await queue.pass('a b')
    await queue.fail('c')
    // Two have landed since: it is out, and now run on the target as it was.
    expect(queue.stateOf('c')).toBe('FAILED check-failed')
    expect(queue.escalations()).toEqual([])
    expect(queue.effects('check')).toMatchObject([{ commit: 'main-0+z+a+b+d' }, { commit: 'main-0+z+c' }])
    await queue.tell({
      type: 'check.ended',
      checkRunId: runOf(queue, 'main-0+z+c'),
      outcome: failed,
      durationMs: 1,
    })
    expect(queue.escalations()).toMatchObject([{ entryId: 'c', problem: { reason: 'check-failed' } }])
    expect(queue.view('c').problem).not.toHaveProperty('together')
  })

  it('and passes alone is named together with the one it fails with', async () => {
    const queue = await driveQueue({ policy: 'batch-bisect' })
    await queue.addAll('z a b c d')
    await queue.pass('z')
    await queue.fail('a b c d')
    await queue.pass('a b')
    await queue.fail('c')
    const tell = (commit: string, outcome: typeof failed | typeof passed) =>
      queue.tell({ type: 'check.ended', checkRunId: runOf(queue, commit), outcome, durationMs: 1 })
    await tell('main-0+z+c', passed)
    // With a alone it fails: so it is a, and not b.
    await tell('main-0+z+a+c', failed)
    expect(queue.view('c').problem).toMatchObject({ together: ['a', 'c'] })
    expect(queue.escalations()).toMatchObject([{ problem: { together: ['a', 'c'] } }])
  })

  it('is escalated as it is when there was no time to ask', async () => {
    const queue = await driveQueue({ policy: 'batch-bisect', slots: 1 })
    await queue.addAll('z a b c')
    await queue.pass('z')
    await queue.fail('a b c')
    await queue.pass('a')
    await queue.fail('b')
    expect(queue.stateOf('b')).toBe('FAILED check-failed')
    expect(queue.running()).toEqual(['unit c'])
    await queue.wait(30 * 60_000)
    expect(queue.escalations()).toMatchObject([{ entryId: 'b' }])
  })

  it('makes room at once for what waits', async () => {
    const queue = await driveQueue({ policy: 'batch-bisect', slots: 1 })
    await queue.addAll('z a b')
    await queue.pass('z')
    await queue.fail('a b')
    await queue.pass('a')
    expect(queue.stateOf('b')).toBe('FAILED check-failed')
    expect(queue.effects('check')).toMatchObject([{ commit: 'main-0+z+b' }])
    await queue.add('e')
    expect(queue.running()).toEqual(['unit e'])
    expect(queue.eventsOf('check.stopped')).toHaveLength(1)
  })

  it('and is tried again is asked about no more', async () => {
    const queue = await driveQueue({ policy: 'batch-bisect' })
    await queue.addAll('z a b')
    await queue.pass('z')
    await queue.fail('a b')
    await queue.pass('a')
    expect(queue.state.diagnoses.size).toBe(1)
    await queue.accept({ type: 'entry.retry', entryId: 'b' })
    expect(queue.running()).toEqual(['unit b'])
    expect(queue.state.diagnoses.size).toBe(0)
  })
})

const failed = { kind: 'failed', detail: 'exit code 1' } as const
const passed = { kind: 'passed' } as const

function runOf(queue: Awaited<ReturnType<typeof driveQueue>>, commit: string): string {
  const effect = queue.effects('check').find((each) => each.kind === 'check' && each.commit === commit)
  expect(effect, `${commit} is checked`).toBeDefined()
  return effect?.kind === 'check' ? effect.checkRunId : ''
}
