import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteJournal } from '@ws/store'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { commands } from '../../src/commands/all-commands.ts'
import { exitCodes } from '../../src/index.ts'
import { cli, lastJson } from '../cli.ts'

const planOf = (name: string, run: string) =>
  JSON.stringify({ name, workstreams: [{ id: name, claims: [name], tasks: [{ id: name, run }] }] })

/** Runs that completed, failed, and wait for a person. */
const story = (tell: (repository: TempRepository, runs: readonly string[]) => Promise<void>) =>
  withTempRepository(async (repository) => {
    repository.commit('plans', {
      'good.json': planOf('good', 'echo 1 > good'),
      'bad.json': planOf('bad', 'exit 1'),
      'person.json': JSON.stringify({ workstreams: [{ id: 'p', tasks: [{ id: 'p', tool: 'person' }] }] }),
    })
    const { path } = repository
    const ends = { good: exitCodes.completed, bad: exitCodes.failed, person: exitCodes.needsPerson }
    for (const [name, code] of Object.entries(ends))
      expect((await cli(path, ['run', `${name}.json`])).code, name).toBe(code)
    const list = Listed.parse(lastJson(await cli(path, ['list', '--json'])))
    await tell(repository, list.runs.map(({ runId }) => runId).toReversed())
  })

const Listed = z.looseObject({ runs: z.array(z.looseObject({ runId: z.string() })) })

const answers = commands.find(({ name }) => name === 'archive')?.answers

test('ws archive takes out what completed, and nothing that somebody may still go on with', () =>
  story(async ({ path }, [good = '', bad = '', person = '']) => {
    const dry = await cli(path, ['archive', '--dry-run', '--json'])
    expect(answers?.safeParse(lastJson(dry)).error).toBeUndefined()
    expect(lastJson(dry)).toMatchObject({ isDry: true, isMoved: false, runs: [{ runId: good }] })
    expect((await cli(path, ['list'])).out).toContain(good)

    const done = await cli(path, ['archive', '--json'])
    expect(done.code, done.err).toBe(exitCodes.completed)
    expect(answers?.safeParse(lastJson(done)).error).toBeUndefined()
    expect(lastJson(done)).toMatchObject({
      isMoved: true,
      runs: [{ runId: good, status: 'COMPLETED' }],
    })
    const { out } = await cli(path, ['list'])
    expect(out).not.toContain(good)
    expect(out).toContain(bad)
    expect(out).toContain(person)
    // What it did is still told.
    expect((await cli(path, ['list', '--archived'])).out).toContain(good)
    expect((await cli(path, ['report', good])).out).toContain('COMPLETED')
    expect((await cli(path, ['status'])).out).toContain(person)
    expect((await cli(path, ['archive'])).out).toContain('no run is over and old enough')
    const reverted = await cli(path, ['merge', 'revert', 'good'])
    expect(reverted.code).toBe(exitCodes.invalid)
    expect(reverted.err).toMatch(/is archived[^]*ws merge add <branch>/)
  }))

test('the log is moved beside itself, reads go on seeing all of it, and runs go on as before', () =>
  story(async ({ path, git }, [, , person = '']) => {
    const file = join(path, '.git/ws/journal.db')
    const read = async () => {
      const journal = await openSqliteJournal({ path: file })
      const steps = []
      for await (const step of journal.read()) steps.push(step)
      await journal.close()
      return steps
    }
    const before = await read()
    expect((await cli(path, ['archive'])).out).toContain('archived: ')
    const parts = readdirSync(`${file}.archive`).filter((name) => name.endsWith('.db'))
    expect(parts).toHaveLength(1)
    expect((await read()).slice(0, before.length)).toEqual(before)
    // The run that waited is where it was, and a new one lands.
    const done = await cli(path, ['done', 'p', '--run', person])
    expect(done.code, done.err).toBe(exitCodes.completed)
    git('rm', '--quiet', 'good')
    git('commit', '--quiet', '--message', 'once more')
    expect((await cli(path, ['run', 'good.json'])).code).toBe(exitCodes.completed)
    expect(git('show', 'main:good')).toBe('1')
    expect((await cli(path, ['archive'])).code).toBe(exitCodes.completed)
    expect((await cli(path, ['health'])).code).toBe(exitCodes.completed)
  }))

test('a run that failed is archived by its name, one that has not ended is refused, and old is what is said', () =>
  story(async ({ path }, [, bad = '', person = '']) => {
    const refused = await cli(path, ['archive', person])
    expect(refused).toMatchObject({ code: exitCodes.invalid })
    expect(refused.err).toMatch(/it has not ended\n {2}wait for its end, or: ws cancel/)
    expect((await cli(path, ['archive', bad])).out).toContain(`archived: ${bad}, FAILED`)
    expect((await cli(path, ['archive', '--older-than', '30d'])).out).toContain('no run is over')
    expect(await cli(path, ['archive', '--older-than', 'long'])).toMatchObject({
      code: exitCodes.usage,
      err: expect.stringContaining('such as 30d'),
    })
    expect((await cli(path, ['archive', 'nothing'])).err).toContain('there is no run "nothing"')
  }))
