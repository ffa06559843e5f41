import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expireRescues } from '../../src/rescue/expire-rescues.ts'
import { listRescues, restoreRescue, showRescue } from '../../src/rescue/rescue.ts'
import { rescueRef } from '../../src/rescue/rescue-ref.ts'
import { withOpened, work } from '../opened.ts'

describe('a kept state', () => {
  it('is listed, shown and restored as a branch and as files', () =>
    withOpened(async ({ temp, repository, slots }) => {
      const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
      writeFileSync(join(path, 'new.txt'), 'new\n')
      const { ref, commit } = await slots.pin('s', { reason: 'a person asked' })
      expect(await listRescues(repository)).toMatchObject([
        {
          ref,
          commit,
          run: 'run1',
          workstream: 'a',
          attempt: 1,
          branch: 'refs/heads/lane/run1/a',
          reason: 'a person asked',
        },
      ])
      expect((await showRescue(repository, ref)).changes).toMatchObject([{ path: 'new.txt', kind: 'added' }])
      const folder = join(temp.folder, 'restored')
      await restoreRescue(repository, ref, { branch: 'again', folder })
      expect(readFileSync(join(folder, 'new.txt'), 'utf8')).toBe('new\n')
      expect(temp.git('rev-parse', 'again')).toBe(commit)
      await expect(restoreRescue(repository, ref, { folder })).rejects.toMatchObject({
        code: 'WS_GIT_PATH_TAKEN',
      })
    }))

  it('keeps an earlier state of the same attempt reachable', () =>
    withOpened(async ({ temp, slots }) => {
      const { path } = await slots.create({ slot: 's', base: 'main', work: work('a') })
      writeFileSync(join(path, 'a.txt'), 'first\n')
      const first = await slots.pin('s')
      writeFileSync(join(path, 'a.txt'), 'second\n')
      const second = await slots.pin('s')
      expect(second.ref).toBe(first.ref)
      expect(temp.git('rev-list', second.ref)).toContain(first.commit)
    }))

  it('goes only with proof of landing and after its time', () =>
    withOpened(async ({ repository, slots }) => {
      await slots.create({ slot: 's', base: 'main', work: work('a') })
      const { ref } = await slots.pin('s')
      const landedAt = () => 0
      expect(await expireRescues(repository, { landedAt: () => undefined, fix: true })).toEqual([])
      expect(await expireRescues(repository, { landedAt: () => repository.clock.now(), fix: true })).toEqual(
        [],
      )
      expect(await expireRescues(repository, { landedAt })).toMatchObject([{ ref }])
      expect(await listRescues(repository)).toHaveLength(1)
      await expireRescues(repository, { landedAt, fix: true })
      expect(await listRescues(repository)).toEqual([])
    }))

  it('has a name of its own, whatever run and workstream are called', () => {
    const names = [
      'a',
      'A b',
      'a/b',
      '-D',
      '..',
      'x.lock',
      '=41',
      'ä',
      'a'.repeat(300),
      `${'a'.repeat(299)}b`,
    ]
    const refs = names.map((workstream) => rescueRef({ run: 'r', workstream, attempt: 1 }))
    expect(new Set(refs).size).toBe(names.length)
    expect(refs[0]).toBe('refs/ws/rescue/r/a/1')
  })
})
