import { describe, expect, it } from 'vitest'
import { startFixture } from '../fixtures/start-fixture.ts'
import { withOpened, work } from '../opened.ts'

describe('the repository lock', () => {
  it('lets one change in at a time, in the order of asking', () =>
    withOpened(async ({ repository }) => {
      const seen: string[] = []
      const change = (name: string) =>
        repository.exclusively(async () => {
          seen.push(`${name} begins`)
          await repository.listRefs()
          seen.push(`${name} ends`)
        })
      await Promise.all([change('a'), change('b'), change('c')])
      expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
    }))

  it('goes on after a change that failed', () =>
    withOpened(async ({ repository }) => {
      const failing = repository.exclusively(async () => Promise.reject(new Error('no')))
      const next = repository.exclusively(async () => 'yes')
      await expect(failing).rejects.toThrow('no')
      expect(await next).toBe('yes')
    }))

  it('is held against other processes and falls with the process that held it', () =>
    withOpened(async ({ temp, repository }) => {
      const other = startFixture('hold-lock.ts', temp.path, 'repository')
      expect(await other.firstLine).toBe('held')
      await expect(repository.exclusively(async () => 'in', { timeoutMs: 30 })).rejects.toMatchObject({
        code: 'WS_GIT_LOCK_TIMEOUT',
      })
      const waiting = repository.exclusively(async () => 'in')
      other.kill()
      expect(await waiting).toBe('in')
      await other.ended
    }))

  it('gives up a place in the line when it is aborted', () =>
    withOpened(async ({ repository }) => {
      const controller = new AbortController()
      let release = () => {}
      const first = repository.exclusively(() => new Promise<void>((resolve) => (release = resolve)))
      const aborted = repository.exclusively(async () => 'never', { signal: controller.signal })
      const last = repository.exclusively(async () => 'last')
      controller.abort(new Error('enough'))
      await expect(aborted).rejects.toThrow('enough')
      release()
      await first
      expect(await last).toBe('last')
    }))

  it('makes a proof worthless once it is let go', () =>
    withOpened(async ({ repository, temp }) => {
      const proof = await repository.exclusively(async (exclusive) => exclusive)
      const to = await repository.resolveCommit('main')
      const { parseRefName } = await import('../../src/door/names.ts')
      const change = { ref: parseRefName('refs/heads/x'), from: null, to }
      await expect(repository.updateRefs(proof, [change], 'x')).rejects.toMatchObject({
        code: 'WS_GIT_LOCK_NOT_HELD',
      })
      expect(temp.git('branch', '--list', 'x')).toBe('')
    }))
})

describe('the leader lock', () => {
  it('has one holder, whose epoch is above all earlier ones', () =>
    withOpened(async ({ repository }) => {
      const first = await repository.lead({ plan: 'one' })
      if (!first.isLeader) throw new Error('refused')
      expect(first.leadership.epoch).toBe(1)
      expect(await repository.lead()).toMatchObject({
        isLeader: false,
        leader: { pid: process.pid, about: { plan: 'one' } },
      })
      await first.leadership.close()
      const second = await repository.lead()
      expect(second).toMatchObject({ isLeader: true, leadership: { epoch: 2 } })
      if (second.isLeader) await second.leadership.close()
    }))

  it('falls with its process, and the old epoch changes nothing any more', () =>
    withOpened(async ({ temp, repository, slots }) => {
      const other = startFixture('hold-lock.ts', temp.path, 'leader')
      expect(JSON.parse(await other.firstLine)).toMatchObject({ isLeader: true, leadership: { epoch: 1 } })
      expect(await repository.lead()).toMatchObject({ isLeader: false, leader: { pid: other.pid } })
      other.kill()
      await other.ended
      const mine = await repository.lead()
      expect(mine).toMatchObject({ isLeader: true, leadership: { epoch: 2 } })
      const stale = slots.create({ slot: 's', base: 'main', work: work('a'), epoch: 1 })
      await expect(stale).rejects.toMatchObject({ code: 'WS_GIT_STALE_EPOCH' })
      await slots.create({ slot: 's', base: 'main', work: work('a'), epoch: 2 })
      if (mine.isLeader) await mine.leadership.close()
    }))
})
