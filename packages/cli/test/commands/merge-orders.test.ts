import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openRepository } from '@ws/git'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { commands } from '../../src/commands/all-commands.ts'
import { exitCodes } from '../../src/index.ts'
import { cli, lastJson } from '../cli.ts'

const settings = 'checks:\n  sound: { run: test ! -e broken }\nmerge: { checks: [sound] }\n'

/** A repository with settings, and branches that somebody else has made. */
const story = (tell: (repository: TempRepository) => Promise<void>) =>
  withTempRepository(async (repository) => {
    const go = join(repository.folder, 'go')
    const tasks = [{ id: 's', run: `until [ -e '${go}' ]; do sleep 0.05; done; echo 1 > slow` }]
    repository.commit('settings', {
      'ws.yaml': settings,
      'plan.json': JSON.stringify({ workstreams: [{ id: 'slow', claims: ['slow'], tasks }] }),
    })
    for (const name of ['one', 'two']) {
      repository.git('switch', '--quiet', '--create', name, 'main')
      repository.commit(name, { [name]: 'x' })
    }
    repository.git('switch', '--quiet', 'main')
    await tell(repository)
  })

/** The same while another process leads: a run whose task goes on until it is let go. */
const whileLed = (tell: (repository: TempRepository) => Promise<void>) =>
  story(async (repository) => {
    const started = Promise.withResolvers<void>()
    const running = cli(repository.path, ['run', 'plan.json'], {
      out: (text) => {
        if (text.includes('"s" started')) started.resolve()
      },
    })
    try {
      await started.promise
      await tell(repository)
    } finally {
      writeFileSync(join(repository.folder, 'go'), '')
      expect((await running).code).toBe(exitCodes.completed)
    }
    expect(repository.git('show', 'main:slow')).toBe('1')
  })

/** Gives an order, whose answer has to fit its schema. */
async function order({ path }: TempRepository, ...args: readonly string[]) {
  const said = await cli(path, ['merge', ...args, '--json'])
  const command = commands.find(({ name }) => name === `merge ${args[0]}`)
  expect(command?.answers?.safeParse(lastJson(said)).error, said.out + said.err).toBeUndefined()
  return { code: said.code, answer: lastJson(said) }
}

const done = (...entries: readonly object[]) => ({
  code: exitCodes.completed,
  answer: expect.objectContaining({ entries }),
})
const entry = (branch: string, state: string) => expect.objectContaining({ branch, state })

describe.each([
  ['where nobody leads', story],
  ['while another process leads', whileLed],
] as const)('the queue, %s,', (_where, tellStory) => {
  test('lands nothing on a frozen branch until it is thawed', () =>
    tellStory(async (repository) => {
      const { path, git } = repository
      const before = git('rev-parse', 'main')
      expect(await order(repository, 'freeze', 'main', '--because', 'release')).toEqual(done())
      expect((await cli(path, ['merge', 'list'])).out).toContain('nothing lands on main: frozen: release')
      const held = await order(repository, 'add', 'one')
      expect(held.answer).toMatchObject({
        entries: [{ state: 'QUEUED', text: expect.stringContaining('release') }],
      })
      expect(git('rev-parse', 'main')).toBe(before)
      expect((await order(repository, 'thaw', 'main')).code).toBe(exitCodes.completed)
      expect(await order(repository, 'add', 'one')).toEqual(done(entry('one', 'MERGED')))
      expect(git('show', 'refs/ws/landed/main:one')).toBe('x')
    }))

  test('takes out again what has landed, by an entry that is checked like any other', () =>
    tellStory(async (repository) => {
      expect(await order(repository, 'add', 'one')).toEqual(done(entry('one', 'MERGED')))
      expect(repository.git('ls-tree', '--name-only', 'refs/ws/landed/main')).toContain('one')
      expect(await order(repository, 'revert', 'one')).toEqual(done(entry('one', 'MERGED')))
      expect(repository.git('ls-tree', '--name-only', 'refs/ws/landed/main').split('\n')).not.toContain('one')
      expect((await cli(repository.path, ['merge', 'revert', 'two'])).code).toBe(exitCodes.invalid)
    }))

  test('is paused and goes on, and its entries are put first or taken out', () =>
    tellStory(async (repository) => {
      const { path } = repository
      expect(await order(repository, 'pause')).toEqual(done())
      await order(repository, 'add', 'one', 'two', '--later')
      expect(await order(repository, 'jump', 'two', '--later')).toEqual(done(entry('two', 'QUEUED')))
      expect((await cli(path, ['merge', 'list'])).out).toMatch(/1 +two +QUEUED[^]*2 +one +QUEUED[^]*paused/)
      expect(await order(repository, 'remove', 'one', '--later')).toEqual(done(entry('one', 'CANCELLED')))
      expect((await order(repository, 'resume')).code).toBe(exitCodes.completed)
      expect(await order(repository, 'add', 'two')).toEqual(done(entry('two', 'MERGED')))
      expect(await order(repository, 'retry', 'one')).toEqual(done(entry('one', 'MERGED')))
    }))

  test('brings the checkout forward once what is in the way is committed, and says what that is', () =>
    tellStory(async (repository) => {
      const { path, git } = repository
      // The branch wants to bring this file, which is there and not committed.
      repository.write({ one: 'mine' })
      await order(repository, 'add', 'one')
      const held = await cli(path, ['sync'], { columns: 200 })
      expect(held.code, held.out + held.err).toBe(exitCodes.needsPerson)
      expect(held.out).toMatch(/^1 landing waits for one in .*: commit it, then ws sync$/m)
      rmSync(join(path, 'one'))
      const done = await cli(path, ['sync', '--json'])
      expect(done.code, done.out + done.err).toBe(exitCodes.completed)
      expect(git('show', 'main:one')).toBe('x')
    }))

  test('says what would be right where a name is wrong', () =>
    tellStory(async ({ path }) => {
      expect(await cli(path, ['merge', 'freeze', 'mian'])).toMatchObject({
        code: exitCodes.invalid,
        err: 'ws: there is no branch "mian"\n  did you mean main?\n',
      })
      await cli(path, ['merge', 'add', 'one'])
      expect(await cli(path, ['merge', 'revert', 'oen'])).toMatchObject({
        code: exitCodes.invalid,
        err: 'ws: there is no entry "oen" in the queue\n  did you mean one?\n',
      })
    }))
})

