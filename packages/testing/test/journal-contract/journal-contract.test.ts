import { MemoryJournal } from '@ws/core'
import { describe, test } from 'vitest'
import { journalContract } from '@ws/testing'

describe('the memory journal', () => {
  for (const { title, run } of journalContract) {
    test(title, async () => {
      const journal = new MemoryJournal()
      await run(() => Promise.resolve(journal))
    })
  }
})
