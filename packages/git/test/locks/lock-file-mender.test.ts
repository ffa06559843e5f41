import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTempRepository } from '@ws/testing'
import { describe, expect, it } from 'vitest'
import { parseObjectId, parseRefName } from '../../src/door/names.ts'
import { LockFileMender } from '../../src/locks/lock-file-mender.ts'
import { type Opened, testEnvironment, withOpened } from '../opened.ts'

/** A git that somebody else keeps open; it is ended with the test. */
async function withGit<T>(
  cwd: string,
  args: readonly string[],
  body: (git: ChildProcessWithoutNullStreams) => Promise<T>,
): Promise<T> {
  const git = spawn('git', args, { cwd, env: testEnvironment() })
  const ended = once(git, 'close')
  try {
    return await body(git)
  } finally {
    git.kill('SIGKILL')
    await ended
  }
}

/** A transaction that was prepared, and holds the lock file of its reference until it is told to go on. */
function withTransaction<T>(
  { temp }: Opened,
  body: (held: { lock: string; git: ChildProcessWithoutNullStreams }) => Promise<T>,
): Promise<T> {
  return withGit(temp.path, ['update-ref', '--stdin'], async (git) => {
    git.stdin.write(`start\ncreate refs/heads/other ${temp.git('rev-parse', 'HEAD')}\nprepare\n`)
    let said = ''
    for await (const chunk of git.stdout.iterator({ destroyOnReturn: false }))
      if ((said += String(chunk)).includes('prepare: ok')) break
    return body({ lock: join(temp.path, '.git/refs/heads/other.lock'), git })
  })
}

const menderOf = ({ repository }: Opened) => new LockFileMender(repository.facts.commonDir, repository.clock)

// Only Linux tells who may have made a file.
describe.skipIf(process.platform !== 'linux')('a lock file', () => {
  it('that was left behind holds up no call, whoever else uses git on this machine', () =>
    withOpened((opened) => {
      const { temp, repository } = opened
      const elsewhere = makeTempRepository(temp.folder, { name: 'elsewhere' })
      const gone = makeTempRepository(temp.folder, { name: 'gone' })
      // Older than the file: one that writes in another repository, and two that only read, here and nowhere any more.
      return withGit(elsewhere.path, ['update-ref', '--stdin'], () =>
        withGit(temp.path, ['cat-file', '--batch'], () =>
          withGit(gone.path, ['cat-file', '--batch'], async () => {
            rmSync(gone.path, { recursive: true })
            const lock = join(temp.path, '.git/index.lock')
            writeFileSync(lock, '')
            const call = repository.git.run(['read-tree', 'HEAD'])
            await expect(call).resolves.toMatchObject({ exitCode: 0 })
            expect(existsSync(lock)).toBe(false)
          }),
        ),
      )
    }))

  it.each([
    ['HEAD', ['symbolic-ref', 'HEAD', 'refs/heads/other']],
    ['config', ['config', 'ws.test', '1']],
  ])('of %s that was left behind is removed by the call that meets it', (name, args) =>
    withOpened(async ({ temp, repository }) => {
      const lock = join(temp.path, '.git', `${name}.lock`)
      writeFileSync(lock, '')
      await expect(repository.git.run(args)).resolves.toMatchObject({ exitCode: 0 })
      expect(existsSync(lock)).toBe(false)
    }),
  )

  it('is left alone while who made it lives, and removed once that one was killed', () =>
    withOpened((opened) =>
      withTransaction(opened, async ({ lock, git }) => {
        const mender = menderOf(opened)
        expect(await mender.isAbandoned(lock)).toBe(false)
        expect(await mender.clear(lock)).toBe(false)
        expect(existsSync(lock)).toBe(true)
        const waiting = mender.clear(lock, { patienceMs: 60_000 })
        git.kill('SIGKILL')
        expect(await waiting).toBe(true)
        expect(existsSync(lock)).toBe(false)
      }),
    ))

  it('that its owner takes back is waited for', () =>
    withOpened((opened) =>
      withTransaction(opened, async ({ lock, git }) => {
        const waiting = menderOf(opened).clear(lock, { patienceMs: 60_000 })
        git.stdin.end('commit\n')
        expect(await waiting).toBe(true)
        expect(opened.temp.git('branch', '--list', 'other').trim()).toBe('other')
      }),
    ))

  it('that stays is named, with what to do, and the reference is not said to have moved', () =>
    withOpened((opened) =>
      withTransaction(opened, async ({ lock }) => {
        const { repository, temp } = opened
        const ref = parseRefName('refs/heads/other')
        const to = parseObjectId(temp.git('rev-parse', 'HEAD'))
        const change = repository.exclusively((exclusive) =>
          repository.updateRefs(exclusive, [{ ref, from: null, to }], 'test'),
        )
        await expect(change).rejects.toMatchObject({
          code: 'WS_GIT_LOCK_FILE',
          message: expect.stringContaining(lock),
          hint: 'wait for the git that holds it; if none is at work in this repository, delete it',
        })
      }),
    ))

  it('outside the repository is nobody of ours to remove', () =>
    withOpened(async (opened) => {
      const folder = join(opened.temp.folder, 'theirs')
      mkdirSync(folder)
      const lock = join(folder, 'index.lock')
      writeFileSync(lock, '')
      expect(await menderOf(opened).clear(lock)).toBe(false)
      expect(existsSync(lock)).toBe(true)
    }))
})
