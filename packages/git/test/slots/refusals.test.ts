import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Slots } from '../../src/slots/slots.ts'
import { recordFile } from '../slot-record-file.ts'
import { withOpened, work } from '../opened.ts'

describe('a slot is refused', () => {
  it('where something is already, and that is left alone', () =>
    withOpened(async ({ slots }) => {
      mkdirSync(join(slots.root, 's'), { recursive: true })
      writeFileSync(join(slots.root, 's', 'theirs.txt'), 'theirs')
      const refused = slots.create({ slot: 's', base: 'main', work: work('a') })
      await expect(refused).rejects.toMatchObject({ code: 'WS_GIT_PATH_TAKEN' })
      expect(existsSync(join(slots.root, 's', 'theirs.txt'))).toBe(true)
    }))

  it("inside the repository's own worktree, also by a link", () =>
    withOpened(async ({ temp, repository }) => {
      symlinkSync(temp.path, join(temp.folder, 'link'))
      for (const root of [join(temp.path, 'slots'), join(temp.folder, 'link')]) {
        const refused = new Slots(repository, { root }).create({ slot: 's', base: 'main', work: work('a') })
        await expect(refused).rejects.toMatchObject({ code: 'WS_GIT_SLOT_INSIDE' })
      }
    }))

  it('when its name, its branch or the space is not free', () =>
    withOpened(async ({ temp, repository, slots }) => {
      await slots.create({ slot: 's', base: 'main', work: work('a') })
      const create = (options: object) =>
        slots.create({ slot: 't', base: 'main', work: work('t'), ...options })
      await expect(create({ slot: 's' })).rejects.toMatchObject({ code: 'WS_GIT_SLOT_EXISTS' })
      await expect(create({ work: work('a') })).rejects.toMatchObject({ code: 'WS_GIT_BRANCH_EXISTS' })
      const existing = (branch: string) => create({ branch, isExistingBranch: true })
      await expect(existing('none')).rejects.toMatchObject({ code: 'WS_GIT_NO_SUCH_BRANCH' })
      await expect(existing('main')).rejects.toMatchObject({ code: 'WS_GIT_BRANCH_IN_USE' })
      const full = new Slots(repository, { minFreeBytes: Number.MAX_SAFE_INTEGER })
      await expect(full.create({ slot: 't', base: 'main', work: work('t') })).rejects.toMatchObject({
        code: 'WS_GIT_DISK_FLOOR',
      })
      await expect(slots.get('t')).rejects.toMatchObject({ code: 'WS_GIT_NO_SUCH_SLOT' })
      temp.git('branch', 'mine')
      await existing('mine')
      await slots.remove('t')
      expect(temp.git('branch', '--list', 'mine')).toContain('mine')
    }))

  it('with an abort, which takes along what was made', () =>
    withOpened(async ({ temp, slots }) => {
      const controller = new AbortController()
      controller.abort(new Error('enough'))
      const aborted = slots.create({ slot: 's', base: 'main', work: work('a'), signal: controller.signal })
      await expect(aborted).rejects.toThrow('enough')
      expect(temp.git('for-each-ref', 'refs/heads/lane')).toBe('')
      expect(await slots.list()).toEqual([])
    }))

  it('to be judged by a record that cannot be read', () =>
    withOpened(async ({ repository, slots }) => {
      await slots.create({ slot: 's', base: 'main', work: work('a') })
      for (const text of ['not json', '{"version":2}', '{"version":1,"state":"gone"}']) {
        writeFileSync(recordFile(repository, 's'), text)
        await expect(slots.get('s')).rejects.toMatchObject({ code: 'WS_GIT_SLOT_RECORD' })
        await expect(slots.list()).rejects.toMatchObject({ code: 'WS_GIT_SLOT_RECORD' })
      }
    }))
})
