import { parseObjectId } from '@ws/git'
import { describe, expect, it } from 'vitest'
import { candidateRef, entryRef, madeRef, pin, sweepPins } from '../../src/candidate/pins.ts'
import { entry, withOpened } from '../opened.ts'

describe('a pin', () => {
  it('keeps a commit that nothing else points to, until it is let go', () =>
    withOpened(async ({ temp, repository }) => {
      const answer = await repository.lead()
      if (!answer.isLeader) throw new Error('somebody else leads a new repository')
      const { epoch } = answer.leadership
      temp.git('switch', '--quiet', '--detach')
      const commit = parseObjectId(temp.commit('loose', { 'b.txt': 'b' }))
      temp.git('switch', '--quiet', 'main')
      const ref = candidateRef(commit)
      await pin(repository, ref, commit, epoch)
      await pin(repository, entryRef('an id / with "anything"', commit), commit, epoch)
      temp.git('reflog', 'expire', '--expire=now', '--all')
      temp.git('gc', '--quiet', '--prune=now')
      expect(temp.git('cat-file', '-t', commit)).toBe('commit')
      await sweepPins(repository, epoch, (name) => name === ref)
      expect(temp.git('for-each-ref', '--format=%(refname)', 'refs/ws')).toBe(ref)
      await expect(pin(repository, entryRef('late', commit), commit, epoch - 1)).rejects.toMatchObject({
        code: 'WS_GIT_STALE_EPOCH',
      })
      await answer.leadership.close()
    }))

  it('of a candidate with generated files is named for all that it is made of', () => {
    const commit = '1'.repeat(40)
    const base = entry({ commit })
    const others = [
      { onto: '2'.repeat(40), entry: base },
      { onto: commit, entry: base },
      { onto: commit, entry: { ...base, commit: '2'.repeat(40) } },
      { onto: commit, entry: { ...base, base: commit } },
      { onto: commit, entry: { ...base, method: 'squash' as const } },
      { onto: commit, entry: { ...base, message: 'another' } },
    ]
    expect(new Set(others.map((each) => madeRef(each, 'how'))).size).toBe(others.length)
    expect(madeRef({ onto: commit, entry: { ...base, level: 7 } }, 'how')).toBe(
      madeRef({ onto: commit, entry: base }, 'how'),
    )
  })
})
