import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { branchRef, parseObjectId } from '../../src/door/names.ts'
import { fetchRemoteBranch, readRemoteBranch } from '../../src/landing/remote-branch.ts'
import { withOpened } from '../opened.ts'

it('a branch of a remote is read, and what is new of it brought here', () =>
  withOpened(async ({ temp, repository }) => {
    const path = join(temp.folder, 'remote.git')
    temp.git('init', '--quiet', '--bare', path)
    temp.git('remote', 'add', 'origin', path)
    const ref = branchRef('main')
    expect(await readRemoteBranch(repository, { remote: 'origin', ref })).toBeUndefined()
    temp.git('push', '--quiet', 'origin', 'main', 'main:refs/heads/main-too')
    const known = parseObjectId(temp.git('rev-parse', 'main'))
    const clone = join(temp.folder, 'clone')
    temp.git('clone', '--quiet', '--branch', 'main', path, clone)
    writeFileSync(join(clone, 'theirs.txt'), 'theirs\n')
    temp.gitIn(clone, 'add', '--all')
    temp.gitIn(clone, 'commit', '--quiet', '--message', 'theirs')
    temp.gitIn(clone, 'push', '--quiet', 'origin', 'HEAD:main')
    const theirs = parseObjectId(temp.gitIn(clone, 'rev-parse', 'HEAD'))
    expect(await readRemoteBranch(repository, { remote: 'origin', ref })).toBe(theirs)
    const refs = temp.git('for-each-ref')
    await fetchRemoteBranch(repository, { remote: 'origin', ref, known })
    expect(temp.git('cat-file', '-t', theirs)).toBe('commit')
    expect(temp.git('for-each-ref')).toBe(refs)
    for (const remote of ['none', '--upload-pack=x'])
      await expect(readRemoteBranch(repository, { remote, ref })).rejects.toMatchObject({
        code: 'WS_GIT_NO_SUCH_REMOTE',
      })
  }))
