// What a snapshot holds is what git itself would add, whatever was done to the files.
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TempRepository } from '@ws/testing'
import { slotGit } from '../../src/slots/slot-index.ts'
import { withOpened, work } from '../opened.ts'

const files = {
  '.gitignore': '*.log\nbuild/\n',
  'a.txt': 'a\n',
  'b.txt': 'b\n',
  'src/one.ts': 'one\n',
  'src/deep/two.ts': 'two\n',
  'docs/x.md': 'x\n',
}
const paths = [
  ...Object.keys(files),
  'src',
  'src/deep',
  'new.txt',
  'src/new.ts',
  'a.log',
  'build/out',
  'a.txt/under',
]

const change = fc.record({
  path: fc.constantFrom(...paths),
  how: fc.constantFrom('write', 'same size', 'delete', 'link', 'executable', 'directory'),
})
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

/** What stands there itself: a link that leads nowhere, or in a circle, is something too. */
function standing(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch {
    return undefined
  }
}

/** Does it as far as the files allow: a path below a file or a link is left alone. */
function perform(root: string, { path, how }: Change): void {
  const target = join(root, path)
  for (let folder = dirname(target); folder !== root; folder = dirname(folder))
    if (standing(folder)?.isDirectory() === false) return
  if (how === 'executable') {
    if (standing(target)?.isFile() === true) chmodSync(target, 0o755)
    return
  }
  rmSync(target, { recursive: true, force: true })
  if (how === 'delete') return
  mkdirSync(dirname(target), { recursive: true })
  if (how === 'link') symlinkSync('b.txt', target)
  else if (how === 'directory') {
    mkdirSync(target)
    writeFileSync(join(target, 'inside.txt'), 'inside\n')
  } else writeFileSync(target, how === 'write' ? `written to ${path}\n` : `${path.slice(0, 1)}\n`)
}

/** The tree that `git add --all` gives in the worktree, by an index of its own. */
function addedTree(temp: TempRepository, path: string): string {
  temp.gitIn(path, 'read-tree', 'HEAD')
  temp.gitIn(path, 'add', '--all')
  return temp.gitIn(path, 'write-tree')
}

describe('a snapshot', () => {
  it('holds what git would add, time after time', { timeout: 120_000 }, () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(change, { maxLength: 6 }), { minLength: 1, maxLength: 3 }),
        (rounds) =>
          withOpened(
            async ({ temp, slots }) => {
              const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
              for (const changes of rounds) {
                for (const each of changes) perform(path, each)
                const { tree } = await slots.snapshot('s')
                expect(tree).toBe(addedTree(temp, path))
                // Nothing has changed since: the tree is known.
                expect((await slots.snapshot('s')).tree).toBe(tree)
              }
            },
            { files },
          ),
      ),
      { numRuns: process.env['WS_SOAK'] === undefined ? 12 : 300 },
    ),
  )

  it('takes a file outside of a sparse slot along', () =>
    withOpened(
      async ({ temp, slots }) => {
        const { path } = await slots.create({ slot: 's', base: 'main', work: work('a'), sparse: ['src'] })
        expect(existsSync(join(path, 'docs'))).toBe(false)
        mkdirSync(join(path, 'docs'))
        writeFileSync(join(path, 'docs/x.md'), 'written outside\n')
        writeFileSync(join(path, 'docs/new.md'), 'new outside\n')
        const { pinned } = await slots.recycle('s', { base: 'main', work: work('b'), sparse: ['docs'] })
        expect(temp.git('show', `${pinned.commit}:docs/x.md`)).toBe('written outside')
        expect(temp.git('show', `${pinned.commit}:docs/new.md`)).toBe('new outside')
        expect(temp.git('show', `${pinned.commit}:src/one.ts`)).toBe('one')
        expect(existsSync(join(path, 'src/one.ts'))).toBe(false)
        expect(existsSync(join(path, 'docs/new.md'))).toBe(false)
        expect((await slots.snapshot('s')).tree).toBe(temp.git('rev-parse', 'main^{tree}'))
      },
      { files },
    ))

  it('does not believe a remembered tree once the index is another one', () =>
    withOpened(async ({ temp, repository, slots }) => {
      const record = await slots.create({ slot: 's', base: 'main', work: work('a') })
      writeFileSync(join(record.path, 'new.txt'), 'new\n')
      const git = await slotGit(repository, record)
      await git.run(['update-index', '--add', '--', 'new.txt'])
      const { tree } = await slots.snapshot('s')
      expect(temp.git('ls-tree', '--name-only', tree)).toBe('README.md\nnew.txt')
    }))
})
