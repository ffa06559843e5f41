import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openRepository, parseObjectId, type ObjectId } from '@ws/git'
import { describe, expect, it } from 'vitest'
import { CheckoutPool, type CheckoutPoolOptions } from '../../src/checks/checkout-pool.ts'
import { type Opened, testEnvironment, withOpened } from '../opened.ts'

interface Trees {
  readonly one: ObjectId
  readonly two: ObjectId
}

function withPool(
  body: (pool: CheckoutPool, trees: Trees, opened: Opened) => Promise<void>,
  options: Partial<CheckoutPoolOptions> = {},
): Promise<void> {
  return withOpened(
    async (opened) => {
      const { temp, repository } = opened
      const treeNow = () => parseObjectId(temp.git('rev-parse', 'HEAD^{tree}'))
      const one = treeNow()
      temp.commit('two', { 'a.txt': 'two\n', 'only-two.txt': 'two\n', 'src/b.txt': null })
      const pool = new CheckoutPool(repository, { caches: [], minFreeBytes: 0, ...options })
      await body(pool, { one, two: treeNow() }, opened)
      await pool.close()
    },
    { files: { 'a.txt': 'one\n', 'src/b.txt': 'one\n', '.gitignore': 'dist\ncache\n' } },
  )
}

async function listFiles(path: string): Promise<string[]> {
  const all = await readdir(path, { recursive: true, withFileTypes: true })
  return all
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .toSorted()
}

