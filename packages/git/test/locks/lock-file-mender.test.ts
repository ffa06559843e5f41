import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { makeTempRepository } from '@ws/testing'
import { describe, expect, it } from 'vitest'
import { parseObjectId, parseRefName } from '../../src/door/names.ts'
import { LockFileMender } from '../../src/locks/lock-file-mender.ts'
import { possibleOwners } from '../../src/platform/lock-owners.ts'
import { startFixture } from '../fixtures/start-fixture.ts'
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

  it('is not taken for one of the gits that are kept open for references of ours, while these rest', () =>
    withOpened(async ({ temp, repository }) => {
      const other = startFixture('keep-writer.ts', temp.path, 'rests')
      try {
        expect(await other.firstLine).toBe('rests')
        const ref = parseRefName('refs/ws/mine')
        const [first, second] = [temp.git('rev-parse', 'HEAD'), temp.commit('second', { b: 'b' })].map(
          parseObjectId,
        )
        const change = (from = first, to = second) =>
          repository.exclusively((exclusive) =>
            repository.updateRefs(exclusive, [{ ref, from: from ?? null, to: to ?? null }], 'test'),
          )
        temp.git('update-ref', ref, first ?? '')
        await change()
        const lock = join(temp.path, '.git', `${ref}.lock`)
        writeFileSync(lock, '')
        await change(second, first)
        expect(existsSync(lock)).toBe(false)
        expect(temp.git('rev-parse', ref)).toBe(first)
      } finally {
        other.kill()
        await other.ended
      }
    }))

  it('may be of a git that is kept open by whoever is in the middle of a change', () =>
    withOpened(async (opened) => {
      const other = startFixture('keep-writer.ts', opened.temp.path, 'works')
      try {
        expect(await other.firstLine).toBe('works')
        const mender = menderOf(opened)
        const lock = join(opened.temp.path, '.git/refs/ws/other.lock')
        writeFileSync(lock, '')
        const seen = { path: realpathSync(lock), writtenAtMs: statSync(lock).mtimeMs }
        // Whatever else runs on this machine has ended: what is left is the one that is kept open.
        while (possibleOwners(seen)?.some(({ keeper }) => keeper === undefined) === true) await pause(5)
        expect(await mender.clear(lock)).toBe(false)
        expect(existsSync(lock)).toBe(true)
        const waiting = mender.clear(lock, { patienceMs: 60_000 })
        other.kill()
        expect(await waiting).toBe(true)
        expect(existsSync(lock)).toBe(false)
      } finally {
        other.kill()
        await other.ended
      }
    }))

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
