import { describe, expect, it } from 'vitest'
import { queueMachine } from '../../src/queue/queue-machine.ts'
import { driveQueue } from './drive-queue.ts'

const machine = queueMachine()

describe('a frozen state', () => {
  it('comes back with everything that is no consequence of something else', async () => {
    const queue = await driveQueue({
      conflicts: ['b c'],
      checks: [{ name: 'unit' }, { name: 'slow' }],
      lands: false,
    })
    await queue.addAll('a b c', { advisory: ['slow'] })
    await queue.pass('unit a')
    await queue.add('d', { approve: 'manual', target: 'next' })
    await queue.accept({ type: 'target.freeze', target: 'next', because: 'release' })
    await queue.see({ kind: 'held', landed: 'main-0', where: '/app', paths: ['a'] }, 'next')
    const frozen = machine.freeze(queue.state)
    const thawed = machine.thaw(frozen)
    expect(machine.freeze(thawed)).toEqual(frozen)
    expect(JSON.parse(JSON.stringify(frozen))).toEqual(frozen)
    expect([...machine.wanted(thawed).keys()]).toEqual([...machine.wanted(queue.state).keys()])
    expect([...machine.wanted(thawed).values()]).toEqual([...machine.wanted(queue.state).values()])
  })

  it('shares nothing with the state that it was taken from, nor with the one that is made of it', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    const frozen = machine.freeze(queue.state)
    const before = structuredClone(frozen)
    const thawed = machine.thaw(frozen)
    for (const state of [thawed, queue.state]) {
      machine.evolve(state, { type: 'landing.cancelled', entryId: 'a', because: 'removed' }, 1)
      state.statistics.landed++
    }
    expect(frozen).toEqual(before)
  })
})
