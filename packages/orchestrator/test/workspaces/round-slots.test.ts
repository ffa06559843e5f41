import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openRepository, type SlotRecord, Slots } from '@ws/git'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { RoundSlots, type SlotRequest } from '../../src/workspaces/round-slots.ts'

interface Story {
  readonly repository: TempRepository
  readonly rounds: RoundSlots
  readonly of: SlotRequest
}

const story = (tell: (story: Story) => Promise<void>) =>
  withTempRepository(async (repository) => {
    await using opened = await openRepository(repository.path)
    const slots = new Slots(opened)
    await tell({ repository, rounds: new RoundSlots(opened, slots), of: request(1) })
    await slots.purgeTrash()
  })

function request(attempt: number): SlotRequest {
  const signal = new AbortController().signal
  const of = { runId: 'run', workstreamId: 'a', round: 1, attempt }
  return { ...of, target: 'main', inputs: [], workstream: {}, signal }
}

async function slotOf(begun: ReturnType<RoundSlots['begin']>): Promise<SlotRecord & { isFirst: boolean }> {
  const found = await begun
  if ('conflicts' in found) throw new Error('it does not merge')
  return { ...found.slot, isFirst: found.isFirst }
}

describe('the slot of a round', () => {
  test('that was made ahead is where its first attempt begins, and the next one goes on', () =>
    story(async ({ repository, rounds, of }) => {
      await rounds.prepare(of)
      const made = await rounds.find(of)
      const base = repository.commit('more', { 'new.txt': 'new\n' })
      const first = await slotOf(rounds.begin(of))
      expect(first).toMatchObject({ path: made?.path, base, isFirst: true, work: { attempt: 1 } })
      expect(await slotOf(rounds.begin(request(2)))).toMatchObject({ base, isFirst: false })
    }))

  test('is made once, however often it is prepared, and waited for by who begins there meanwhile', () =>
    story(async ({ rounds, of }) => {
      const both = await Promise.allSettled([rounds.prepare(of), rounds.begin(of)])
      expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
      const begun = await rounds.find(of)
      await rounds.prepare(of)
      expect(begun).toMatchObject({ work: { attempt: 1 } })
      expect(await rounds.find(of)).toEqual(begun)
    }))

  test('in which somebody has worked before its first attempt is kept, and made anew', () =>
    story(async ({ repository, rounds, of }) => {
      await rounds.prepare(of)
      const { path = '', branch } = (await rounds.find(of)) ?? {}
      writeFileSync(join(path, 'mine.txt'), 'mine\n')
      repository.gitIn(path, 'add', 'mine.txt')
      repository.gitIn(path, 'commit', '--quiet', '-m', 'mine')
      writeFileSync(join(path, 'README.md'), 'changed\n')
      expect(await slotOf(rounds.begin(of))).toMatchObject({ path, branch, isFirst: true })
      expect(existsSync(join(path, 'mine.txt'))).toBe(false)
      expect(readFileSync(join(path, 'README.md'), 'utf8')).toBe('hello\n')
      const kept = (file: string) => repository.git('show', `refs/ws/rescue/run/a/0:${file}`)
      expect([kept('mine.txt'), kept('README.md')]).toEqual(['mine', 'changed'])
    }))

  test('that cannot be prepared is made when it is needed, which says why it cannot be', () =>
    story(async ({ repository, rounds, of }) => {
      repository.git('branch', 'lane/run/a')
      await expect(rounds.prepare(of)).rejects.toMatchObject({ code: 'WS_GIT_BRANCH_EXISTS' })
      await expect(rounds.begin(of)).rejects.toMatchObject({ code: 'WS_GIT_BRANCH_EXISTS' })
    }))
})
