import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Line } from './line.ts'
import { withLine } from './line.ts'

/** Lands a change of `a.txt` (and whatever else) on the line, and looks. */
async function landAndLook(line: Line, files: Readonly<Record<string, string>> = { 'a.txt': 'landed\n' }) {
  const to = line.commitOn('refs/ws/landed/main', files)
  expect(await line.land(to)).toEqual({ kind: 'landed' })
  return { to, sight: await line.look() }
}

const main = 'refs/heads/main'

describe('a branch that somebody has checked out', () => {
  it('follows with its files where they are clean', () =>
    withLine(async (line) => {
      const { to, sight } = await landAndLook(line, { 'a.txt': 'landed\n', 'new.txt': 'new\n' })
      expect(sight).toEqual({ kind: 'followed', landed: to })
      expect([line.ref(main), line.ref('refs/ws/followed/main')]).toEqual([to, undefined])
      expect(line.temp.read('a.txt')).toBe('landed\n')
      expect(line.temp.git('status', '--short')).toBe('')
      expect(line.temp.git('symbolic-ref', 'HEAD')).toBe(main)
    }))

  it('follows beside changes in other files, staged or not, and leaves them as they are', () =>
    withLine(async (line) => {
      const { temp } = line
      temp.write({ 'b.txt': 'half an edit\n', 'staged.txt': 'staged\n', 'untracked.txt': 'untracked\n' })
      temp.git('add', 'staged.txt')
      const before = temp.git('status', '--short')
      const { to, sight } = await landAndLook(line)
      expect(sight).toEqual({ kind: 'followed', landed: to })
      expect(temp.git('status', '--short')).toBe(before)
      expect(temp.git('stash', 'list')).toBe('')
    }))

  it('is held by a change in a file that the landing changes, and goes on when that is gone', () =>
    withLine(async (line) => {
      const { temp } = line
      const before = line.ref(main)
      temp.write({ 'a.txt': 'half an edit\n' })
      const { to, sight } = await landAndLook(line)
      expect(sight).toMatchObject({
        kind: 'held',
        landed: to,
        where: temp.path,
        paths: ['a.txt'],
        missing: [to],
      })
      expect([line.ref(main), temp.read('a.txt')]).toEqual([before, 'half an edit\n'])
      expect(temp.git('diff', '--cached', '--name-only')).toBe('')
      // More lands meanwhile.
      const more = await landAndLook(line, { 'b.txt': 'more\n' })
      expect(more.sight).toMatchObject({ kind: 'held', landed: more.to, paths: ['a.txt'] })
      temp.git('checkout', '--quiet', '--', 'a.txt')
      expect(await line.look()).toEqual({ kind: 'followed', landed: more.to })
      expect(line.ref(main)).toBe(more.to)
    }))

  it('is held by a staged change, by an untracked file and by an ignored one in the way', () =>
    withLine(async (line) => {
      const { temp } = line
      temp.write({ 'a.txt': 'staged\n', 'new.txt': 'mine\n', 'secret.env': 'mine\n' })
      temp.git('add', 'a.txt')
      mkdirSync(join(temp.path, '.git/info'), { recursive: true })
      writeFileSync(join(temp.path, '.git/info/exclude'), '*.env\n')
      const files = { 'a.txt': 'landed\n', 'new.txt': 'landed\n' }
      expect((await landAndLook(line, files)).sight).toMatchObject({
        kind: 'held',
        paths: ['a.txt', 'new.txt'],
      })
      expect(temp.git('diff', '--cached', '--name-only')).toBe('a.txt')
      temp.git('reset', '--quiet', '--hard')
      rmSync(join(temp.path, 'new.txt'))
      const to = line.commitOn('refs/ws/landed/main', { 'other.txt': 'other\n' })
      await line.land(to)
      expect(await line.look()).toMatchObject({ kind: 'followed' })
      // Somebody forces an ignored file into the repository that others have as their own.
      temp.git('switch', '--quiet', '--create', 'forced')
      temp.git('add', '--force', 'secret.env')
      temp.git('commit', '--quiet', '--message', 'forced')
      const forced = line.ref('refs/heads/forced')!
      temp.git('switch', '--quiet', 'main')
      temp.write({ 'secret.env': 'mine\n' })
      await line.land(forced)
      expect(await line.look()).toMatchObject({ kind: 'held', paths: ['secret.env'] })
      expect(temp.read('secret.env')).toBe('mine\n')
    }))

  it('follows in another linked worktree, and is free where that is gone', () =>
    withLine(async (line) => {
      const { temp } = line
      temp.git('switch', '--quiet', '--detach')
      const linked = join(temp.folder, 'linked')
      temp.git('worktree', 'add', '--quiet', linked, 'main')
      const { to, sight } = await landAndLook(line)
      expect(sight).toEqual({ kind: 'followed', landed: to })
      expect(temp.gitIn(linked, 'status', '--short')).toBe('')
      expect(temp.gitIn(linked, 'rev-parse', 'HEAD')).toBe(to)
      writeFileSync(join(linked, 'a.txt'), 'half an edit\n')
      expect((await landAndLook(line, { 'a.txt': 'again\n' })).sight).toMatchObject({
        kind: 'held',
        where: linked,
        paths: ['a.txt'],
      })
      rmSync(linked, { recursive: true })
      expect(await line.look()).toMatchObject({ kind: 'followed' })
      expect(temp.git('status', '--short')).toBe('')
    }))

  it('waits for a rebase, a bisection and a merge in progress', () =>
    withLine(async (line) => {
      const { temp } = line
      const person = line.commitOn('main', { 'b.txt': 'person\n' })
      temp.git('merge', '--quiet', '--ff-only', person)
      await line.land(person)
      // A rebase that stops: `HEAD` is detached, and the branch will be moved when it ends.
      expect(() => temp.git('rebase', '--quiet', '--force-rebase', '--exec', 'false', 'HEAD~1')).toThrow(
        'rebase',
      )
      const { sight } = await landAndLook(line)
      expect(sight).toMatchObject({
        kind: 'held',
        where: temp.path,
        paths: [],
        detail: 'a rebase of it goes on',
      })
      temp.git('rebase', '--abort')
      expect(await line.look()).toMatchObject({ kind: 'followed' })
      temp.git('bisect', 'start', 'HEAD', 'HEAD~2')
      expect((await landAndLook(line, { 'a.txt': 'bisected\n' })).sight).toMatchObject({ kind: 'held' })
      temp.git('bisect', 'reset')
      expect(await line.look()).toMatchObject({ kind: 'followed' })
      const side = line.commitOn('main~1', { 'b.txt': 'side\n' })
      temp.git('merge', '--quiet', '--no-commit', '--no-ff', side)
      const before = temp.git('status', '--short')
      expect((await landAndLook(line, { 'a.txt': 'merged\n' })).sight).toMatchObject({ kind: 'held' })
      expect(temp.git('status', '--short')).toBe(before)
      temp.git('merge', '--abort')
      expect(await line.look()).toMatchObject({ kind: 'followed' })
    }))

  // Only Linux tells whose a lock file is.
  it.skipIf(process.platform !== 'linux').each([
    ['begun', [], ['index']],
    ['written the files and the index', ['read-tree', '-m', '-u', 'HEAD'], ['refs/heads/main']],
    ['moved the branch', ['merge', '--quiet', '--ff-only'], ['HEAD']],
  ])('follows where a git that was to bring it on was killed when it had %s', (_, done, locks) =>
    withLine(async (line) => {
      const { temp } = line
      const to = line.commitOn('main', { 'a.txt': 'landed\n', 'new.txt': 'new\n' })
      await line.land(to)
      if (done.length > 0) temp.git(...done, to)
      for (const name of locks) writeFileSync(join(temp.path, '.git', `${name}.lock`), '')
      expect(await line.look()).toEqual({ kind: 'followed', landed: to })
      expect([line.ref(main), line.ref('refs/ws/followed/main')]).toEqual([to, undefined])
      expect(temp.git('status', '--short')).toBe('')
    }),
  )

  it('is nobody’s while `HEAD` is detached at it', () =>
    withLine(async (line) => {
      const { temp } = line
      temp.git('switch', '--quiet', '--detach', 'main')
      const before = temp.git('rev-parse', 'HEAD')
      const { to, sight } = await landAndLook(line)
      expect(sight).toEqual({ kind: 'followed', landed: to })
      expect([line.ref(main), temp.git('rev-parse', 'HEAD')]).toEqual([to, before])
      expect(temp.git('status', '--short')).toBe('')
    }))

  it('follows with no hook, stash or option of the repository, and only while its programs are the same', () =>
    withLine(async (line) => {
      const { temp } = line
      const one = line.commitOn('main', { 'a.txt': 'landed\n' })
      const two = line.commitOn(one, { 'b.txt': 'landed\n' })
      const canary = join(temp.folder, 'canary')
      for (const name of ['post-merge', 'post-checkout', 'reference-transaction', 'post-index-change']) {
        writeFileSync(join(temp.path, '.git/hooks', name), `#!/bin/sh\ntouch '${canary}'\n`)
        chmodSync(join(temp.path, '.git/hooks', name), 0o755)
      }
      temp.git('config', 'merge.autoStash', 'true')
      temp.git('config', 'branch.main.mergeOptions', '--squash')
      rmSync(canary, { force: true })
      await line.land(one)
      expect(await line.look()).toMatchObject({ kind: 'followed' })
      temp.git('config', 'filter.x.smudge', `touch '${canary}'; cat`)
      writeFileSync(join(temp.path, '.git/info/attributes'), '*.txt filter=x\n')
      await line.land(two)
      expect(await line.look()).toMatchObject({ kind: 'held', paths: ['.git/config'] })
      expect(existsSync(canary)).toBe(false)
    }))
})

