import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { runCommand } from '../../src/commands/run.ts'
import { exitCodes } from '../../src/index.ts'
import { cli, lastJson } from '../cli.ts'
import { withKeepingRepository } from '../keeping-repository.ts'

const plan = JSON.stringify({
  workstreams: [
    {
      id: 'WS-1',
      claims: ['one/**'],
      tasks: [{ id: 'a', label: 'first step', run: 'mkdir one && echo 1 > one/x' }],
    },
    {
      id: 'WS-2',
      claims: ['two/**'],
      tasks: [{ id: 'b', run: 'mkdir two && echo 2 > two/x', needs: ['a'] }],
    },
    { id: 'WS-3', claims: ['three/**'], tasks: [{ id: 'c', run: 'mkdir three && echo 3 > three/x' }] },
  ],
})

describe('ws run with prompts', () => {
  test('makes each a workstream of its own, and they land', () =>
    withKeepingRepository(async ({ path, git }) => {
      const said = await cli(path, ['run', 'Write the guide', 'Mend the login', '--json'])
      expect(said.code, said.err).toBe(exitCodes.completed)
      expect(runCommand.answers?.safeParse(lastJson(said)).error).toBeUndefined()
      expect(lastJson(said)).toMatchObject({
        status: 'COMPLETED',
        workstreams: [{ id: 'write-guide' }, { id: 'mend-login' }],
      })
      expect(git('show', 'main:kept-ritetheguide')).toBe('Write the guide')
    }))

  test('says what they may write, fits into 60 columns, and shows them dry', () =>
    withKeepingRepository(async ({ path }) => {
      const said = await cli(path, ['run', 'Write the guide', '--dry-run', '--tool', 'Keeper'], {
        columns: 60,
        isLive: true,
      })
      expect(said.code, said.err).toBe(exitCodes.completed)
      expect(said.err).toBe('write-guide: may write anything, beside others; ws new has --claims\n')
      expect(said.out).toContain('1. write-guide (write-guide: keeper)')
      for (const line of said.out.split('\n')) expect(line.length).toBeLessThanOrEqual(60)
      expect((await cli(path, ['status'])).out).toBe('there is no run in this repository\n')
    }))

  test('one word is a slug, and the refusal says how it is a prompt', () =>
    withKeepingRepository(async ({ path, git }) => {
      const slug = await cli(path, ['run', 'fix'])
      expect(slug.code).toBe(exitCodes.invalid)
      expect(slug.err).toContain('no active workstream is called "fix"')
      expect(slug.err).toContain('as a prompt: ws run --prompt fix\n')
      const prompt = await cli(path, ['run', '--prompt', 'fix'])
      expect(prompt.code, prompt.err).toBe(exitCodes.completed)
      expect(git('show', 'main:kept-fix')).toBe('fix')
      expect(await cli(path, ['run'])).toMatchObject({
        code: exitCodes.usage,
        err: 'ws: ws run expects <plan, "prompt" or slug…>\n  see: ws run --help\n',
      })
    }))

  test('a file that is not there is no prompt, and a tool that is not there is named', () =>
    withKeepingRepository(async ({ path }) => {
      const file = await cli(path, ['run', 'Fix it as in my plan.yaml'])
      expect(file.code).toBe(exitCodes.invalid)
      expect(file.err).toContain('there is no such file')
      expect(await cli(path, ['run', 'Fix it', '--tool', 'keepr'])).toMatchObject({
        code: exitCodes.usage,
        err: expect.stringContaining('there is no tool "keepr"\n  did you mean keeper?'),
      })
    }))
})

