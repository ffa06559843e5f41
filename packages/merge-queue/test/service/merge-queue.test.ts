import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MemoryJournal } from '@ws/core'
import { scriptCheck } from '@ws/testing'
import { describe, expect, it } from 'vitest'
import { MergeQueueFile, mergeQueueJsonSchema } from '../../src/files/merge-queue-file.ts'
import { openMergeQueue } from '../../src/service/open-merge-queue.ts'
import { addBranch, withQueue } from './queue-fixture.ts'

const pass = () => true

describe('a merge queue', () => {
  it('lands what is added, each through its checks, and says what became of it', () =>
    withQueue({ checks: { unit: 'test -f a.txt', lint: ['true'] } }, async ({ temp, queue }) => {
      for (const name of ['one', 'two', 'three']) {
        addBranch(temp, name)
        await queue.add({ branch: name })
      }
      const ended = await queue.process()
      expect(ended.map(({ spec, state }) => `${spec.branch} ${state}`)).toEqual([
        'one MERGED',
        'two MERGED',
        'three MERGED',
      ])
      expect(temp.git('log', '--first-parent', '--format=%s', 'main')).toBe(
        'Merge three into main\nMerge two into main\nMerge one into main\nfirst',
      )
      expect(temp.read('three.txt')).toBe('three\n')
      expect(temp.git('status', '--short')).toBe('')
      expect(queue.why(ended[0]?.id ?? '').text).toMatch(/^MERGED as [0-9a-f]{12}$/)
    }))

  it('lets a branch that fails or conflicts go, and lands the rest', () =>
    withQueue({ checks: { unit: 'test ! -f broken.txt' } }, async ({ temp, queue }) => {
      addBranch(temp, 'good')
      addBranch(temp, 'broken')
      addBranch(temp, 'clash', { 'good.txt': 'clash\n' })
      for (const branch of ['good', 'broken', 'clash']) await queue.add({ branch, id: branch })
      await queue.process()
      expect(queue.get('good')).toMatchObject({ state: 'MERGED' })
      expect(queue.get('broken')).toMatchObject({ state: 'FAILED', reason: 'check-failed' })
      expect(queue.why('broken').text).toBe('FAILED: check "unit" (it ended with exit code 1) failed')
      expect(queue.get('clash')).toMatchObject({
        state: 'CONFLICTED',
        problem: { conflicts: [{ path: 'good.txt', reason: 'added on both sides' }] },
      })
      expect(existsSync(join(temp.path, 'broken.txt'))).toBe(false)
    }))

  it('asks the handler, which repairs, retries or declines', () =>
    withQueue(
      {
        checks: { unit: 'test ! -f broken.txt' },
        onEscalate: (problem, { id }) => {
          asked.push(`${id} ${problem.reason}`)
          return id === 'broken' ? { commit: 'repaired' } : undefined
        },
      },
      async ({ temp, queue }) => {
        addBranch(temp, 'broken')
        addBranch(temp, 'repaired', { 'broken.txt': null, 'good.txt': 'good\n' }, 'broken')
        addBranch(temp, 'clash', { 'a.txt': 'clash\n' })
        await queue.add({ branch: 'broken', id: 'broken' })
        await queue.add({ branch: 'clash', id: 'clash' })
        temp.commit('on main', { 'a.txt': 'main\n' })
        await queue.process()
        expect(asked.toSorted()).toEqual(['broken check-failed', 'clash conflicted'])
        expect(queue.get('broken')).toMatchObject({ state: 'MERGED' })
        expect(queue.get('clash')).toMatchObject({ state: 'CONFLICTED' })
        // A person mends the branch by hand.
        temp.git('switch', '--quiet', 'clash')
        expect(() => temp.git('merge', '--quiet', 'main')).toThrow('merge')
        temp.commit('mended', { 'a.txt': 'both\n' })
        temp.git('switch', '--quiet', 'main')
        await queue.update('clash')
        await queue.process()
        expect(queue.get('clash')).toMatchObject({ state: 'MERGED' })
      },
    ))
  const asked: string[] = []

  it('runs nothing twice: a branch whose tree was checked lands at once', () => {
    const ran: string[] = []
    const unit = { run: ({ tree }: { readonly tree: string }) => ran.push(tree) > 0, checkout: false }
    return withQueue({ checks: { unit } }, async ({ temp, queue }) => {
      addBranch(temp, 'one')
      await queue.add({ branch: 'one' })
      await queue.process()
      // Undone and done again: the same tree as before.
      temp.git('revert', '--no-edit', '--mainline=1', 'HEAD')
      await queue.process()
      addBranch(temp, 'again', { 'one.txt': 'one\n' })
      await queue.add({ branch: 'again', id: 'again' })
      await queue.process()
      expect(queue.get('again')).toMatchObject({ state: 'MERGED' })
      expect(ran).toHaveLength(new Set(ran).size)
      expect(ran).toHaveLength(2)
    })
  })

  it('waits for a person where it is told to', () =>
    withQueue({ checks: { unit: pass } }, async ({ temp, queue }) => {
      addBranch(temp, 'one')
      const { id } = await queue.add({ branch: 'one', approve: 'manual' })
      await queue.process()
      expect(queue.get(id)).toMatchObject({ state: 'CHECKING', reason: 'approval', checksPassed: ['unit'] })
      await queue.approve(id)
      await queue.process()
      expect(queue.get(id)).toMatchObject({ state: 'MERGED' })
    }))

  it('adds an id once, and lands what the branch held then', () =>
    withQueue({ checks: {} }, async ({ temp, queue }) => {
      const commit = addBranch(temp, 'one')
      const first = await queue.add({ branch: 'one', id: 'land/run/one/1/1' })
      expect(await queue.add({ branch: 'one', id: 'land/run/one/1/1' })).toMatchObject({ spec: first.spec })
      expect(queue.list()).toHaveLength(1)
      temp.git('branch', '--delete', '--force', 'one')
      temp.git('reflog', 'expire', '--expire=now', '--all')
      temp.git('gc', '--quiet', '--prune=now')
      expect(await queue.add({ branch: 'one', id: 'land/run/one/1/1' })).toMatchObject({ id: first.id })
      await queue.process()
      expect(temp.git('merge-base', '--is-ancestor', commit, 'main')).toBe('')
      expect(temp.git('for-each-ref', '--format=%(refname)', 'refs/ws/queue', 'refs/ws/candidate')).toBe('')
    }))

  it('refuses what cannot be meant', () =>
    withQueue({ checks: { unit: pass } }, async ({ temp, queue, repository }) => {
      addBranch(temp, 'one')
      await expect(queue.add({ branch: 'none' })).rejects.toMatchObject({ code: 'WS_GIT_NO_SUCH_COMMIT' })
      await expect(queue.add({ branch: 'one', target: 'none' })).rejects.toMatchObject({
        code: 'WS_QUEUE_NO_SUCH_TARGET',
      })
      await expect(queue.add({ branch: 'one', checks: ['none'] })).rejects.toMatchObject({
        code: 'WS_CHECK_UNKNOWN',
      })
      await expect(queue.add({ branch: '--upload-pack=x' })).rejects.toMatchObject({
        code: 'WS_GIT_BRANCH_NAME',
      })
      const typo = { branch: 'one', metod: 'merge' }
      await expect(queue.add(typo)).rejects.toMatchObject({ code: 'WS_QUEUE_ENTRY' })
      expect(() => queue.why('none')).toThrow(expect.objectContaining({ code: 'WS_ENTRY_UNKNOWN' }))
      const tooMany = openMergeQueue({ repository, slots: 1_000, pollMs: 1 })
      await expect(tooMany).rejects.toMatchObject({
        code: 'WS_QUEUE_OPTIONS',
        message: 'slots: expected a number from 1 to 256; pollMs: expected milliseconds from 50 to 3600000',
      })
    }))

  it('is one at a time in a repository, and names who has it', () =>
    withQueue({}, async ({ repository, temp, queue, reopen }) => {
      await expect(openMergeQueue({ repository })).rejects.toMatchObject({
        code: 'WS_QUEUE_LED_ELSEWHERE',
        message: `process ${process.pid} (merge queue) leads this repository: only one process may land on it`,
      })
      await queue.close()
      addBranch(temp, 'one')
      const next = await reopen()
      await next.add({ branch: 'one' })
      expect(await next.process()).toMatchObject([{ state: 'MERGED' }])
    }))

  it('goes on where another one with the same journal ended', () =>
    withQueue({ journal: new MemoryJournal(), checks: { unit: pass } }, async ({ temp, queue, reopen }) => {
      addBranch(temp, 'one')
      await queue.add({ branch: 'one', id: 'one' })
      await queue.close()
      const next = await reopen()
      expect(next.get('one')).toMatchObject({ state: 'QUEUED' })
      await next.process()
      expect(next.get('one')).toMatchObject({ state: 'MERGED' })
    }))

  it('asks for every key anew where a check is run in another way', () =>
    withQueue(
      { journal: new MemoryJournal(), checks: { unit: { run: 'true' } } },
      async ({ temp, queue, reopen }) => {
        addBranch(temp, 'one')
        await queue.add({ branch: 'one', id: 'one', approve: 'manual' })
        await queue.process()
        expect(queue.get('one')).toMatchObject({ reason: 'approval' })
        await queue.close()
        const next = await reopen({ checks: { unit: { run: 'false' } } })
        await next.approve('one')
        await next.process()
        expect(next.get('one')).toMatchObject({ state: 'FAILED' })
        expect(temp.git('rev-parse', 'main')).toBe(temp.git('rev-parse', 'one~1'))
      },
    ))

  it('keeps merge_queue.json as other programs know it', () =>
    withQueue({ checks: { unit: pass } }, async ({ temp, queue, reopen }) => {
      await queue.close()
      const file = join(temp.folder, 'files/merge_queue.json')
      const next = await reopen({ file })
      addBranch(temp, 'one')
      addBranch(temp, 'two')
      await next.add({ branch: 'one', id: 'one', priority: 'high' })
      await next.process()
      await next.add({ branch: 'two', id: 'two' })
      await next.close()
      const written = MergeQueueFile.parse(JSON.parse(readFileSync(file, 'utf8')))
      expect(written).toMatchObject({
        queue: [
          {
            id: 'two',
            branch: 'two',
            target: 'main',
            status: 'QUEUED',
            priority: 2,
            checks_required: ['unit'],
            position: 1,
          },
        ],
        processing_history: [
          { id: 'one', branch: 'one', status: 'MERGED', merged_at: expect.stringMatching(/Z$/) },
        ],
      })
      expect(mergeQueueJsonSchema()).toMatchObject({
        type: 'object',
        required: ['queue', 'processing_history'],
      })
    }))

  it('does as it is told: pause, jump, remove, retry, freeze, revert', () =>
    withQueue({ checks: { unit: pass } }, async ({ temp, queue }) => {
      for (const name of ['one', 'two', 'three']) {
        addBranch(temp, name)
        await queue.add({ branch: name, id: name })
      }
      await queue.pause()
      await queue.jump('three')
      await queue.remove('two')
      await queue.process()
      expect(queue.list().map(({ id, state }) => `${id} ${state}`)).toEqual([
        'three QUEUED',
        'one QUEUED',
        'two CANCELLED',
      ])
      await queue.resume()
      await queue.freeze('main', 'a release')
      await queue.process()
      expect(queue.why('one').text).toBe('QUEUED: nothing lands on main: frozen: a release')
      await queue.thaw('main')
      await queue.retry('two')
      await queue.relevel('two', 0)
      await queue.process()
      expect(temp.git('log', '--first-parent', '--reverse', '--format=%s', 'main~3..main')).toBe(
        'Merge three into main\nMerge two into main\nMerge one into main',
      )
      const revert = await queue.revert('two')
      await queue.process()
      expect(queue.get(revert.id)).toMatchObject({ state: 'MERGED' })
      expect(queue.get('two')).toMatchObject({ revertedBy: revert.id })
      expect(existsSync(join(temp.path, 'two.txt'))).toBe(false)
      await expect(queue.remove('one')).rejects.toMatchObject({ code: 'WS_ENTRY_STATE' })
    }))

  it('lands while a checkout is in the way, and says of which file', () =>
    withQueue({ checks: {} }, async ({ temp, queue }) => {
      addBranch(temp, 'one', { 'a.txt': 'one\n' })
      temp.write({ 'a.txt': 'half an edit\n' })
      const { id } = await queue.add({ branch: 'one' })
      await queue.process()
      expect(queue.get(id)).toMatchObject({ state: 'MERGED' })
      expect(queue.why(id).text).toMatch(
        /^MERGED as [0-9a-f]{12}; 1 landing waits for a\.txt in .*repository: main follows when that is clean$/,
      )
      temp.git('stash', '--quiet')
      expect(await queue.sync()).toMatchObject([{ name: 'main', held: undefined, lags: 0 }])
      expect(temp.read('a.txt')).toBe('one\n')
    }))

  it('takes in what a person committed on the target, checked like any other', () =>
    withQueue({ checks: { unit: 'test ! -f broken.txt' } }, async ({ temp, queue }) => {
      addBranch(temp, 'one')
      await queue.add({ branch: 'one', id: 'one' })
      const person = temp.commit('by a person', { 'b.txt': 'b\n' })
      await queue.process()
      const landed = temp.git('rev-parse', 'refs/ws/landed/main')
      expect(temp.git('rev-parse', 'main')).toBe(landed)
      expect(temp.git('merge-base', '--is-ancestor', person, landed)).toBe('')
      temp.commit('breaks it', { 'broken.txt': 'x\n' })
      addBranch(temp, 'two', undefined, 'main~1')
      await queue.add({ branch: 'two', id: 'two' })
      await queue.sync()
      await queue.process()
      expect(queue.get('two')).toMatchObject({ reason: 'frozen' })
      expect(temp.git('rev-parse', 'refs/ws/landed/main')).toBe(landed)
      temp.commit('mends it', { 'broken.txt': null })
      await queue.sync()
      await queue.thaw('main')
      await queue.process()
      expect(queue.get('two')).toMatchObject({ state: 'MERGED' })
    }))

  it('freezes a target that was set back, until a person says what counts', () =>
    withQueue({ checks: {} }, async ({ temp, queue }) => {
      addBranch(temp, 'one')
      addBranch(temp, 'two')
      await queue.add({ branch: 'one', id: 'one' })
      await queue.process()
      temp.git('reset', '--quiet', '--hard', 'HEAD~1')
      await queue.add({ branch: 'two', id: 'two' })
      await queue.sync()
      await queue.process()
      expect(queue.get('two')).toMatchObject({ state: 'QUEUED', reason: 'frozen' })
      await queue.thaw('main', { adopt: true })
      await queue.process()
      expect(queue.get('two')).toMatchObject({ state: 'MERGED' })
      expect(temp.git('ls-tree', '--name-only', 'main')).toBe('a.txt\ntwo.txt')
    }))

  it('names a remote that refuses, and does not ask it for ever', () =>
    withQueue({}, async ({ temp, queue, reopen }) => {
      await queue.close()
      const path = join(temp.folder, 'remote.git')
      temp.git('init', '--quiet', '--bare', '--initial-branch=main', path)
      temp.git('remote', 'add', 'origin', path)
      temp.git('push', '--quiet', 'origin', 'main')
      const log = join(temp.folder, 'asked')
      writeFileSync(join(path, 'hooks/pre-receive'), `#!/bin/sh\necho x >> '${log}'\nexit 1\n`, {
        mode: 0o755,
      })
      const next = await reopen({ remote: { name: 'origin', push: 'target' } })
      addBranch(temp, 'one')
      await next.add({ branch: 'one', id: 'one' })
      await next.process()
      expect(next.get('one')).toMatchObject({ reason: 'frozen' })
      expect(next.why('one').text).toContain(
        'the remote refused it: [remote rejected] (pre-receive hook declined)',
      )
      expect(readFileSync(log, 'utf8')).toBe('x\n')
      writeFileSync(join(path, 'hooks/pre-receive'), '#!/bin/sh\nexit 0\n', { mode: 0o755 })
      await next.thaw('main')
      await next.process()
      expect(temp.gitIn(path, 'rev-parse', 'main')).toBe(temp.git('rev-parse', 'main'))
      expect(next.get('one')).toMatchObject({ state: 'MERGED' })
    }))

  it('works in the background once it is started, and ends what it runs when it is closed', () =>
    withQueue({}, async ({ temp, queue, reopen }) => {
      await queue.close()
      const program = await scriptCheck(temp.folder, [{ wait: 'go' }])
      const next = await reopen({ checks: { slow: program.command } })
      next.start()
      addBranch(temp, 'one')
      addBranch(temp, 'two', { 'two.txt': 'two\n' })
      const { id } = await next.add({ branch: 'one' })
      await program.started()
      await program.release('go')
      expect(await next.settled(id)).toMatchObject({ state: 'MERGED' })
      const stop = new AbortController()
      const second = await next.add({ branch: 'two' })
      const waiting = next.settled(second.id, { signal: stop.signal })
      stop.abort(new Error('enough'))
      await expect(waiting).rejects.toThrow('enough')
      const unsettled = expect(next.settled(second.id)).rejects.toMatchObject({ code: 'WS_QUEUE_CLOSED' })
      const [first, again] = [next.close(), next.close()]
      expect(first).toBe(again)
      await first
      await unsettled
      expect(existsSync(`${temp.path}.queue`)).toBe(false)
      await expect(next.add({ branch: 'two' })).rejects.toMatchObject({ code: /^WS_/ })
    }))

  it('stops new work when `process` is aborted, and goes on when it is called again', () =>
    withQueue({}, async ({ temp, queue, reopen }) => {
      await queue.close()
      const program = await scriptCheck(temp.folder, [{ wait: 'go' }])
      const next = await reopen({ checks: { slow: program.command }, slots: 1 })
      addBranch(temp, 'one')
      const { id } = await next.add({ branch: 'one' })
      const stop = new AbortController()
      const processing = next.process({ signal: stop.signal })
      await program.started()
      stop.abort(new Error('enough'))
      await expect(processing).rejects.toThrow('enough')
      await program.release('go')
      expect(await next.process()).toMatchObject([{ id, state: 'MERGED' }])
    }))
})
