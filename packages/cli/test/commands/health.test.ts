// Each trouble is made for real: named with what to do, mended on demand without a loss, and gone afterwards.
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { openRepository, type Repository, type SlotRecord, Slots } from '@ws/git'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { exitCodes } from '../../src/index.ts'
import { cli, lastJson } from '../cli.ts'

interface Made {
  readonly temp: TempRepository
  readonly repository: Repository
  readonly slots: Slots
  /** A worktree of the workstream "work" with a file that nobody has committed. */
  readonly slot: SlotRecord
}

const kept = 'refs/ws/rescue/run1/work/1'

/** A repository in which something has gone wrong. Nothing of ours is open in it afterwards. */
const trouble = (cause: (made: Made) => Promise<void>, tell: (temp: TempRepository) => Promise<void>) =>
  withTempRepository(async (temp) => {
    const repository = await openRepository(temp.path, { env: { ...process.env, HOME: temp.folder } })
    try {
      const slots = new Slots(repository)
      const work = { run: 'run1', workstream: 'work', attempt: 1 }
      const slot = await slots.create({ slot: 's', base: 'main', work })
      writeFileSync(join(slot.path, 'mine.txt'), 'mine\n')
      await cause({ temp, repository, slots, slot })
    } finally {
      await repository.close()
    }
    await tell(temp)
  })

const recordFile = ({ facts }: Repository, slot: string) => join(facts.wsDir, 'slots', `${slot}.json`)

/** Looks, mends, and looks again. */
async function mends({ path }: TempRepository, kind: string): Promise<void> {
  const found = await cli(path, ['health', '--json'])
  expect(found.code).toBe(exitCodes.failed)
  expect(lastJson(found)).toMatchObject({
    isHealthy: false,
    troubles: expect.arrayContaining([
      expect.objectContaining({ area: 'worktrees', kind, state: 'mendable' }),
    ]),
  })
  expect((await cli(path, ['health'])).out).toContain('→ ws health --fix mends it')
  const mended = await cli(path, ['health', '--fix', '--json'])
  expect(mended.code, mended.out).toBe(exitCodes.completed)
  expect(lastJson(mended)).toMatchObject({
    isHealthy: true,
    troubles: expect.arrayContaining([expect.objectContaining({ kind, state: 'mended' })]),
  })
  const after = await cli(path, ['health'])
  expect(after).toMatchObject({ code: exitCodes.completed })
  expect(after.out).toContain('all is well')
  expect(after.out).not.toContain('→')
}

/** The number of a process that has ended. */
const deadPid = () => spawnSync('git', ['--version']).pid