describe('a pooled checkout', () => {
  it('holds just the tree, whatever the check before it left', () =>
    withPool(async (pool, { one, two }, { temp }) => {
      const first = await pool.take(one)
      const { path } = first
      expect(await listFiles(path)).toEqual(['.gitignore', 'a.txt', 'src/b.txt'])
      writeFileSync(join(path, 'a.txt'), 'one\r')
      mkdirSync(join(path, 'dist/deep'), { recursive: true })
      writeFileSync(join(path, 'dist/deep/x'), 'x')
      writeFileSync(join(path, 'untracked'), 'x')
      temp.gitIn(temp.folder, 'init', '--quiet', join(path, 'nested'))
      writeFileSync(join(path, 'nested/file'), 'x')
      first.giveBack()
      const second = await pool.take(two)
      expect(second.path).toBe(path)
      expect(await listFiles(path)).toEqual(['.gitignore', 'a.txt', 'only-two.txt'])
      expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('two\n')
    }))

  it('is another one for each who uses one at the same time', () =>
    withPool(async (pool, { one, two }) => {
      const [a, b] = await Promise.all([pool.take(one), pool.take(two)])
      expect(a.path).not.toBe(b.path)
    }))

  it('keeps the caches, and nothing beside them', () =>
    withPool(
      async (pool, { one, two }) => {
        const first = await pool.take(one)
        for (const folder of ['cache', 'dist']) {
          mkdirSync(join(first.path, folder))
          writeFileSync(join(first.path, folder, 'kept'), 'x')
        }
        first.giveBack()
        const { path } = await pool.take(two)
        expect(await listFiles(path)).toEqual(['.gitignore', 'a.txt', 'cache/kept', 'only-two.txt'])
        await pool.close()
        expect(existsSync(path)).toBe(true)
      },
      { caches: ['cache'] },
    ))

  it('writes through no link that a check left behind', () =>
    withPool(async (pool, { one, two }, { temp }) => {
      const outside = join(temp.folder, 'outside')
      mkdirSync(outside)
      const first = await pool.take(two)
      symlinkSync(outside, join(first.path, 'src'))
      first.giveBack()
      const { path } = await pool.take(one)
      expect(await listFiles(path)).toEqual(['.gitignore', 'a.txt', 'src/b.txt'])
      expect(await listFiles(outside)).toEqual([])
    }))

  it('begins anew where a check left what cannot be cleaned', () =>
    withPool(async (pool, { one, two }) => {
      const first = await pool.take(one)
      mkdirSync(join(first.path, 'locked'))
      writeFileSync(join(first.path, 'locked/x'), 'x')
      chmodSync(join(first.path, 'locked'), 0o500)
      writeFileSync(join(first.path, '..', '..', 'repository/.git/ws/git/slots/queue-1/index'), 'broken')
      first.giveBack()
      const taken = pool.take(two)
      chmodSync(join(first.path, 'locked'), 0o700)
      expect(await listFiles((await taken).path)).toEqual(['.gitignore', 'a.txt', 'only-two.txt'])
    }))

  it('is never made in a folder of somebody else', () =>
    withPool(async (pool, { one }) => {
      mkdirSync(join(pool.root, '1'), { recursive: true })
      writeFileSync(join(pool.root, '1/mine'), 'x')
      await expect(pool.take(one)).rejects.toMatchObject({ code: 'WS_QUEUE_ROOT_TAKEN' })
      expect(existsSync(join(pool.root, '1/mine'))).toBe(true)
    }))

  it.each(['.ws-queue', '.ws-queue.new'])(
    'is made in a folder whose owner was killed while it wrote %s, and nowhere where that is not all',
    (name) =>
      withPool(async (pool, { one }, { temp, repository }) => {
        mkdirSync(pool.root)
        writeFileSync(join(pool.root, name), '')
        const { path } = await pool.take(one)
        expect(await listFiles(path)).toEqual(['.gitignore', 'a.txt', 'src/b.txt'])
        const root = join(temp.folder, 'theirs')
        mkdirSync(join(root, '1'), { recursive: true })
        writeFileSync(join(root, name), '')
        const theirs = new CheckoutPool(repository, { root, caches: [], minFreeBytes: 0 })
        await expect(theirs.take(one)).rejects.toMatchObject({ code: 'WS_QUEUE_ROOT_TAKEN' })
      }),
  )

  it('says whose it is in one go, so that nobody who is killed leaves it without an owner', () =>
    withPool(async (pool, { one }, { temp }) => {
      mkdirSync(pool.root)
      const before = join(temp.folder, 'before')
      writeFileSync(before, '')
      linkSync(before, join(pool.root, '.ws-queue'))
      await pool.take(one)
      // It was put there whole: the empty file that lay there is as it was.
      expect(readFileSync(before, 'utf8')).toBe('')
      expect(readFileSync(join(pool.root, '.ws-queue'), 'utf8')).toContain(join(temp.path, '.git'))
    }))

  it('is used by the next leader only when no git of the one before it is at work there', () =>
    withPool(async (pool, { one }, { temp }) => {
      const program = join(temp.folder, 'slow-git')
      const pid = join(temp.folder, 'pid')
      const once = `[ "$1" = read-tree ] && mkdir '${temp.folder}/once' 2> /dev/null`
      const slow = `if ${once}; then echo $$ > '${pid}.new'; mv '${pid}.new' '${pid}'; exec sleep 600; fi`
      writeFileSync(program, `#!/bin/sh\n${slow}\nexec git "$@"\n`, { mode: 0o755 })
      const repository = await openRepository(temp.path, { program, env: testEnvironment() })
      const before = new CheckoutPool(repository, { caches: [], minFreeBytes: 0 })
      const taking = before.take(one)
      while (!existsSync(pid)) await new Promise<void>((resolve) => void setImmediate(resolve))
      const signal = (name: NodeJS.Signals | 0) => process.kill(Number(readFileSync(pid, 'utf8')), name)
      try {
        await pool.recover()
        expect(() => signal(0)).toThrow('ESRCH')
      } finally {
        if (existsSync(join('/proc', readFileSync(pid, 'utf8').trim()))) signal('SIGKILL')
        await taking
        await repository.close()
      }
    }))

  it('is not made where the disk is nearly full', () =>
    withPool(
      async (pool, { one }) => {
        await expect(pool.take(one)).rejects.toMatchObject({ code: 'WS_QUEUE_DISK_FLOOR' })
      },
      { minFreeBytes: Number.MAX_SAFE_INTEGER },
    ))

  it('is gone after the pool was closed', () =>
    withPool(async (pool, { one }) => {
      const { path } = await pool.take(one)
      await pool.close()
      expect([existsSync(path), existsSync(pool.root)]).toEqual([false, false])
    }))
})
