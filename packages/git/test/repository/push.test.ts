import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { branchRef } from '../../src/door/names.ts'
import { push } from '../../src/repository/push.ts'
import { type Opened, withOpened } from '../opened.ts'

function addRemote({ temp }: Opened): string {
  const path = join(temp.folder, 'remote.git')
  temp.git('init', '--quiet', '--bare', path)
  temp.git('remote', 'add', 'origin', path)
  return path
}

describe('a push', () => {
  it('makes a branch, moves it from where it should be, and is refused elsewhere', () =>
    withOpened(async (opened) => {
      const { temp, repository } = opened
      const remote = addRemote(opened)
      const to = branchRef('lane/a')
      const first = await repository.resolveCommit('main')
      expect(
        await push(repository, { remote: 'origin', refs: [{ id: first, to, expected: null }] }),
      ).toMatchObject([{ to, isPushed: true }])
      temp.commit('second', { 'a.txt': 'a' })
      const second = await repository.resolveCommit('main')
      expect(
        await push(repository, { remote: 'origin', refs: [{ id: second, to, expected: null }] }),
      ).toMatchObject([{ to, isPushed: false }])
      expect(
        await push(repository, { remote: 'origin', refs: [{ id: second, to, expected: first }] }),
      ).toMatchObject([{ isPushed: true }])
      expect(temp.gitIn(remote, 'rev-parse', to)).toBe(second)
    }))

  it('moves all references or none', () =>
    withOpened(async (opened) => {
      const { temp, repository } = opened
      const remote = addRemote(opened)
      const id = await repository.resolveCommit('main')
      const results = await push(repository, {
        remote: 'origin',
        refs: [
          { id, to: branchRef('a'), expected: null },
          { id, to: branchRef('b'), expected: id },
        ],
      })
      expect(results.every(({ isPushed }) => !isPushed)).toBe(true)
      expect(temp.gitIn(remote, 'for-each-ref')).toBe('')
    }))

  it('runs no hook and no program of the repository', () =>
    withOpened(async (opened) => {
      const { temp, repository } = opened
      addRemote(opened)
      const program = join(temp.folder, 'canary.sh')
      writeFileSync(program, `#!/bin/sh\ntouch '${temp.folder}/ran'\nexit 0\n`)
      chmodSync(program, 0o755)
      temp.git('config', 'core.sshCommand', program)
      temp.git('config', 'core.hooksPath', temp.folder)
      writeFileSync(join(temp.folder, 'pre-push'), `#!/bin/sh\ntouch '${temp.folder}/ran'\n`)
      chmodSync(join(temp.folder, 'pre-push'), 0o755)
      const id = await repository.resolveCommit('main')
      await push(repository, { remote: 'origin', refs: [{ id, to: branchRef('a') }] })
      temp.git('remote', 'add', 'evil', `ext::${program}`)
      temp.git('remote', 'add', 'ssh', 'host.invalid:x')
      for (const remote of ['evil', '--upload-pack=x', 'none'])
        await expect(push(repository, { remote, refs: [{ id, to: branchRef('a') }] })).rejects.toMatchObject({
          code: 'WS_GIT_NO_SUCH_REMOTE',
        })
      await expect(
        push(repository, { remote: 'ssh', refs: [{ id, to: branchRef('a') }] }),
      ).rejects.toMatchObject({ code: 'WS_GIT_PUSH' })
      expect(existsSync(join(temp.folder, 'ran'))).toBe(false)
    }))
})
