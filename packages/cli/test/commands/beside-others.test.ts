import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { commands } from '../../src/commands/all-commands.ts'
import { exitCodes } from '../../src/index.ts'
import { cli, lastJson } from '../cli.ts'

const settings = 'checks:\n  sound: { run: test ! -e broken }\nmerge: { checks: [sound] }\n'

/** A repository with settings, and branches that somebody else has made. */
const story = (tell: (repository: TempRepository) => Promise<void>) =>
  withTempRepository(async (repository) => {
    repository.commit('settings', { 'ws.yaml': settings })
    for (const name of ['good', 'broken']) {
      repository.git('switch', '--quiet', '--create', name, 'main')
      repository.commit(name, { [name]: 'x' })
    }
    repository.git('switch', '--quiet', 'main')
    await tell(repository)
  })

const answerOf = (name: string) => commands.find((each) => each.name === name)?.answers

describe('ws merge add', () => {
  test('lands a branch that another tool has made, and turns down what does not pass', () =>
    story(async ({ path, git }) => {
      const added = await cli(path, ['merge', 'add', 'good', 'broken', '--json'])
      expect(added.code, added.err).toBe(exitCodes.failed)
      expect(answerOf('merge add')?.safeParse(lastJson(added)).error).toBeUndefined()
      expect(lastJson(added)).toMatchObject({
        entries: [
          { branch: 'good', state: 'MERGED' },
          { branch: 'broken', state: 'FAILED' },
        ],
      })
      expect(git('show', 'main:good')).toBe('x')
      const list = await cli(path, ['merge'])
      expect(list.out).toMatch(/broken +FAILED/)
      expect((await cli(path, ['merge', 'retry', 'brokn'])).err).toContain('did you mean broken?')
    }))

  test('waits for a person where that is asked for, and lands with ws merge approve', () =>
    story(async ({ path, git }) => {
      const held = await cli(path, ['merge', 'add', 'good', '--approve'])
      expect(held.code, held.err).toBe(exitCodes.needsPerson)
      expect(held.out).toContain('waits for approval')
      const approved = await cli(path, ['merge', 'approve', 'good', '--json'])
      expect(approved.code, approved.err).toBe(exitCodes.completed)
      expect(answerOf('merge approve')?.safeParse(lastJson(approved)).error).toBeUndefined()
      expect(git('show', 'main:good')).toBe('x')
    }))

  test('says which branch and which priority there is not', () =>
    story(async ({ path }) => {
      expect((await cli(path, ['merge', 'add', 'nothing'])).code).toBe(exitCodes.invalid)
      expect(await cli(path, ['merge', 'add', 'good', '--priority', 'hgih'])).toMatchObject({
        code: exitCodes.usage,
        err: 'ws: there is no priority "hgih"\n  there are high, medium, low\n',
      })
    }))
})

describe('ws adopt', () => {
  test('lands what is committed in a worktree, which stays its maker’s', () =>
    story(async ({ path, folder, git, gitIn }) => {
      const there = join(folder, 'feature')
      git('worktree', 'add', '--quiet', '-b', 'feature', there)
      writeFileSync(join(there, 'made'), 'by somebody\n')
      const dirty = await cli(path, ['adopt', there])
      expect(dirty.code).toBe(exitCodes.invalid)
      expect(dirty.err).toMatch(/holds changes that are not committed[^]*refs\/ws\/rescue\/adopted/)
      expect(readFileSync(join(there, 'made'), 'utf8')).toBe('by somebody\n')

      gitIn(there, 'add', '.')
      gitIn(there, 'commit', '--quiet', '--message', 'made')
      const adopted = await cli(path, ['adopt', '../feature', '--json'])
      expect(adopted.code, adopted.err).toBe(exitCodes.completed)
      expect(answerOf('adopt')?.safeParse(lastJson(adopted)).error).toBeUndefined()
      expect(git('show', 'main:made')).toBe('by somebody')
      expect(gitIn(there, 'status', '--porcelain', '--branch')).toBe('## feature')
    }))

  test('takes a branch as well', () =>
    story(async ({ path, git }) => {
      expect((await cli(path, ['adopt', 'good'])).code).toBe(exitCodes.completed)
      expect(git('show', 'main:good')).toBe('x')
    }))
})

const plan = JSON.stringify({
  workstreams: [
    { id: 'one', claims: ['one'], tasks: [{ id: 'a', run: 'echo 1 > one' }] },
    { id: 'two', claims: ['two'], tasks: [{ id: 'b', run: 'echo 1 > README.md' }] },
  ],
})

const afterRun = (tell: (repository: TempRepository) => Promise<void>) =>
  withTempRepository(async (repository) => {
    repository.commit('a plan', { 'plan.json': plan })
    expect((await cli(repository.path, ['run', 'plan.json'])).code).toBe(exitCodes.failed)
    await tell(repository)
  })

