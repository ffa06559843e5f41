import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openRepository, parseObjectId } from '@ws/git'
import { describe, expect, it } from 'vitest'
import { candidateRef, entryRef, madeRef, Pins } from '../../src/candidate/pins.ts'
import { entry, testEnvironment, withOpened } from '../opened.ts'

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
      const pins = new Pins(repository, epoch)
      await pins.keep(ref, commit)
      await pins.keepEntry('an id / with "anything"', commit)
      temp.git('reflog', 'expire', '--expire=now', '--all')
      temp.git('gc', '--quiet', '--prune=now')
      expect(temp.git('cat-file', '-t', commit)).toBe('commit')
      await pins.sweep((name) => name === ref)
      expect(temp.git('for-each-ref', '--format=%(refname)', 'refs/ws')).toBe(ref)
      const late = new Pins(repository, epoch - 1).keepEntry('late', commit)
      await expect(late).rejects.toMatchObject({ code: 'WS_GIT_STALE_EPOCH' })
      await answer.leadership.close()
    }))

  it('that an earlier leader left is let go as well, and one that somebody removed stops nobody', () =>
    withOpened(async ({ temp, repository }) => {
      const answer = await repository.lead()
      if (!answer.isLeader) throw new Error('somebody else leads a new repository')
      const commit = parseObjectId(temp.git('rev-parse', 'HEAD'))
      const listed = () => temp.git('for-each-ref', '--format=%(refname)', 'refs/ws').split('\n')
      temp.git('update-ref', entryRef('earlier', commit), commit)
      const pins = new Pins(repository, answer.leadership.epoch)
      for (const id of ['one', 'two', 'three']) await pins.keepEntry(id, commit)
      const [one, two, three] = ['one', 'two', 'three'].map((id) => entryRef(id, commit))
      await pins.sweep((name) => name !== entryRef('earlier', commit))
      expect(listed()).toEqual([one, three, two])
      temp.git('update-ref', '-d', one!)
      await expect(pins.sweep((name) => name === three)).rejects.toMatchObject({ code: 'WS_GIT_REF_MOVED' })
      await pins.sweep((name) => name === three)
      expect(listed()).toEqual([three])
      await answer.leadership.close()
    }))

  it('that a git of an earlier leader makes at the same time is made', () =>
    withOpened(async ({ temp, repository }) => {
      const answer = await repository.lead()
      if (!answer.isLeader) throw new Error('somebody else leads a new repository')
      const commit = parseObjectId(temp.git('rev-parse', 'HEAD'))
      const ref = entryRef('e1', commit)
      // It is quicker, once it was found that there is none.
      const program = join(temp.folder, 'late-git')
      const make = `git update-ref ${ref} ${commit}`
      writeFileSync(program, `#!/bin/sh\n[ "$1" = update-ref ] && ${make}\nexec git "$@"\n`, { mode: 0o755 })
      const late = await openRepository(temp.path, { program, env: testEnvironment() })
      const keeping = new Pins(late, answer.leadership.epoch).keepEntry('e1', commit)
      await expect(keeping).resolves.toBeUndefined()
      expect(temp.git('rev-parse', ref)).toBe(commit)
      await late.close()
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
