// What stands around a queue: generated files, tools, remotes, caches, what a crash left.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MemoryJournal } from '@ws/core'
import { describe, expect, it } from 'vitest'
import { findMarked, markerName } from '../../src/checks/marked-processes.ts'
import { addBranch, withQueue } from './queue-fixture.ts'

describe('a merge queue', () => {
  it('makes generated files anew on candidates, once', () =>
    withQueue(
      {
        journal: new MemoryJournal(),
        checks: { unit: 'grep -q two sum.lock' },
        generated: {
          'sum.lock': { run: 'cat parts/* > sum.lock; date +%N >> sum.lock', from: ['parts/**'] },
        },
      },
      async ({ temp, queue, reopen }) => {
        addBranch(temp, 'one', { 'parts/1': 'one two\n', 'sum.lock': 'one two\nby one\n' })
        addBranch(temp, 'two', { 'parts/2': 'two\n', 'sum.lock': 'two\nby two\n' })
        await queue.add({ branch: 'one', id: 'one' })
        await queue.add({ branch: 'two', id: 'two', approve: 'manual' })
        await queue.process()
        expect(
          queue
            .list()
            .map(({ id, state }) => `${id} ${state}`)
            .toSorted(),
        ).toEqual(['one MERGED', 'two CHECKING'])
        const made = temp.git('for-each-ref', '--format=%(objectname)', 'refs/ws/candidate/made-*')
        await queue.close()
        // Another run of the command would write something else: the candidate that was checked is the one that lands.
        const next = await reopen()
        await next.approve('two')
        await next.process()
        expect(made.split('\n')).toContain(temp.git('rev-parse', 'main'))
        expect(temp.read('sum.lock')).toMatch(/^one two\ntwo\n\d+\n$/)
      },
      { 'parts/0': '', 'sum.lock': '' },
    ))

  it('belongs to the versions that its checks name, and says when they cannot be told', () =>
    withQueue({}, async ({ temp, queue, reopen }) => {
      await queue.close()
      const version = join(temp.folder, 'version')
      writeFileSync(version, '1\n')
      const options = {
        journal: new MemoryJournal(),
        checks: { unit: { run: 'echo x >> ../../runs', versionCommand: `cat '${version}'` } },
      }
      const runs = () => readFileSync(join(temp.folder, 'runs'), 'utf8').length / 2
      const land = async (name: string) => {
        const next = await reopen(options)
        addBranch(temp, name, { 'a.txt': `${name}\n` }, 'main')
        await next.add({ branch: name, id: name })
        await next.process()
        const said = next.why(name).text
        temp.git('reset', '--quiet', '--hard', 'HEAD~1')
        await next.sync()
        await next.thaw('main', { adopt: true })
        await next.process()
        await next.close()
        return said
      }
      expect(await land('one')).toMatch(/^MERGED/)
      addBranch(temp, 'again', { 'a.txt': 'one\n' })
      expect(runs()).toBe(1)
      const same = await reopen(options)
      await same.add({ branch: 'again', id: 'again' })
      await same.process()
      expect([same.get('again')?.state, runs()]).toEqual(['MERGED', 1])
      await same.close()
      writeFileSync(version, '2\n')
      temp.git('reset', '--quiet', '--hard', 'HEAD~1')
      const newer = await reopen(options)
      await newer.sync()
      await newer.thaw('main', { adopt: true }).catch(() => {})
      await newer.add({ branch: 'again', id: 'once more' })
      await newer.process()
      expect([newer.get('once more')?.state, runs()]).toEqual(['MERGED', 2])
    }))

  it('takes in what somebody else pushed, and goes on', () =>
    withQueue({}, async ({ temp, queue, reopen }) => {
      await queue.close()
      const path = join(temp.folder, 'remote.git')
      temp.git('init', '--quiet', '--bare', '--initial-branch=main', path)
      temp.git('remote', 'add', 'origin', path)
      temp.git('push', '--quiet', 'origin', 'main')
      const next = await reopen({ remote: { name: 'origin', push: 'target' } })
      const clone = join(temp.folder, 'clone')
      temp.git('clone', '--quiet', path, clone)
      writeFileSync(join(clone, 'theirs.txt'), 'theirs\n')
      temp.gitIn(clone, 'add', '--all')
      temp.gitIn(clone, 'commit', '--quiet', '--message', 'theirs')
      temp.gitIn(clone, 'push', '--quiet')
      addBranch(temp, 'one')
      await next.add({ branch: 'one', id: 'one' })
      await next.process()
      expect(next.get('one')).toMatchObject({ state: 'MERGED' })
      expect(temp.gitIn(path, 'rev-parse', 'main')).toBe(temp.git('rev-parse', 'main'))
      expect([temp.read('theirs.txt'), temp.read('one.txt')]).toEqual(['theirs\n', 'one\n'])
    }))

  it('lets git run in a checkout again once a person accepts the configuration', () =>
    withQueue({}, async ({ temp, queue }) => {
      temp.git('config', 'filter.x.clean', 'cat')
      addBranch(temp, 'one')
      await queue.add({ branch: 'one', id: 'one' })
      await queue.process()
      expect(queue.why('one').text).toContain('1 landing waits for .git/config in')
      expect(existsSync(join(temp.path, 'one.txt'))).toBe(false)
      await queue.sync({ acceptConfiguration: true })
      expect(temp.read('one.txt')).toBe('one\n')
      expect(temp.git('status', '--short')).toBe('')
    }))

  it('ends what a crash left running in its checkouts before anything else', () =>
    withQueue({ checkouts: { caches: ['cache'] } }, async ({ temp, queue, reopen }) => {
      await queue.close()
      const path = `${temp.path}.queue/1`
      mkdirSync(path, { recursive: true })
      writeFileSync(
        join(temp.folder, 'repository.queue/.ws-queue'),
        `checkouts of the merge queue of ${temp.path}/.git\n`,
      )
      const left = spawn('sleep', ['600'], { env: { ...process.env, [markerName]: path }, detached: true })
      await once(left, 'spawn')
      const ended = once(left, 'exit')
      await reopen()
      expect(await ended).toEqual([null, 'SIGKILL'])
      expect(findMarked(path)).toEqual([])
    }))

  it('tries again what the world did not answer, and lands nothing meanwhile', () =>
    withQueue({ checks: { unit: 'no-such-program' } }, async ({ temp, queue }) => {
      addBranch(temp, 'one')
      await queue.add({ branch: 'one', id: 'one' })
      const before = temp.git('rev-parse', 'main')
      const stop = new AbortController()
      const failed = new Promise<void>(
        (resolve) => void queue.events.on('infrastructure.failed', () => resolve()),
      )
      const processing = expect(queue.process({ signal: stop.signal })).rejects.toThrow('enough')
      await failed
      expect(queue.why('one').text).toMatch(/check "unit" did not work .*no-such-program.*tried again in/)
      stop.abort(new Error('enough'))
      await processing
      expect([temp.git('rev-parse', 'main'), queue.get('one')?.problem]).toEqual([before, undefined])
    }))
})
