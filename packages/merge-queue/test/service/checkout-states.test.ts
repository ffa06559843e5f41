import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TempRepository } from '@ws/testing'
import { describe, expect, it } from 'vitest'
import { MergeQueueFile } from '../../src/files/merge-queue-file.ts'
import { addBranch, withQueue } from './queue-fixture.ts'

/** How somebody has the target when a landing comes that changes `a.txt`. */
interface CheckoutState {
  readonly name: string
  readonly make: (temp: TempRepository) => void
  /** Whether the landing is made at once, and the branch goes with it. */
  readonly lands: boolean
  readonly follows: boolean
  /** The folder whose files go with it, if any. */
  readonly files?: (temp: TempRepository) => string
  /** What every surface says. */
  readonly says?: string
}

const states: readonly CheckoutState[] = [
  {
    name: 'free: another branch is checked out',
    make: (temp) => temp.git('switch', '--quiet', '--create', 'own'),
    lands: true,
    follows: true,
  },
  { name: 'checked out, clean', make: () => {}, lands: true, follows: true, files: ({ path }) => path },
  {
    name: 'checked out, dirty in other files',
    make(temp) {
      temp.write({ 'b.txt': 'half an edit\n', 'c.txt': 'staged\n', 'untracked.txt': 'mine\n' })
      temp.git('add', 'c.txt')
      temp.git('stash', 'push', '--quiet', 'b.txt')
      temp.write({ 'b.txt': 'another half\n' })
    },
    lands: true,
    follows: true,
    files: ({ path }) => path,
  },
  {
    name: 'checked out, dirty in the file that changes',
    make: (temp) => temp.write({ 'a.txt': 'half an edit\n', 'b.txt': 'another\n' }),
    lands: true,
    follows: false,
    says: 'a.txt',
  },
  {
    name: 'checked out, with the change to that file staged',
    make(temp) {
      temp.write({ 'a.txt': 'an edit\n' })
      temp.git('add', 'a.txt')
    },
    lands: true,
    follows: false,
    says: 'a.txt',
  },
  {
    name: 'checked out in another worktree',
    make(temp) {
      temp.git('switch', '--quiet', '--create', 'own')
      temp.git('worktree', 'add', '--quiet', join(temp.folder, 'other'), 'main')
    },
    lands: true,
    follows: true,
    files: ({ folder }) => join(folder, 'other'),
  },
  {
    name: 'detached at it',
    make: (temp) => temp.git('switch', '--quiet', '--detach', 'main'),
    lands: true,
    follows: true,
  },
  {
    name: 'moved on by a person',
    make: (temp) => void temp.commit('by a person', { 'b.txt': 'by a person\n' }),
    lands: true,
    follows: true,
    files: ({ path }) => path,
  },
  {
    name: 'set back by a person',
    make: (temp) => temp.git('reset', '--quiet', '--hard', 'HEAD~1'),
    lands: false,
    follows: false,
    says: 'no longer holds what was landed',
  },
  {
    name: 'deleted by a person',
    make(temp) {
      temp.git('switch', '--quiet', '--create', 'own')
      temp.git('branch', '--quiet', '--delete', '--force', 'main')
    },
    lands: false,
    follows: false,
    says: 'the branch is gone',
  },
]

/** Everything of a person's that a landing might touch: what is staged, changed, stashed, and where branches are. */
function standing(temp: TempRepository) {
  const folders = [temp.path, join(temp.folder, 'other')].filter((path) => existsSync(path))
  return {
    status: folders.map((path) => temp.gitIn(path, 'status', '--porcelain', '--untracked-files=all')),
    stash: temp.git('stash', 'list', '--format=%H'),
    branches: temp
      .git('for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads')
      .split('\n')
      .filter((line) => !line.startsWith('refs/heads/main ')),
    files: Object.fromEntries(folders.map((path) => [path, contentOf(path)])),
  }
}

function contentOf(path: string): Readonly<Record<string, string>> {
  const names = readdirSync(path).filter((name) => name.endsWith('.txt'))
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(path, name), 'utf8')]))
}

describe('the checkout of a target', () => {
  it.each(states)('$name: is left as it is but for the fast-forward', (state) =>
    withQueue(
      { checks: {} },
      async ({ temp, queue: first, reopen }) => {
        await first.close()
        const file = join(temp.folder, 'merge_queue.json')
        const queue = await reopen({ file })
        addBranch(temp, 'before', { 'd.txt': 'd\n' })
        addBranch(temp, 'one', { 'a.txt': 'one\n' })
        await queue.add({ branch: 'before', id: 'before' })
        await queue.process()
        await queue.pause()
        await queue.add({ branch: 'one', id: 'one' })
        state.make(temp)
        const before = standing(temp)
        await queue.resume()
        await queue.sync()
        await queue.process()
        await queue.sync()

        expect(queue.get('one')?.state).toBe(state.lands ? 'MERGED' : 'QUEUED')
        const holds = (ref: string) =>
          temp.git('log', '--format=%s', ref, '--').includes('Merge one into main')
        expect(holds('refs/ws/landed/main')).toBe(state.lands)
        if (temp.git('branch', '--list', 'main') !== '') expect(holds('main')).toBe(state.follows)
        const moved = state.files?.(temp)
        const files = Object.entries(before.files).map(([path, content]) => {
          return [path, path === moved ? { ...content, 'a.txt': 'one\n' } : content]
        })
        expect(standing(temp)).toEqual({ ...before, files: Object.fromEntries(files) })

        if (state.says !== undefined) {
          expect(queue.why('one').text).toContain(state.says)
          const [target] = queue.targets()
          expect(state.lands ? target?.held?.paths : target?.freezes.length).toEqual(
            state.lands ? ['a.txt'] : 1,
          )
        }
        // The file is written behind what happens; a queue that is closed has written it.
        await queue.close()
        const { targets } = MergeQueueFile.parse(JSON.parse(readFileSync(file, 'utf8')))
        if (state.says === undefined) expect(targets).toBeUndefined()
        else expect(JSON.stringify(targets)).toContain(state.says)
      },
      { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n' },
    ),
  )
})
