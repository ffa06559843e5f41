import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openRepository } from '@ws/git'
import { describe, expect, it } from 'vitest'
import { openMergeQueue } from '../../src/service/open-merge-queue.ts'
import { testEnvironment, withOpened } from '../opened.ts'
import { addBranch } from './queue-fixture.ts'

/** What a landing may start, once each. */
const allowed = [
  'merge-tree --write-tree',
  // The checkout for the check.
  'read-tree --reset',
  'clean -ffdxq',
  // The branch follows, where somebody has it checked out.
  'merge --ff-only',
]

describe('a landing', () => {
  it('starts no git for what is known, and lists nothing that it keeps itself', () =>
    withOpened(async ({ temp }) => {
      const program = join(temp.folder, 'counting-git')
      const log = join(temp.folder, 'calls')
      const what = 'case "$1" in for-each-ref) echo "$1 $3" ;; *) echo "$1 $2" ;; esac'
      writeFileSync(program, `#!/bin/sh\n(${what}) >> '${log}'\nexec git "$@"\n`, { mode: 0o755 })
      const repository = await openRepository(temp.path, { program, env: testEnvironment() })
      const queue = await openMergeQueue({ repository, checks: { unit: 'true' } })
      const landed: string[] = []
      for (const name of ['one', 'two', 'three']) {
        addBranch(temp, name)
        writeFileSync(log, '')
        await queue.add({ branch: name, id: name })
        landed.push(...(await queue.process()).map(({ state }) => state))
      }
      const calls = readFileSync(log, 'utf8').trim().split('\n')
      await queue.close()
      await repository.close()
      expect(landed).toEqual(['MERGED', 'MERGED', 'MERGED'])
      expect(temp.git('for-each-ref', '--format=%(refname)', 'refs/ws/queue', 'refs/ws/candidate')).toBe('')
      // The configuration of a repository that is this young is read each time.
      const counted = calls.filter((call) => call !== 'config --null')
      const beyond = counted.filter((call, at) => !allowed.includes(call) || counted.indexOf(call) !== at)
      expect(beyond).toEqual([])
    }))
})