describe('ws run with a part of a plan', () => {
  test('runs only that, what it needs first, and what has landed is not done again', () =>
    withTempRepository(async (repository) => {
      const { path, git } = repository
      repository.commit('the plan', { 'plan.json': plan })
      const lacking = await cli(path, ['run', 'plan.json', '--only', 'WS-2'])
      expect(lacking.code).toBe(exitCodes.invalid)
      expect(lacking.err).toContain('needs "a"')
      const first = await cli(path, ['run', 'plan.json', '--only', 'WS-2', '--with-needs', '--json'])
      expect(first.code, first.err).toBe(exitCodes.completed)
      expect(lastJson(first)).toMatchObject({ workstreams: [{ id: 'WS-1' }, { id: 'WS-2' }] })
      expect(git('ls-tree', '--name-only', 'main').split('\n')).not.toContain('three')
      const again = await cli(path, ['run', 'plan.json', '--steps', 'b,c', '--dry-run'])
      expect(again.out, again.err).toContain('1. b (WS-2: command), c (WS-3: command)')
      const last = await cli(path, ['run', 'plan.json', '--steps', 'c', '--json'])
      expect(last.code, last.err).toBe(exitCodes.completed)
      expect(lastJson(last)).toMatchObject({ workstreams: [{ id: 'WS-3' }] })
    }))

  test('that no plan has is refused with the nearest name, before anything starts', () =>
    withTempRepository(async (repository) => {
      repository.commit('the plan', { 'plan.json': plan })
      const wrong = await cli(repository.path, ['run', 'plan.json', '--steps', 'first-step'])
      expect(wrong).toMatchObject({ code: exitCodes.invalid })
      expect(wrong.err).toContain('did you mean "first step"?')
      expect((await cli(repository.path, ['run', 'plan.json', '--mode', 'analyse'])).err).toBe(
        'ws: there is no mode "analyse"\n  did you mean analyze?\n',
      )
      expect((await cli(repository.path, ['run', 'some-slug', '--only', 'x'])).code).toBe(exitCodes.usage)
      expect((await cli(repository.path, ['status'])).out).toBe('there is no run in this repository\n')
    }))
})

test('ws run --mode analyze keeps the answers, and neither makes a branch nor lands anything', () =>
  withKeepingRepository(async ({ path, git }) => {
    const refs = git('for-each-ref', 'refs/heads')
    const said = await cli(path, ['run', 'Say what is wrong', '--mode', 'analyze', '--json'])
    expect(said.code, said.err).toBe(exitCodes.completed)
    expect(git('for-each-ref', 'refs/heads')).toBe(refs)
    const [id = ''] = /run_?[iI]d":"([^"]+)/.exec(said.out)?.slice(1) ?? []
    expect(existsSync(join(path, '.ws', 'runs', id, 'artifacts', 'say-what-is-wrong', 'answer.md'))).toBe(
      true,
    )
  }))

test('a second call for another part of the plan joins the run of the first', () =>
  withTempRepository(async (repository) => {
    const { path, folder } = repository
    const go = join(folder, 'go')
    const slow = `until [ -e '${go}' ]; do sleep 0.05; done`
    repository.commit('the plan', {
      'plan.json': JSON.stringify({
        workstreams: [
          { id: 'WS-1', claims: ['one'], tasks: [{ id: 'a', run: `${slow}; echo 1 > one` }] },
          { id: 'WS-2', claims: ['two'], tasks: [{ id: 'b', run: 'cp one two', needs: ['a'] }] },
        ],
      }),
    })
    const started = Promise.withResolvers<void>()
    const first = cli(path, ['run', 'plan.json', '--only', 'WS-1', '--json'], {
      err: () => {},
      out: (text) => {
        if (text.includes('"task.started"')) started.resolve()
      },
    })
    await started.promise
    const second = cli(path, ['run', 'plan.json', '--only', 'WS-2', '--json'])
    await expect
      .poll(async () => lastJson(await cli(path, ['status', '--json'])), { timeout: 60_000 })
      .toMatchObject({ workstreams: [{ id: 'WS-1' }, { id: 'WS-2' }] })
    writeFileSync(go, '')
    expect((await first).code).toBe(exitCodes.completed)
    const said = await second
    expect(said.code, said.err).toBe(exitCodes.completed)
    expect(lastJson(said)).toMatchObject({
      workstreams: [
        { id: 'WS-1', status: 'COMPLETED' },
        { id: 'WS-2', status: 'COMPLETED' },
      ],
    })
    expect(repository.git('show', 'main:two')).toBe('1')
    expect((await cli(path, ['list', '--json'])).out.match(/"runId"/g)).toHaveLength(1)
  }))
