import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withOpened, work } from '../opened.ts'

describe('a slot', () => {
  it('is a worktree on a new branch with the files of its base', () =>
    withOpened(async ({ temp, slots }) => {
      const record = await slots.create({ slot: 'docs', base: 'main', work: work('docs') })
      expect(record).toMatchObject({ state: 'ready', branch: 'refs/heads/lane/run1/docs', admin: 'docs' })
      expect(record.path).toBe(join(temp.folder, 'repository.ws', 'docs'))
      expect(readFileSync(join(record.path, 'README.md'), 'utf8')).toBe('hello\n')
      expect(temp.gitIn(record.path, 'status', '--porcelain')).toBe('')
      expect(temp.gitIn(record.path, 'branch', '--show-current')).toBe('lane/run1/docs')
      expect(temp.git('config', '--list', '--local')).not.toContain('branch.')
    }))

  it('commits what changed with trailers and a chosen author', () =>
    withOpened(async ({ temp, slots }) => {
      const { path } = await slots.create({ slot: 'docs', base: 'main', work: work('docs') })
      writeFileSync(join(path, 'new.md'), 'new\n')
      rmSync(join(path, 'README.md'))
      const pinned = await slots.pin('docs')
      const { commit, isEmpty } = await slots.commit('docs', {
        tree: pinned.snapshot.tree,
        pinned,
        message: 'write docs',
        trailers: { 'Ws-Run': 'run1' },
        author: { name: 'Ada', email: 'ada@localhost' },
        at: 1_700_000_000_000,
      })
      expect(isEmpty).toBe(false)
      expect(temp.git('log', '-1', '--format=%an %ae %at%n%B', 'lane/run1/docs')).toBe(
        'Ada ada@localhost 1700000000\nwrite docs\n\nWs-Run: run1\n',
      )
      expect(temp.git('ls-tree', '-r', '--name-only', commit)).toBe('new.md')
      expect(temp.gitIn(path, 'status', '--porcelain')).toBe('')
    }))

  it('makes no commit of an empty change', () =>
    withOpened(async ({ temp, slots }) => {
      await slots.create({ slot: 'docs', base: 'main', work: work('docs') })
      const pinned = await slots.pin('docs')
      const answer = await slots.commit('docs', { tree: pinned.snapshot.tree, pinned, message: 'nothing' })
      expect(answer).toMatchObject({ isEmpty: true, commit: temp.git('rev-parse', 'main') })
    }))

  it('is recycled with its earlier state pinned and its ignored files kept', () =>
    withOpened(
      async ({ temp, slots }) => {
        const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
        mkdirSync(join(path, 'node_modules'))
        writeFileSync(join(path, 'node_modules/dep.js'), 'dep')
        writeFileSync(join(path, 'a.txt'), 'changed\n')
        writeFileSync(join(path, 'untracked.txt'), 'mine\n')
        const second = temp.commit('second', { 'a.txt': 'second\n' })
        const { record, pinned } = await slots.recycle('s', { base: 'main', work: work('b') })
        expect(record).toMatchObject({ path, branch: 'refs/heads/lane/run1/b', base: second })
        expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('second\n')
        expect(existsSync(join(path, 'untracked.txt'))).toBe(false)
        expect(existsSync(join(path, 'node_modules/dep.js'))).toBe(true)
        expect(temp.gitIn(path, 'status', '--porcelain')).toBe('')
        expect(temp.git('show', `${pinned.commit}:untracked.txt`)).toBe('mine')
        expect(temp.git('show', 'refs/ws/rescue/run1/a/1:a.txt')).toBe('changed')
        expect(temp.git('rev-parse', 'lane/run1/a')).toBe(temp.git('rev-parse', 'main~1'))
      },
      { files: { 'a.txt': 'first\n', '.gitignore': 'node_modules/\n' } },
    ))

  it('is removed by a rename, with its state pinned, and deleted later', () =>
    withOpened(async ({ temp, slots }) => {
      const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
      writeFileSync(join(path, 'staged.txt'), 'staged\n')
      temp.gitIn(path, 'add', 'staged.txt')
      writeFileSync(join(path, 'staged.txt'), 'edited after\n')
      temp.gitIn(path, 'commit', '--quiet', '--allow-empty', '-m', "the tool's own")
      const own = temp.gitIn(path, 'rev-parse', 'HEAD')
      writeFileSync(join(path, 'staged.txt'), 'once more\n')
      temp.gitIn(path, 'add', 'staged.txt')
      writeFileSync(join(path, 'staged.txt'), 'last\n')
      const { pinned, trash } = await slots.remove('s', { branch: 'delete' })
      expect(existsSync(path)).toBe(false)
      expect(temp.git('worktree', 'list').split('\n')).toHaveLength(1)
      expect(temp.git('branch', '--list', 'lane/*')).toBe('')
      expect(temp.git('show', `${pinned.ref}:staged.txt`)).toBe('last')
      expect(temp.git('rev-list', pinned.ref)).toContain(own)
      const everything = temp.git('log', '--all', '-p', '--full-history', pinned.ref)
      expect(everything).toContain('once more')
      expect(existsSync(trash ?? '')).toBe(true)
      await slots.purgeTrash()
      expect(existsSync(trash ?? '')).toBe(false)
      expect(await slots.list()).toEqual([])
    }))

  it('that was written to after its removal is pinned once more before it is deleted', () =>
    withOpened(async ({ temp, slots }) => {
      await slots.create({ slot: 's', base: 'main', work: work('a') })
      const { trash } = await slots.remove('s')
      writeFileSync(join(trash ?? '', 'late.txt'), 'late\n')
      const [again] = await slots.purgeTrash()
      expect(temp.git('show', `${again?.commit}:late.txt`)).toBe('late')
    }))

  it('keeps what git cannot store: a nested repository and .GIT/config', () =>
    withOpened(async ({ temp, slots }) => {
      const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
      temp.gitIn(path, 'init', '--quiet', 'nested')
      writeFileSync(join(path, 'nested/deep.txt'), 'deep\n')
      mkdirSync(join(path, 'x/.GIT'), { recursive: true })
      writeFileSync(join(path, 'x/.GIT/config'), 'bad\n')
      const { pinned } = await slots.remove('s')
      const kept = temp.git('log', '--format=%H', '--grep=unstorable files', pinned.ref).split('\n')[0] ?? ''
      expect(temp.git('show', `${kept}:nested/deep.txt`)).toBe('deep')
      expect(temp.git('show', `${kept}:x/%2eGIT/config`)).toBe('bad')
      expect(temp.git('ls-tree', '-r', '--name-only', kept)).toContain('nested/%2egit/HEAD')
    }))

  it('leaves nothing behind when it cannot be made', () =>
    withOpened(async ({ temp, slots }) => {
      temp.git('branch', 'lane')
      await expect(slots.create({ slot: 's', base: 'main', work: work('a') })).rejects.toMatchObject({
        code: 'WS_GIT_BRANCH_BLOCKED',
      })
      expect(await slots.list()).toEqual([])
      expect(temp.git('worktree', 'list').split('\n')).toHaveLength(1)
      expect(temp.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/lane\nrefs/heads/main')
    }))

  it('adopted from somebody else is let go, not deleted', () =>
    withOpened(async ({ temp, slots }) => {
      const path = join(temp.folder, 'theirs')
      temp.git('worktree', 'add', '--quiet', '-b', 'topic', path)
      writeFileSync(join(path, 'theirs.txt'), 'theirs\n')
      await slots.adopt(path, { slot: 'theirs', base: 'main', work: work('t') })
      const { pinned, trash } = await slots.remove('theirs')
      expect(trash).toBeUndefined()
      expect(existsSync(join(path, 'theirs.txt'))).toBe(true)
      expect(temp.git('show', `${pinned.ref}:theirs.txt`)).toBe('theirs')
      await expect(
        slots.adopt(temp.path, { slot: 'main', base: 'main', work: work('m') }),
      ).rejects.toMatchObject({
        code: 'WS_GIT_ADOPT_MAIN',
      })
    }))

  it('checks out only what its claims reach, and still sees everything that is new', () =>
    withOpened(
      async ({ temp, slots }) => {
        const { path } = await slots.create({
          slot: 's',
          base: 'main',
          work: work('a'),
          sparse: ['src/auth'],
        })
        expect(existsSync(join(path, 'src/auth/a.ts'))).toBe(true)
        expect(existsSync(join(path, 'src/index.ts'))).toBe(true)
        expect(existsSync(join(path, 'docs/a.md'))).toBe(false)
        mkdirSync(join(path, 'docs'))
        writeFileSync(join(path, 'docs/new.md'), 'new\n')
        const { tree } = await slots.snapshot('s')
        expect(temp.git('ls-tree', '-r', '--name-only', tree).split('\n')).toEqual([
          'docs/a.md',
          'docs/new.md',
          'src/auth/a.ts',
          'src/index.ts',
          'src/other/b.ts',
        ])
      },
      { files: { 'src/auth/a.ts': 'a', 'src/index.ts': 'i', 'src/other/b.ts': 'b', 'docs/a.md': 'd' } },
    ))
})
