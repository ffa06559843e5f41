import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { MemoryJournal, runMachine, systemClock } from '@ws/core'
import { openRepository } from '@ws/git'
import { landingContract, type LandingPlace, type TempRepository, withTempRepository } from '@ws/testing'
import { describe, test } from 'vitest'
import { queueLanding } from '../../src/landing/open-queue-landing.ts'

/** Branches on the first commit of `main`, and what `main` has. */
function around(at: TempRepository): Omit<LandingPlace, 'landing'> {
  const base = at.git('rev-parse', 'main')
  return {
    target: 'main',
    branch: async (branch, file, content) => {
      at.git('checkout', '--quiet', '-b', branch, base)
      const commit = at.commit(branch, { [file]: content })
      at.git('checkout', '--quiet', 'main')
      return { branch, commit, base }
    },
    // The branch is checked out, and follows in its own time.
    landed: async (file) => {
      const tree = at.git('for-each-ref', '--format=%(refname)', 'refs/ws/landed/main') || 'main'
      const isThere = at.git('ls-tree', '--name-only', tree, file) !== ''
      return isThere ? `${at.git('show', `${tree}:${file}`)}\n` : undefined
    },
  }
}

describe('the merge queue as a landing', () => {
  for (const { title, run } of landingContract) {
    test(title, () =>
      withTempRepository(async (at) => {
        const repository = await openRepository(at.path)
        const answer = await repository.lead()
        if (!answer.isLeader) throw new Error('somebody else leads a new repository')
        const folder = join(at.folder, 'files')
        mkdirSync(folder)
        const state = runMachine().initial()
        const landing = queueLanding({
          repository,
          journal: new MemoryJournal(),
          clock: systemClock(),
          leadership: answer.leadership,
          look: () => state,
          file: join(folder, 'merge_queue.json'),
          slots: 1,
        })
        try {
          await run({ landing, ...around(at) })
        } finally {
          await landing.close()
          await answer.leadership.close()
          await repository.close()
        }
      }),
    )
  }
})
