import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Opened, withOpened, work } from '../opened.ts'

const ahead = { ...work('docs'), attempt: 0 }

/** Makes a slot ahead of its work, then moves the target on. */
async function madeAhead({ temp, slots }: Opened) {
  const record = await slots.create({ slot: 'docs', base: 'main', work: ahead })
  const base = temp.commit('more', { 'a.txt': 'second\n', 'new.txt': 'new\n' })
  const advance = () => slots.advance('docs', { base: 'main', work: work('docs') })
  const read = (file: string) => readFileSync(join(record.path, file), 'utf8')
  return { record, base, advance, read }
}

const files = { files: { 'a.txt': 'first\n', 'b.txt': 'b\n' } }

describe('a slot that was made ahead', () => {
  it('is given to its work as it is where its base has not changed', () =>
    withOpened(async ({ temp, slots }) => {
      const made = await slots.create({ slot: 'docs', base: 'main', work: ahead })
      const record = await slots.advance('docs', { base: 'main', work: work('docs') })
      expect(record).toEqual({ ...made, work: work('docs') })
      expect(await slots.get('docs')).toEqual(record)
      expect(temp.git('rev-parse', 'lane/run1/docs')).toBe(made.base)
    }, files))

  it('goes on to a newer base with its branch, its files and its index', () =>
    withOpened(async (opened) => {
      const { base, advance, read, record } = await madeAhead(opened)
      expect(await advance()).toMatchObject({ base, tip: base, work: work('docs'), state: 'ready' })
      expect([read('a.txt'), read('new.txt'), read('b.txt')]).toEqual(['second\n', 'new\n', 'b\n'])
      expect(opened.temp.git('rev-parse', 'lane/run1/docs')).toBe(base)
      expect(opened.temp.gitIn(record.path, 'status', '--porcelain')).toBe('')
      const { tree } = await opened.slots.snapshot('docs')
      expect(tree).toBe(opened.temp.git('rev-parse', 'main^{tree}'))
    }, files))

  it('goes on from wherever its files were when a process ended in the middle', () =>
    withOpened(async (opened) => {
      const { advance, read } = await madeAhead(opened)
      const { slots, temp } = opened
      // A new leader stops the earlier one where the files have been moved and the branch has not.
      await opened.repository.lead()
      const stale = slots.advance('docs', { base: 'main', work: work('docs'), epoch: 0 })
      await expect(stale).rejects.toMatchObject({ code: 'WS_GIT_STALE_EPOCH' })
      expect(read('a.txt')).toBe('second\n')
      const third = temp.commit('third', { 'a.txt': 'third\n', 'new.txt': null })
      expect(await advance()).toMatchObject({ base: third })
      expect(read('a.txt')).toBe('third\n')
      expect((await slots.snapshot('docs')).tree).toBe(temp.git('rev-parse', 'main^{tree}'))
    }, files))

  const uses: Readonly<Record<string, (opened: Opened, path: string) => void>> = {
    'a commit': ({ temp }, path) =>
      void temp.gitIn(path, 'commit', '--quiet', '--allow-empty', '-m', 'somebody was here'),
    'another branch': ({ temp }, path) => void temp.gitIn(path, 'switch', '--quiet', '-c', 'elsewhere'),
    'a changed file': (_, path) => writeFileSync(join(path, 'a.txt'), 'mine\n'),
    'a staged file': ({ temp }, path) => {
      writeFileSync(join(path, 'staged.txt'), 'mine\n')
      temp.gitIn(path, 'add', 'staged.txt')
    },
  }

  it.each(Object.keys(uses))('is refused, and nothing in it is touched, if somebody left %s in it', (what) =>
    withOpened(async (opened) => {
      const { advance, record, read } = await madeAhead(opened)
      uses[what]?.(opened, record.path)
      const before = [read('a.txt'), opened.temp.gitIn(record.path, 'status', '--porcelain')]
      await expect(advance()).rejects.toMatchObject({ code: 'WS_GIT_SLOT_USED' })
      expect([read('a.txt'), opened.temp.gitIn(record.path, 'status', '--porcelain')]).toEqual(before)
      expect(existsSync(join(record.path, 'new.txt'))).toBe(false)
      expect(await opened.slots.get('docs')).toEqual(record)
    }, files),
  )
})
