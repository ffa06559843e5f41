import { describe, expect, it } from 'vitest'
import { queueMachine } from '../../src/queue/queue-machine.ts'
import { driveQueue } from './drive-queue.ts'

describe('the queue machine', () => {
  it('has a stream of its own', () => {
    expect(queueMachine().stream).toBe('queue')
  })

  it('takes over after a crash by reading the log and looking up what was wanted', async () => {
    const queue = await driveQueue({ lands: false })
    await queue.addAll('a b')
    await queue.pass('a')
    await queue.crash()
    // The landing was lost: it is wanted under another name. So is the check run.
    expect(queue.landing()).toMatchObject({ landId: 'l2', entryIds: ['a'] })
    expect(queue.running()).toEqual(['unit a b'])
    await queue.endLanding({ kind: 'landed' })
    await queue.pass('b')
    expect(queue.states()).toBe('a MERGED, b MERGING')
  })

  it('builds again what was being built', async () => {
    const queue = await driveQueue({ builds: false })
    await queue.add('a')
    await queue.crash()
    expect(queue.effects('build')).toMatchObject([{ candidateId: 'a@1.1+main-0' }])
  })

  it('asks again whoever was asked', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    await queue.fail('a')
    await queue.crash()
    expect(queue.escalations()).toMatchObject([{ entryId: 'a', escalation: 1 }])
  })

  it('compares paths as the repository does', () => {
    expect(queueMachine({ ignoreCase: true }).initial().ignoreCase).toBe(true)
  })
})
