import { journalContract, withTempDir } from '@ws/testing'
import { join } from 'node:path'
import { describe, test, vi } from 'vitest'
import { openSqliteJournal } from '../src/index.ts'

// A commit waits for the disk, which on a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 })

describe('the SQLite journal', () => {
  for (const { title, run } of journalContract) {
    test(title, () =>
      withTempDir((dir) => run(() => openSqliteJournal({ path: join(dir, 'ws', 'journal.db') }))),
    )
  }
})
