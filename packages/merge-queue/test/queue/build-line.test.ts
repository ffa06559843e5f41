import { describe, expect, it } from 'vitest'
import { driveQueue } from './drive-queue.ts'

describe('an entry that does not merge onto one before it', () => {
  it('waits for what becomes of that, and says for whom', async () => {
    const queue = await driveQueue({ conflicts: ['b d'] })
    await queue.addAll('a b c d e')
    expect(queue.stateOf('d')).toBe('QUEUED predicted-conflict')
    expect(queue.waits('d')).toBe(
      'it conflicts with entry "b" before it in d.txt, and waits for what becomes of that',
    )
    expect(queue.running()).toEqual(['unit a', 'unit a b', 'unit a b c', 'unit a b c e'])
  })

  it('is CONFLICTED when that one has landed', async () => {
    const queue = await driveQueue({ conflicts: ['a b'] })
    await queue.addAll('a b')
    await queue.pass('a')
    expect(queue.states()).toBe('a MERGED, b CONFLICTED conflicted')
  })

  it('goes on when that one is out', async () => {
    const queue = await driveQueue({ conflicts: ['a b'] })
    await queue.addAll('a b c')
    await queue.fail('a')
    expect(queue.running()).toEqual(['unit b', 'unit b c'])
  })

  it('goes on when it comes to stand before that one', async () => {
    const queue = await driveQueue({ conflicts: ['a b'] })
    await queue.addAll('a b')
    await queue.accept({ type: 'entry.jump', entryId: 'b' })
    expect(queue.running()).toEqual(['unit b'])
    expect(queue.stateOf('a')).toBe('QUEUED predicted-conflict')
  })

  it('does not wait for one that goes nowhere', async () => {
    const queue = await driveQueue({ conflicts: ['b c'] })
    await queue.add('a')
    await queue.add('b', { after: ['a'] })
    await queue.add('c')
    expect(queue.stateOf('c')).toBe('QUEUED predicted-conflict')
    await queue.fail('a')
    expect(queue.stateOf('b')).toBe('QUEUED base-lost')
    expect(queue.running()).toEqual(['unit c'])
  })

  it('is tried on few candidates', async () => {
    const queue = await driveQueue({ conflicts: ['f p'], slots: 16 })
    await queue.addAll('a b c d e f g h i j k l m n o')
    const before = queue.eventsOf('candidate.built').length
    await queue.add('p')
    const tried =
      queue.eventsOf('candidate.built').length - before + queue.eventsOf('candidate.failed').length
    expect(queue.eventsOf('conflict.predicted')).toMatchObject([{ entryId: 'p', with: 'f' }])
    expect(tried).toBeLessThanOrEqual(6)
  })
})

describe('candidates', () => {
  it('are asked for the keys of every check that those before them need', async () => {
    const queue = await driveQueue({
      checks: [{ name: 'unit' }, { name: 'lint' }, { name: 'slow' }],
      builds: false,
    })
    await queue.add('a', { checks: ['lint'], advisory: ['slow'] })
    expect(queue.effects('build')).toMatchObject([{ onto: 'main-0', checks: ['lint', 'slow'] }])
    await queue.build({
      kind: 'built',
      commit: 'c1',
      tree: 't1',
      keys: { lint: 'l', slow: 's' },
      isEmpty: false,
    })
    await queue.add('b', { checks: ['unit'] })
    expect(queue.effects('build')).toMatchObject([{ onto: 'c1', checks: ['lint', 'slow', 'unit'] }])
  })

  it('are not built anew when those before them land', async () => {
    const queue = await driveQueue()
    await queue.addAll('a b c')
    await queue.pass('a')
    expect(queue.eventsOf('candidate.built')).toHaveLength(3)
    expect(queue.running()).toEqual(['unit b', 'unit b c'])
  })

  it('are built no further ahead than the policy looks', async () => {
    const queue = await driveQueue({ policy: 'serial' })
    await queue.addAll('a b c')
    expect(queue.eventsOf('candidate.built')).toHaveLength(1)
  })

  it('are built anew with other keys when the checks are defined anew', async () => {
    const queue = await driveQueue()
    await queue.add('a')
    const settings = { ...queue.state.settings, checks: [{ name: 'unit', retries: 1 }] }
    await queue.accept({ type: 'queue.configure', settings })
    expect(queue.eventsOf('candidate.built').map(({ candidateId }) => candidateId)).toEqual([
      'a@1.1+main-0',
      'a@1.2+main-0',
    ])
    expect(queue.running()).toEqual(['unit a'])
  })
})