test('a workstream of a run is taken out again by its name', () =>
  story(async (repository) => {
    writeFileSync(join(repository.folder, 'go'), '')
    expect((await cli(repository.path, ['run', 'plan.json'])).code).toBe(exitCodes.completed)
    expect(repository.git('show', 'main:slow')).toBe('1')
    const reverted = await order(repository, 'revert', 'slow')
    expect(reverted.code, JSON.stringify(reverted.answer)).toBe(exitCodes.completed)
    expect(repository.git('ls-tree', '--name-only', 'main').split('\n')).not.toContain('slow')
  }))

test('a run lands what has waited in the queue, and what waits for a person there is in nobody’s way', () =>
  story(async (repository) => {
    writeFileSync(join(repository.folder, 'go'), '')
    expect((await order(repository, 'add', 'one', '--approve')).code).toBe(exitCodes.needsPerson)
    await order(repository, 'add', 'two', '--later')
    const run = await cli(repository.path, ['run', 'plan.json'])
    expect(run.code, run.out + run.err).toBe(exitCodes.completed)
    expect((await order(repository, 'add', 'two')).answer).toMatchObject({
      entries: expect.arrayContaining([entry('two', 'MERGED')]),
    })
    expect(await order(repository, 'approve', 'one')).toEqual(done(entry('one', 'MERGED')))
  }))

test('while a run waits for a person, other branches are queued, and who lands the run is said', () =>
  withTempRepository(async (repository) => {
    const tasks = [{ id: 'a', run: 'echo 1 > api' }]
    repository.commit('settings', {
      'ws.yaml': settings,
      'plan.json': JSON.stringify({
        merge: { approve: 'manual' },
        workstreams: [{ id: 'api', claims: ['api'], tasks }],
      }),
    })
    repository.git('branch', 'one')
    expect((await cli(repository.path, ['run', 'plan.json'])).code).toBe(exitCodes.needsPerson)
    expect((await order(repository, 'pause')).code).toBe(exitCodes.completed)
    expect((await order(repository, 'resume')).code).toBe(exitCodes.completed)
    const added = await cli(repository.path, ['merge', 'add', 'one'])
    expect(added.code).toBe(exitCodes.needsPerson)
    expect(added.err).toMatch(/run \S+ has landings of its own in the queue; ws resume lands all of them/)
    expect((await cli(repository.path, ['merge', 'approve', 'api'])).code).toBe(exitCodes.completed)
  }))

test('a process that lets nobody in is named, with what to do', () =>
  story(async ({ path }) => {
    const repository = await openRepository(path)
    try {
      const answer = await repository.lead({ what: 'merge queue' })
      const refused = await cli(path, ['merge', 'pause'])
      expect(refused.code).toBe(exitCodes.ledElsewhere)
      expect(refused.err).toMatch(
        /another process leads this repository: process \d+[^]*wait until it has ended/,
      )
      if (answer.isLeader) await answer.leadership.close()
    } finally {
      await repository.close()
    }
  }))