describe('a branch that a person moved', () => {
  it('is taken in as it stands when it has more than was landed', () =>
    withLine(async (line) => {
      const { temp } = line
      const landed = line.ref('refs/ws/landed/main')
      const head = temp.commit('by a person', { 'b.txt': 'person\n' })
      expect(await line.look()).toEqual({ kind: 'advanced', landed, head })
      // Beside a landing that it does not have yet.
      const to = line.commitOn('main~1', { 'a.txt': 'landed\n' })
      await line.land(to)
      expect(await line.look()).toEqual({ kind: 'advanced', landed: to, head })
      expect(line.ref(main)).toBe(head)
    }))

  it('is not moved back when it was set back, until a person takes it as it stands', () =>
    withLine(async (line) => {
      const { temp } = line
      const first = line.ref(main)!
      const { to } = await landAndLook(line)
      temp.git('reset', '--quiet', '--hard', first)
      expect(await line.look()).toEqual({ kind: 'rewound', landed: to, head: first })
      const amended = temp.commit('amended', { 'a.txt': 'amended\n' })
      expect(await line.look()).toEqual({ kind: 'rewound', landed: to, head: amended })
      expect(await line.look({ adopt: first })).toMatchObject({ kind: 'rewound' })
      const adopt = line.ref(main)!
      expect(await line.look({ adopt })).toEqual({ kind: 'followed', landed: amended })
      expect(line.ref('refs/ws/landed/main')).toBe(amended)
      expect(temp.git('reflog', 'refs/ws/landed/main', '--format=%H')).toContain(to)
    }))

  it('that lagged is told from one that was set back', () =>
    withLine(async (line) => {
      const { temp } = line
      const { to } = await landAndLook(line)
      temp.write({ 'a.txt': 'half an edit\n' })
      expect((await landAndLook(line, { 'a.txt': 'again\n' })).sight).toMatchObject({ kind: 'held' })
      // To what had been landed last it is the same branch; before that it was set back.
      expect(line.ref('refs/ws/followed/main')).toBe(to)
      temp.git('reset', '--quiet', '--hard', 'HEAD~1')
      expect(await line.look()).toMatchObject({ kind: 'rewound' })
      temp.git('reset', '--quiet', '--hard', to)
      expect(await line.look()).toMatchObject({ kind: 'followed' })
    }))

  it('is missed when it is gone', () =>
    withLine(async (line) => {
      const { temp } = line
      const landed = line.ref('refs/ws/landed/main')
      temp.git('switch', '--quiet', '--detach')
      temp.git('branch', '--delete', '--force', 'main')
      expect(await line.look()).toEqual({ kind: 'deleted', landed })
      temp.git('branch', 'main', 'refs/ws/landed/main')
      expect(await line.look()).toEqual({ kind: 'followed', landed })
    }))
})
