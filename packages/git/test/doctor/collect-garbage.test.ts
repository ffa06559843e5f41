import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { collectGarbage, type GarbageOptions } from '../../src/doctor/collect-garbage.ts'
import { listRescues } from '../../src/rescue/rescue.ts'
import { type Opened, withOpened, work } from '../opened.ts'

const names = async ({ slots }: Opened, options: GarbageOptions = {}) =>
  (await collectGarbage(slots, options)).items.map(({ kind, name }) => `${kind} ${name}`)

describe('the collection of garbage', () => {
  it('is dry by default: it says what would go, why, and what proves that nothing is lost', () =>
    withOpened(async (opened) => {
      const { temp, slots, repository } = opened
      const { trash } = await slots
        .create({ slot: 's', base: 'main', work: work('a') })
        .then(() => slots.remove('s'))
      const gone = await slots.create({ slot: 't', base: 'main', work: work('t') })
      rmSync(gone.path, { recursive: true })
      mkdirSync(join(slots.root, 'theirs'))
      // Of a process that cannot be: numbers end at four million.
      const leftover = join(repository.facts.wsDir, 'git/bare/commit-4999999-1')
      writeFileSync(leftover, 'half')

      const landedAt = () => 0
      const dry = await collectGarbage(slots, { landedAt })
      expect(dry).toMatchObject({ isDry: true, isDiskLow: false })
      expect(dry.items.map(({ kind }) => kind)).toEqual([
        'unfinished-removal',
        'registration-without-directory',
        'leftover-file',
        'expired-rescue',
      ])
      for (const { why, proof } of dry.items)
        expect([why, proof].every((text) => text.length > 10)).toBe(true)
      expect(dry.forPerson).toMatchObject([{ kind: 'directory-without-registration', state: 'person' }])
      expect(existsSync(trash ?? '')).toBe(true)
      expect(existsSync(leftover)).toBe(true)

      const wet = await collectGarbage(slots, { landedAt, dryRun: false })
      expect(wet.items.map(({ name }) => name)).toEqual(
        expect.arrayContaining(dry.items.map(({ name }) => name)),
      )
      expect(existsSync(trash ?? '')).toBe(false)
      expect(existsSync(leftover)).toBe(false)
      expect(existsSync(join(slots.root, 'theirs'))).toBe(true)
      // With their slots gone, the branches on which nothing was put have no owner either.
      expect(wet.items.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['lane/run1/a', 'lane/run1/t']),
      )
      expect(await names(opened)).toEqual([])
      expect(temp.git('worktree', 'list').split('\n')).toHaveLength(1)
    }))

  it('keeps every state of which it is not known that it landed', () =>
    withOpened(async (opened) => {
      await opened.slots.create({ slot: 's', base: 'main', work: work('a') })
      await opened.slots.pin('s')
      expect(await names(opened, { dryRun: false })).toEqual([])
      expect(await names(opened, { dryRun: false, landedAt: () => undefined })).toEqual([])
      const now = opened.repository.clock.now()
      expect(await names(opened, { dryRun: false, landedAt: () => now })).toEqual([])
      expect(await listRescues(opened.repository)).toHaveLength(1)
      const items = await names(opened, { dryRun: false, landedAt: () => now - 10, keepMs: 5 })
      expect(items).toEqual(['expired-rescue refs/ws/rescue/run1/a/1'])
      expect(await listRescues(opened.repository)).toEqual([])
    }))

  it('makes room of idle slots only while space is short, each pinned first', () =>
    withOpened(async (opened) => {
      const { temp, slots } = opened
      const { path } = await slots.create({ slot: 'idle', base: 'main', work: work('a') })
      const busy = await slots.create({ slot: 'busy', base: 'main', work: work('b') })
      writeFileSync(join(path, 'mine.txt'), 'mine\n')
      const isIdle = ({ slot }: { slot: string }) => slot === 'idle'
      expect(await names(opened, { isIdle, dryRun: false })).toEqual([])
      const short = { isIdle, minFreeBytes: Number.MAX_SAFE_INTEGER }
      expect(await names(opened, short)).toEqual(['idle-slot idle'])
      expect(existsSync(path)).toBe(true)
      const collected = await collectGarbage(slots, { ...short, dryRun: false })
      expect(collected.isDiskLow).toBe(true)
      expect(existsSync(path)).toBe(false)
      expect(existsSync(busy.path)).toBe(true)
      expect(temp.git('show', 'refs/ws/rescue/run1/a/1:mine.txt')).toBe('mine')
    }))
})
