import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withTempDir } from '@ws/testing'
import { describe, expect, it } from 'vitest'
import { findGit, Git } from '../../src/door/git.ts'
import { checkGitVersion } from '../../src/door/git-version.ts'
import { parseObjectId } from '../../src/door/names.ts'
import { testEnvironment, withOpened } from '../opened.ts'

/** A git that is a shell script: what a real one cannot be made to do on demand. */
function scripted(folder: string, script: string): Git {
  const program = join(folder, 'git')
  writeFileSync(program, `#!/bin/sh\n${script}\n`)
  chmodSync(program, 0o755)
  return new Git(findGit({ program, env: testEnvironment() }), { cwd: folder })
}

describe('the door', () => {
  it('passes arguments on as they are, without a shell', () =>
    withTempDir(async (folder) => {
      const git = scripted(folder, 'for a in "$@"; do printf "<%s>" "$a"; done')
      expect(await git.text(['a b', '$(touch x)', '; touch x', '*', "'"])).toBe(
        "<a b><$(touch x)><; touch x><*><'>",
      )
      expect(existsSync(join(folder, 'x'))).toBe(false)
      await expect(git.run(['a\0b'])).rejects.toMatchObject({ code: 'WS_GIT_ARGUMENT' })
    }))

  it('lets nothing of the caller through that steers git', () =>
    withTempDir(async (folder) => {
      const program = join(folder, 'git')
      writeFileSync(program, '#!/bin/sh\nenv\n')
      chmodSync(program, 0o755)
      const env = {
        ...testEnvironment(),
        GIT_DIR: '/elsewhere',
        GIT_SSH_COMMAND: 'x',
        GIT_EXTERNAL_DIFF: 'x',
        LC_ALL: 'de_DE',
        KEPT: '1',
      }
      const text = await new Git(findGit({ program, env }), { cwd: folder }).text([])
      expect(text).not.toMatch(/^GIT_DIR=|^GIT_SSH_COMMAND=|^GIT_EXTERNAL_DIFF=/m)
      expect(text).toMatch(/^LC_ALL=C$/m)
      expect(text).toMatch(/^GIT_TERMINAL_PROMPT=0$/m)
      expect(text).toMatch(/^KEPT=1$/m)
    }))

  it('says what failed, where, and what git said', () =>
    withOpened(async ({ temp, repository }) => {
      const error: unknown = await repository.git
        .run(['rev-parse', '--verify', 'nothing'])
        .catch((reason: unknown) => reason)
      expect(error).toMatchObject({
        code: 'WS_GIT_FAILED',
        message: 'git rev-parse ended with exit code 128: fatal: Needed a single revision',
        details: { args: ['rev-parse', '--verify', 'nothing'], cwd: join(temp.path, '.git'), exitCode: 128 },
      })
    }))

  it(
    'ends git after its time, with too much output, and on an abort, whatever git does',
    () =>
      withTempDir(async (folder) => {
        const stubborn = scripted(folder, 'trap "" TERM; echo started >&2; sleep 60 & wait; sleep 60')
        const started = performance.now()
        await expect(stubborn.run(['x'], { timeoutMs: 50 })).rejects.toMatchObject({ code: 'WS_GIT_TIMEOUT' })
        expect(performance.now() - started).toBeLessThan(30_000)
        const noisy = scripted(folder, 'while :; do echo noise; done')
        await expect(noisy.run(['x'], { maxOutputBytes: 10_000 })).rejects.toMatchObject({
          code: 'WS_GIT_TOO_MUCH_OUTPUT',
        })
        const controller = new AbortController()
        const waiting = scripted(folder, 'sleep 60').run(['x'], { signal: controller.signal })
        controller.abort()
        await expect(waiting).rejects.toMatchObject({ code: 'WS_GIT_ABORTED' })
      }),
    20_000,
  )

  it('finds no git in a relative entry of PATH', () => {
    expect(() => findGit({ env: { PATH: '.:relative' } })).toThrow(
      expect.objectContaining({ code: 'WS_GIT_MISSING' }),
    )
  })

  it('refuses a git that is too old, by name', () => {
    expect(checkGitVersion('git version 2.39.5 (Apple Git-154)')).toMatchObject({ major: 2, minor: 39 })
    expect(checkGitVersion('git version 3.0.0')).toMatchObject({ major: 3 })
    for (const text of ['git version 2.37.9', 'git version 1.9', 'something else'])
      expect(() => checkGitVersion(text)).toThrow(expect.objectContaining({ code: 'WS_GIT_VERSION' }))
  })
})

describe('the object reader', () => {
  it('reads many objects through one process, in order, and says which are not there', () =>
    withOpened(async ({ temp, repository }) => {
      const big = 'x'.repeat(300_000)
      temp.commit('more', { 'big.txt': big, empty: '' })
      const id = (name: string) => parseObjectId(temp.git('rev-parse', `HEAD:${name}`))
      const [readme, missing, large, empty] = await Promise.all([
        repository.readObject(id('README.md')),
        repository.readObject(parseObjectId('1'.repeat(40))),
        repository.readObject(id('big.txt')),
        repository.readObject(id('empty')),
      ])
      expect(readme).toMatchObject({ type: 'blob', content: Buffer.from('hello\n') })
      expect(missing).toBeUndefined()
      expect(large?.content.toString()).toBe(big)
      expect(empty?.content).toHaveLength(0)
      const commit = await repository.readObject(await repository.resolveCommit('HEAD'))
      expect(commit).toMatchObject({ type: 'commit' })
    }))
})
