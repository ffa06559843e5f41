import { describe, expect, it } from 'vitest'
import { startFixture } from '../fixtures/start-fixture.ts'
import { withOpened } from '../opened.ts'

describe('worktrees made by many processes at once', () => {
  it(
    'are all made: 40 by 8 processes, no failure and no branch without a worktree',
    { timeout: 60_000 },
    () =>
      withOpened(async ({ temp, slots }) => {
        const makers = Array.from({ length: 8 }, (_, i) =>
          startFixture('make-worktrees.ts', temp.path, `p${i}`, '5'),
        )
        const ends = await Promise.all(makers.map((maker) => maker.ended))
        expect(ends.filter(({ end }) => end !== 0)).toEqual([])
        const records = await slots.list()
        expect(records.filter(({ state }) => state === 'ready')).toHaveLength(40)
        const branches = temp.git('for-each-ref', '--format=%(refname)', 'refs/heads/lane').split('\n')
        expect(branches.toSorted()).toEqual(records.map(({ branch }) => branch).toSorted())
        expect(temp.git('worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(41)
      }),
  )
})