describe('ws gc --all', () => {
  test('shows everything of ours first, and then leaves nothing of it', () =>
    afterRun(async ({ path, folder, git }) => {
      const landed = git('rev-parse', 'main')
      const dry = await cli(path, ['gc', '--all', '--json'])
      expect(answerOf('gc')?.safeParse(lastJson(dry)).error).toBeUndefined()
      expect(existsSync(join(path, '.git/ws/journal.db'))).toBe(true)
      const gone = await cli(path, ['gc', '--all', '--apply'])
      expect(gone.code, gone.err).toBe(exitCodes.completed)
      expect(existsSync(join(path, '.git/ws'))).toBe(false)
      expect(existsSync(join(path, '.ws'))).toBe(false)
      expect(readdirSync(folder)).toEqual(['repository'])
      expect(git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main')
      expect(git('worktree', 'list').split('\n')).toHaveLength(1)
      expect(git('rev-parse', 'main')).toBe(landed)
      expect(git('status', '--porcelain')).toBe('')
      expect((await cli(path, ['status'])).out).toBe('there is no run in this repository\n')
    }))
})

describe('ws health', () => {
  test('finds what a crash left, and --fix mends it without losing anything', () =>
    afterRun(async ({ path, folder, git }) => {
      const [slot = ''] = readdirSync(join(folder, 'repository.ws'))
      rmSync(join(folder, 'repository.ws', slot), { recursive: true })
      mkdirSync(join(folder, 'repository.ws', 'left-over'))
      git('branch', 'lane/left', 'main')
      const found = await cli(path, ['health', '--json'])
      expect(found.code).toBe(exitCodes.failed)
      expect(answerOf('health')?.safeParse(lastJson(found)).error).toBeUndefined()
      expect(lastJson(found)).toMatchObject({
        isHealthy: false,
        troubles: expect.arrayContaining([
          expect.objectContaining({ kind: 'registration-without-directory', state: 'mendable' }),
        ]),
      })
      const narrow = await cli(path, ['health'], { columns: 60 })
      expect(narrow.out).toContain('ws health --fix mends it')
      const mended = await cli(path, ['health', '--fix'])
      expect(mended.out).toContain('mended')
      expect((await cli(path, ['health', '--fix'])).out).not.toContain('mends it')
      // What had been done there was kept before its folder went, and is beneath what is kept now.
      const kept = git('for-each-ref', '--format=%(refname)', 'refs/ws/rescue').split('\n')
      expect(git('log', '--full-history', '--format=%s', ...kept, '--', 'README.md')).toContain(
        'last state of two',
      )
      const newest = await cli(path, ['rescue', 'show', 'two'], { columns: 200 })
      expect(newest.out).toMatch(/kept there before: [0-9a-f]{12}, .*; ws rescue show two~1\n/)
      const older = await cli(path, ['rescue', 'show', 'two~1', '--json'])
      expect(answerOf('rescue show')?.safeParse(lastJson(older)).error).toBeUndefined()
      expect(lastJson(older)).toMatchObject({
        changes: expect.arrayContaining([expect.objectContaining({ path: 'README.md' })]),
      })
      expect((await cli(path, ['rescue', 'restore', 'two~1', '--branch', 'back'])).code).toBe(0)
      expect(git('show', 'back:README.md')).toBe('1')
      expect((await cli(path, ['rescue', 'show', 'two~9'])).err).toContain('there are two, two~1')
      expect((await cli(path, ['rescue', 'restore', 'two~1', '--folder', 'x'])).err).toContain(
        'comes back as a branch',
      )
    }))

  test('names a mistake in the settings, and a tool that is named and not there', () =>
    withTempRepository(async ({ path, write }) => {
      write({ 'ws.yaml': 'chekcs: {}\n' })
      const wrong = await cli(path, ['health'])
      expect(wrong.code).toBe(exitCodes.failed)
      expect(wrong.out).toContain('did you mean "checks"?')
      write({ 'ws.yaml': 'tools: { ours: { command: ./not-there } }\n' })
      expect((await cli(path, ['health'])).out).toContain('ours is missing')
    }))

  test('names a log that is not as it was written', () =>
    afterRun(async ({ path }) => {
      const file = join(path, '.git/ws/journal.db')
      const bytes = readFileSync(file)
      bytes.fill(7, bytes.length - 3_000, bytes.length - 2_000)
      writeFileSync(file, bytes)
      const broken = await cli(path, ['health'])
      expect(broken.code).toBe(exitCodes.failed)
      expect(broken.out).toContain('store:')
      expect(broken.out).toContain('ws restore')
    }))
})

describe('a quarantined workstream', () => {
  test('goes on when it is released, and what it did stays kept', () =>
    afterRun(async ({ path }) => {
      expect((await cli(path, ['release', 'tow'])).err).toContain('did you mean two?')
      const released = await cli(path, ['release', 'two', '--json'])
      expect(released.code, released.err).toBe(exitCodes.completed)
      expect(answerOf('release')?.safeParse(lastJson(released)).error).toBeUndefined()
      expect((await cli(path, ['rescue', 'list'])).out).toContain('two')
    }))

  test('is given up by discard, and what it did stays kept', () =>
    afterRun(async ({ path }) => {
      expect((await cli(path, ['discard', 'two'])).code).toBe(exitCodes.failed)
      expect((await cli(path, ['rescue', 'show', 'two'])).out).toContain('README.md')
    }))
})
