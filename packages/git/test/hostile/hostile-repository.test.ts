// Everything that a tool, or a cloned repository, can leave where git looks. The canary is a program that writes
// a file: whatever runs it has failed. Plain git on the same repository runs it, which the first test shows.
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inspectChanges } from '../../src/changes/inspect-changes.ts'
import { previewMerge } from '../../src/merge/preview.ts'
import { restoreRescue } from '../../src/rescue/rescue.ts'
import { withOpened, work, type Opened } from '../opened.ts'

interface Canary {
  readonly program: string
  hasRun(): boolean
  reset(): void
}

function makeCanary(folder: string): Canary {
  const program = join(folder, 'canary.sh')
  const trace = join(folder, 'canary.ran')
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> '${trace}'\ncat 2>/dev/null\nexit 0\n`)
  chmodSync(program, 0o755)
  return { program, hasRun: () => existsSync(trace), reset: () => rmSync(trace, { force: true }) }
}

/** Every way to run a program that configuration and attributes offer. */
function poison({ temp }: Opened, { program }: Canary): void {
  const settings: Record<string, string> = {
    'core.fsmonitor': program,
    'core.hooksPath': join(temp.folder, 'hooks'),
    'filter.evil.clean': program,
    'filter.evil.smudge': program,
    'filter.evil.process': program,
    'merge.evil.driver': `${program} %A`,
    'diff.evil.textconv': program,
    'diff.evil.command': program,
    'diff.external': program,
    'core.pager': program,
    'core.editor': program,
    'core.sshCommand': program,
    'core.alternateRefsCommand': program,
    'gpg.program': program,
    'commit.gpgSign': 'true',
    'credential.helper': program,
    'uploadpack.packObjectsHook': program,
    'alias.ls-files': `!${program}`,
    'trailer.x.command': program,
  }
  for (const [key, value] of Object.entries(settings)) temp.git('config', key, value)
  for (const folder of [join(temp.folder, 'hooks'), join(temp.path, '.git/hooks')]) {
    mkdirSync(folder, { recursive: true })
    for (const hook of [
      'post-checkout',
      'pre-commit',
      'post-commit',
      'reference-transaction',
      'post-index-change',
      'pre-push',
      'fsmonitor-watchman',
    ]) {
      rmSync(join(folder, hook), { force: true })
      symlinkSync(program, join(folder, hook))
    }
  }
  writeFileSync(join(temp.path, '.git/info/attributes'), '* filter=evil diff=evil merge=evil\n')
}

const attributes = {
  '.gitattributes': '*.txt filter=evil diff=evil merge=evil\n',
  'a.txt': 'a\n',
  'b.txt': 'b\n',
}

describe('a hostile repository', () => {
  it('runs its programs under plain git, so that the fixture proves something', () =>
    withOpened(
      async (opened) => {
        const canary = makeCanary(opened.temp.folder)
        poison(opened, canary)
        opened.temp.git('worktree', 'add', '--quiet', '-b', 'plain', join(opened.temp.folder, 'plain'))
        expect(canary.hasRun()).toBe(true)
      },
      { files: attributes },
    ))

  it('runs nothing through a whole life of a slot', { timeout: 30_000 }, () =>
    withOpened(
      async (opened) => {
        const { temp, repository, slots } = opened
        const canary = makeCanary(temp.folder)
        poison(opened, canary)
        const { path, base } = await slots.create({ slot: 's', base: 'main', work: work('a') })
        expect(canary.hasRun()).toBe(false)
        const before = await slots.attest('s')
        writeFileSync(join(path, 'a.txt'), 'changed\n')
        writeFileSync(join(path, 'new.txt'), 'new\n')
        const pinned = await slots.pin('s')
        await inspectChanges(repository, base, pinned.snapshot.tree)
        const { commit } = await slots.commit('s', { tree: pinned.snapshot.tree, pinned, message: 'work' })
        await slots.recycle('s', { base: 'main', work: work('b') })
        writeFileSync(join(path, 'a.txt'), 'otherwise\n')
        const second = await slots.pin('s')
        const other = await slots.commit('s', {
          tree: second.snapshot.tree,
          pinned: second,
          message: 'other',
        })
        expect(await previewMerge(repository, { ours: commit, theirs: other.commit, base })).toMatchObject({
          isClean: false,
        })
        await restoreRescue(repository, pinned.ref, {
          branch: 'restored',
          folder: join(temp.folder, 'restored'),
        })
        expect(await slots.attestAgain('s', before)).toMatchObject([
          { kind: 'branch' },
          { kind: 'ref' },
          { kind: 'ref' },
        ])
        await slots.remove('s', { branch: 'delete' })
        await slots.purgeTrash()
        expect(canary.hasRun()).toBe(false)
        expect(readFileSync(join(temp.folder, 'restored/new.txt'), 'utf8')).toBe('new\n')
      },
      { files: attributes },
    ),
  )

  it('runs nothing of a nested repository that a tool made', () =>
    withOpened(async ({ temp, slots }) => {
      const canary = makeCanary(temp.folder)
      const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
      const nested = join(path, 'nested')
      temp.gitIn(path, 'init', '--quiet', 'nested')
      writeFileSync(join(nested, 'n.txt'), 'n\n')
      temp.gitIn(nested, 'add', '.')
      temp.gitIn(nested, 'commit', '--quiet', '-m', 'n')
      // As a submodule pointer in the tool's own index and commit, which makes git look into it.
      temp.gitIn(path, 'add', 'nested')
      temp.gitIn(path, 'commit', '--quiet', '-m', 'with a pointer')
      temp.gitIn(nested, 'config', 'core.fsmonitor', canary.program)
      writeFileSync(join(nested, 'n.txt'), 'changed\n')
      const { pinned } = await slots.recycle('s', { base: 'main', work: work('b') })
      expect(canary.hasRun()).toBe(false)
      expect(pinned.snapshot.nestedRepositories).toEqual(['nested'])
      expect(existsSync(nested)).toBe(false)
      await restoreRescue(slots.repository, pinned.ref, { folder: join(temp.folder, 'restored') })
      expect(readFileSync(join(temp.folder, 'restored/nested/n.txt'), 'utf8')).toBe('changed\n')
      expect(
        temp.gitIn(join(temp.folder, 'restored/nested'), '-c', 'core.fsmonitor=false', 'log', '--format=%s'),
      ).toBe('n')
    }))

  it('runs nothing of a submodule that was filled in and poisoned, and sees that it moved', () =>
    withOpened(
      async ({ temp, slots }) => {
        const canary = makeCanary(temp.folder)
        const first = temp.git('rev-parse', 'main')
        temp.git('update-index', '--add', '--cacheinfo', `160000,${first},lib`)
        temp.git('commit', '--quiet', '-m', 'with a submodule')
        const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
        temp.gitIn(path, 'clone', '--quiet', temp.path, 'lib')
        temp.gitIn(join(path, 'lib'), 'checkout', '--quiet', first)
        const lib = join(path, 'lib')
        writeFileSync(join(lib, 'a.txt'), 'changed\n')
        temp.gitIn(lib, 'config', 'core.fsmonitor', canary.program)
        temp.gitIn(lib, 'config', 'core.hooksPath', temp.folder)
        // Dirty within, but still where the pointer says.
        expect((await slots.snapshot('s')).tree).toBe(temp.git('rev-parse', 'main^{tree}'))
        const own = temp.gitIn(
          lib,
          '-c',
          'core.fsmonitor=false',
          'commit-tree',
          '-m',
          'own',
          `${first}^{tree}`,
        )
        temp.gitIn(lib, 'update-ref', '--no-deref', 'HEAD', own)
        expect(canary.hasRun()).toBe(false)
        temp.gitIn(lib, 'status')
        expect(canary.hasRun()).toBe(true)
        canary.reset()
        const { pinned } = await slots.recycle('s', { base: first, work: work('b') })
        expect(canary.hasRun()).toBe(false)
        expect(temp.git('ls-tree', pinned.snapshot.tree, 'lib')).toContain(`160000 commit ${own}`)
        expect(existsSync(lib)).toBe(false)
      },
      { files: { 'a.txt': 'a\n' } },
    ))

  it('cannot redirect us by a rewritten commondir, a swapped .git or a link in its place', () =>
    withOpened(async ({ temp, slots }) => {
      const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
      const before = await slots.attest('s')
      temp.gitIn(temp.folder, 'init', '--quiet', 'elsewhere')
      const commondir = join(temp.path, '.git/worktrees/s/commondir')
      writeFileSync(commondir, `${join(temp.folder, 'elsewhere/.git')}\n`)
      expect(await slots.attestAgain('s', before)).toMatchObject([{ kind: 'directory' }])
      await expect(slots.recycle('s', { base: 'main', work: work('b') })).rejects.toMatchObject({
        code: 'WS_GIT_ISOLATION',
      })
      writeFileSync(commondir, '../..\n')
      writeFileSync(join(path, '.git'), `gitdir: ${join(temp.folder, 'elsewhere/.git')}\n`)
      writeFileSync(join(path, 'mine.txt'), 'mine\n')
      await expect(slots.recycle('s', { base: 'main', work: work('b') })).rejects.toMatchObject({
        code: 'WS_GIT_ISOLATION',
      })
      const { pinned } = await slots.remove('s')
      expect(temp.git('show', `${pinned.ref}:mine.txt`)).toBe('mine')
      expect(temp.gitIn(join(temp.folder, 'elsewhere'), 'for-each-ref')).toBe('')

      const second = await slots.create({ slot: 't', base: 'main', work: work('t') })
      rmSync(second.path, { recursive: true })
      symlinkSync(temp.path, second.path)
      await expect(slots.remove('t')).rejects.toMatchObject({ code: 'WS_GIT_ISOLATION' })
      expect(existsSync(join(temp.path, 'README.md'))).toBe(true)
    }))

  it('hides no change behind flags in its own index, and lies by no replacement', () =>
    withOpened(
      async ({ temp, slots }) => {
        const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
        temp.gitIn(path, 'update-index', '--assume-unchanged', 'a.txt')
        temp.gitIn(path, 'update-index', '--skip-worktree', 'b.txt')
        writeFileSync(join(path, 'a.txt'), 'hidden\n')
        writeFileSync(join(path, 'b.txt'), 'hidden\n')
        const original = temp.git('rev-parse', 'main')
        const other = temp.git('commit-tree', '-m', 'lie', temp.git('mktree', '--missing'))
        temp.git('replace', original, other)
        const { snapshot } = await slots.pin('s')
        expect(
          temp.git(
            'diff',
            '--name-only',
            temp.git('--no-replace-objects', 'rev-parse', `${original}^{tree}`),
            snapshot.tree,
          ),
        ).toBe('a.txt\nb.txt')
      },
      { files: { 'a.txt': 'a\n', 'b.txt': 'b\n' } },
    ))

  it('does not write through a link that leaves the worktree', () =>
    withOpened(
      async ({ temp, slots }) => {
        const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
        const outside = join(temp.folder, 'outside')
        mkdirSync(outside)
        writeFileSync(join(outside, 'a.txt'), 'untouched\n')
        rmSync(join(path, 'src'), { recursive: true })
        symlinkSync(outside, join(path, 'src'))
        const { tree } = await slots.snapshot('s')
        expect(temp.git('ls-tree', tree, 'src')).toContain('120000 blob')
        await slots.recycle('s', { base: 'main', work: work('b') })
        expect(lstatSync(join(path, 'src')).isDirectory()).toBe(true)
        expect(readFileSync(join(outside, 'a.txt'), 'utf8')).toBe('untouched\n')
      },
      { files: { 'src/a.txt': 'a\n' } },
    ))

  it('attests what was changed in what is shared', () =>
    withOpened(async ({ temp, slots }) => {
      const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
      const before = await slots.attest('s')
      writeFileSync(join(temp.path, 'README.md'), 'stash me\n')
      temp.git('stash', '--quiet')
      temp.git('branch', 'another')
      temp.git('config', 'alias.x', '!true')
      writeFileSync(join(temp.path, '.git/hooks/pre-commit'), '#!/bin/sh\n')
      temp.gitIn(path, 'commit', '--quiet', '--allow-empty', '-m', 'on its own branch')
      const breaches = await slots.attestAgain('s', before)
      expect(breaches.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
        'ref refs/heads/another',
        'stash refs/stash',
        'configuration config',
        'hook hooks/pre-commit',
      ])
      temp.gitIn(path, 'switch', '--quiet', '--detach')
      expect(await slots.attestAgain('s', before, { mayMove: () => true })).toMatchObject([
        { kind: 'branch', after: null },
        { kind: 'stash' },
        { kind: 'configuration' },
        { kind: 'hook' },
      ])
    }))
})
