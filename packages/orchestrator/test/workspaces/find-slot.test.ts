import { openRepository, Slots } from '@ws/git'
import { withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { findSlot } from '../../src/workspaces/find-slot.ts'

test('a slot that is ready is found by its name, and one that is not there or on its way out is none', () =>
  withTempRepository(async ({ path, git }) => {
    await using repository = await openRepository(path)
    const slots = new Slots(repository, { minFreeBytes: 0 })
    const work = { run: 'r', workstream: 'w', attempt: 1 }
    const made = await slots.create({ slot: 'one', base: git('rev-parse', 'HEAD'), work })
    expect(await findSlot(slots, 'one')).toEqual(made)
    expect(await findSlot(slots, 'two')).toBeUndefined()
    await slots.remove('one')
    expect(await findSlot(slots, 'one')).toBeUndefined()
    await slots.purgeTrash()
  }))
