import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runDoctor } from '../../src/doctor/doctor.ts'
import { startFixture } from '../fixtures/start-fixture.ts'
import { type Opened, withOpened, work } from '../opened.ts'
import { recordFile } from '../slot-record-file.ts'

const summary = async ({ slots }: Opened, fix = false) =>
  (await runDoctor(slots, { fix })).map(({ kind, name, state }) => `${kind} ${name}: ${state}`)

describe('the doctor', () => {
  it('finds nothing where nothing is wrong', () =>
    withOpened(async (opened) => {
      await opened.slots.create({ slot: 's', base: 'main', work: work('a') })
      expect(await summary(opened)).toEqual([])
    }))

  it('unregisters a worktree whose directory is gone, with its commits pinned', () =>
    withOpened(async (opened) => {
      const { temp, slots } = opened
      const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
      temp.gitIn(path, 'commit', '--quiet', '--allow-empty', '-m', 'only here')
      const own = temp.gitIn(path, 'rev-parse', 'HEAD')
      rmSync(path, { recursive: true })
      expect(await summary(opened)).toEqual(['registration-without-directory s: mendable'])
      expect(await summary(opened, true)).toEqual(['registration-without-directory s: mended'])
      expect(await summary(opened)).toEqual([])
      expect(temp.git('worktree', 'list').split('\n')).toHaveLength(1)
      expect(temp.git('rev-list', 'refs/ws/rescue/run1/a/1')).toContain(own)
    }))

  it('takes a directory away that the repository forgot, with its files pinned', () =>
    withOpened(async (opened) => {
      const { temp, slots } = opened
      const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
      writeFileSync(join(path, 'mine.txt'), 'mine\n')
      rmSync(join(temp.path, '.git/worktrees/s'), { recursive: true })
      expect(await summary(opened)).toEqual([
        'broken-isolation s: person',
        'directory-without-registration s: mendable',
      ])
      await summary(opened, true)
      expect(await summary(opened)).toEqual([])
      expect(existsSync(path)).toBe(false)
      expect(temp.git('show', 'refs/ws/rescue/run1/a/1:mine.txt')).toBe('mine')
    }))

  it('deletes what a removal left, and finishes one that was interrupted', () =>
    withOpened(async (opened) => {
      const { repository, slots } = opened
      const record = await slots.create({ slot: 's', base: 'main', work: work('a') })
      writeFileSync(join(record.path, 'mine.txt'), 'mine\n')
      const text = readFileSync(recordFile(repository, 's'), 'utf8')
      const { trash } = await slots.remove('s')
      // As if the process had ended between the rename and forgetting the record.
      writeFileSync(recordFile(repository, 's'), text)
      expect(await summary(opened, true)).toEqual([
        'unfinished-removal s: mended',
        'branch-without-owner lane/run1/a: mended',
      ])
      expect(opened.temp.git('show', 'refs/ws/rescue/run1/a/1:mine.txt')).toBe('mine')
      expect(existsSync(trash ?? '')).toBe(false)
      expect(await summary(opened)).toEqual([])
      expect(await slots.list()).toEqual([])
    }))

  it('keeps what somebody put into a slot that was never ready', () =>
    withOpened(async (opened) => {
      const { temp, repository, slots } = opened
      for (const slot of ['empty', 's']) {
        const record = await slots.create({ slot, base: 'main', work: work(slot) })
        // As if its maker had ended in the middle: a process that started at another time than who has its number now.
        const half = { ...record, state: 'making', maker: record.maker.replace(/\S+$/, '1') }
        writeFileSync(recordFile(repository, slot), JSON.stringify(half))
      }
      writeFileSync(join(slots.root, 's', 'mine.txt'), 'mine\n')
      expect(await summary(opened, true)).toEqual(
        expect.arrayContaining(['unfinished-slot empty: mended', 'unfinished-slot s: mended']),
      )
      expect(await summary(opened)).toEqual([])
      expect(existsSync(join(slots.root, 's'))).toBe(false)
      expect(temp.git('for-each-ref', '--format=%(refname)', 'refs/ws')).toBe('refs/ws/rescue/run1/s/1')
      expect(temp.git('show', 'refs/ws/rescue/run1/s/1:mine.txt')).toBe('mine')
    }))

  it('leaves a directory alone that never was ours', () =>
    withOpened(async (opened) => {
      const theirs = join(opened.slots.root, 'theirs')
      mkdirSync(theirs, { recursive: true })
      expect(await summary(opened, true)).toEqual([`directory-without-registration ${theirs}: person`])
      expect(existsSync(theirs)).toBe(true)
    }))

  it('takes back a branch that was made for a slot and never used, and no other', () =>
    withOpened(async (opened) => {
      const { temp, slots } = opened
      const { path } = await slots.create({ slot: 's', base: 'main', work: work('empty') })
      await slots.recycle('s', { base: 'main', work: work('used') })
      writeFileSync(join(path, 'a.txt'), 'a\n')
      const pinned = await slots.pin('s')
      await slots.commit('s', { tree: pinned.snapshot.tree, pinned, message: 'work' })
      await slots.remove('s')
      temp.git('branch', 'lane/of-a-person')
      await slots.purgeTrash()
      expect(await summary(opened, true)).toEqual(['branch-without-owner lane/run1/empty: mended'])
      expect(temp.git('branch', '--format=%(refname:short)').split('\n')).toEqual([
        'lane/of-a-person',
        'lane/run1/used',
        'main',
      ])
    }))

  it('removes a lock file only when its owner is proven gone', () =>
    withOpened(async (opened) => {
      const { temp } = opened
      const lock = join(temp.path, '.git/packed-refs.lock')
      const held = openSync(lock, 'wx')
      expect(await summary(opened, true)).toEqual(['stale-lock-file packed-refs.lock: person'])
      closeSync(held)
      const isTold = process.platform === 'linux'
      expect(await summary(opened, true)).toEqual([
        `stale-lock-file packed-refs.lock: ${isTold ? 'mended' : 'person'}`,
      ])
      expect(existsSync(lock)).toBe(!isTold)
    }))

  it('finishes or takes back whatever a killed process left', { timeout: 60_000 }, () =>
    withOpened(async (opened) => {
      const { temp, slots } = opened
      const makers = Array.from({ length: 8 }, (_, i) =>
        startFixture('make-worktrees.ts', temp.path, `p${i}`, '5'),
      )
      await makers[0]!.firstLine
      makers[0]!.kill()
      const ends = await Promise.all(makers.map((maker) => maker.ended))
      expect(ends.slice(1).map(({ end }) => end)).toEqual(Array(7).fill(0))
      await summary(opened, true)
      expect(await summary(opened)).toEqual([])
      const records = await slots.list()
      expect(records.every(({ state }) => state === 'ready')).toBe(true)
      const branches = temp.git('for-each-ref', '--format=%(refname)', 'refs/heads/lane').split('\n')
      expect(branches.toSorted()).toEqual(records.map(({ branch }) => branch).toSorted())
      expect(
        readdirSync(slots.root)
          .filter((name) => name !== '.trash')
          .toSorted(),
      ).toEqual(records.map(({ slot }) => slot))
    }),
  )
})