describe('ws health --fix', () => {
  test('takes back a slot that was being made when its process ended, and keeps what somebody put there', () =>
    trouble(
      async ({ repository, slot }) => {
        const half = { ...slot, state: 'making', maker: slot.maker.replace(/\S+$/, '1') }
        writeFileSync(recordFile(repository, 's'), JSON.stringify(half))
      },
      async (temp) => {
        await mends(temp, 'unfinished-slot')
        expect(temp.git('show', `${kept}:mine.txt`)).toBe('mine')
      },
    ))

  test('finishes a removal that was interrupted, whose state stays kept', () =>
    trouble(
      async ({ repository, slots }) => {
        const text = readFileSync(recordFile(repository, 's'), 'utf8')
        await slots.remove('s')
        writeFileSync(recordFile(repository, 's'), text)
      },
      async (temp) => {
        await mends(temp, 'unfinished-removal')
        expect(temp.git('show', `${kept}:mine.txt`)).toBe('mine')
      },
    ))

  test('takes away a folder that the repository has forgotten, and keeps its files', () =>
    trouble(
      async ({ temp }) => rmSync(join(temp.path, '.git/worktrees/s'), { recursive: true }),
      async (temp) => {
        await mends(temp, 'directory-without-registration')
        expect(temp.git('show', `${kept}:mine.txt`)).toBe('mine')
      },
    ))

  test('forgets a worktree whose folder is gone, and keeps its commits', () =>
    trouble(
      async ({ temp, slot }) => {
        temp.gitIn(slot.path, 'add', '.')
        temp.gitIn(slot.path, 'commit', '--quiet', '--message', 'only here')
        rmSync(slot.path, { recursive: true })
      },
      async (temp) => {
        expect(temp.git('worktree', 'list', '--porcelain')).toMatch(/^locked in use by ws$/m)
        await mends(temp, 'registration-without-directory')
        expect(temp.git('worktree', 'list').split('\n')).toHaveLength(1)
        expect(temp.git('show', `${kept}:mine.txt`)).toBe('mine')
      },
    ))

  test('takes back a branch that was made for a slot and never used, and no other', () =>
    trouble(
      async ({ temp, slots }) => {
        const work = { run: 'run1', workstream: 'next', attempt: 1 }
        await slots.recycle('s', { base: 'main', work })
        await slots.remove('s')
        await slots.purgeTrash()
        temp.git('branch', 'lane/of-a-person')
      },
      async (temp) => {
        expect(temp.git('branch', '--format=%(refname:short)')).toContain('lane/run1/')
        await mends(temp, 'branch-without-owner')
        expect(temp.git('branch', '--format=%(refname:short)').split('\n')).toContain('lane/of-a-person')
        expect(temp.git('show', `${kept}:mine.txt`)).toBe('mine')
      },
    ))

  test('deletes throwaway objects of a process that has ended', () =>
    trouble(
      async ({ repository }) => {
        const left = join(repository.facts.wsDir, 'git', `preview-${deadPid()}-1`)
        mkdirSync(left, { recursive: true })
        writeFileSync(join(left, 'object'), 'x')
      },
      async (temp) => {
        await mends(temp, 'leftover-file')
        expect(readFileSync(join(temp.folder, 'repository.ws/s/mine.txt'), 'utf8')).toBe('mine\n')
      },
    ))

  test('removes a lock file of git that is proven to be nobody’s', { timeout: 60_000 }, ({ skip }) =>
    trouble(
      async ({ temp }) => closeSync(openSync(join(temp.path, '.git/index.lock'), 'wx')),
      async (temp) => {
        skip(process.platform !== 'linux', 'only Linux tells whose a lock file is not')
        // A git that began within the same second, or of which nothing can be told, might have made it.
        const isProven = async () =>
          (await cli(temp.path, ['health'], { columns: 200 })).out.includes('its owner is gone')
        let looks = 30
        while (looks > 0 && !(await isProven())) looks -= 1
        skip(looks === 0, 'a git that may have made the lock file lives on this machine')
        await mends(temp, 'stale-lock-file')
        expect(existsSync(join(temp.path, '.git/index.lock'))).toBe(false)
        temp.commit('git works again', { 'after.txt': 'x' })
      },
    ),
  )

  test('leaves a lock file alone that somebody holds, and says what to do', () =>
    trouble(
      async () => {},
      async ({ path }) => {
        const lock = join(path, '.git/packed-refs.lock')
        const held = openSync(lock, 'wx')
        try {
          const said = await cli(path, ['health', '--fix'], { columns: 200 })
          expect(existsSync(lock), 'the lock of a living process').toBe(true)
          expect(said.code).toBe(exitCodes.failed)
          expect(said.out).toMatch(/packed-refs\.lock is held[^]*→ wait for the git that holds it/)
        } finally {
          closeSync(held)
        }
      },
    ))

  test('leaves a worktree alone that was tied elsewhere; what it says to do keeps its files', () =>
    trouble(
      async ({ temp, slot }) => {
        temp.gitIn(temp.folder, 'init', '--quiet', 'other')
        writeFileSync(join(slot.path, '.git'), `gitdir: ${join(temp.folder, 'other/.git')}\n`)
      },
      async (temp) => {
        const { path, folder } = temp
        const said = await cli(path, ['health', '--fix'], { columns: 200 })
        expect(said.code).toBe(exitCodes.failed)
        expect(said.out).toContain('is no longer tied to its repository')
        expect(said.out).toContain('→ ws worktrees remove s gives it up')
        expect(readFileSync(join(folder, 'repository.ws/s/mine.txt'), 'utf8')).toBe('mine\n')
        const removed = await cli(path, ['worktrees', 'remove', 's'])
        expect(removed.code, removed.err).toBe(exitCodes.completed)
        expect(temp.git('show', `${kept}:mine.txt`)).toBe('mine')
        expect((await cli(path, ['health', '--fix'])).code).toBe(exitCodes.completed)
        expect((await cli(path, ['health'])).out).toContain('all is well')
      },
    ))

  test('leaves a folder alone that never was ours', () =>
    trouble(
      async ({ slots }) => mkdirSync(join(slots.root, 'theirs')),
      async ({ path, folder }) => {
        const said = await cli(path, ['health', '--fix'], { columns: 200 })
        expect(said.code).toBe(exitCodes.failed)
        expect(said.out).toMatch(/theirs lies among the worktrees[^]*→ move it elsewhere/)
        expect(statSync(join(folder, 'repository.ws/theirs')).isDirectory()).toBe(true)
      },
    ))

  test('mends nothing beside a process that leads, and says who that is', () =>
    trouble(
      async () => {},
      async ({ path }) => {
        const repository = await openRepository(path)
        try {
          const answer = await repository.lead({ what: 'orchestrator' })
          const said = await cli(path, ['health', '--fix'])
          expect(said.code).toBe(exitCodes.ledElsewhere)
          expect(said.err).toContain(`process ${process.pid}`)
          expect((await cli(path, ['health'])).code).toBe(exitCodes.completed)
          if (answer.isLeader) await answer.leadership.close()
        } finally {
          await repository.close()
        }
      },
    ))
})
