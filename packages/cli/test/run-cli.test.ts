import { withTempDir, withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { exitCodes, runCli } from '../src/index.ts'
import { fakeTerminal } from './fake-terminal.ts'

async function cli(cwd: string, ...args: readonly string[]) {
  const { terminal, out, err } = fakeTerminal(cwd)
  const code = await runCli(args, terminal)
  return { code, out: out(), err: err() }
}

const plan =
  'workstreams: [{ id: docs, claims: [docs/**], tasks: [{ id: d, run: mkdir docs && echo 1 > docs/one }] }]\n'

describe('ws', () => {
  test('without a command it shows what there is', async () => {
    const { code, out } = await cli('.')
    expect(code).toBe(exitCodes.usage)
    expect(out).toContain('ws run plan.yaml')
    expect((await cli('.', '--help')).code).toBe(0)
  })

  test('an unknown command is refused with the nearest one', async () => {
    expect(await cli('.', 'stauts')).toEqual({
      code: exitCodes.usage,
      out: '',
      err: 'ws: there is no command "stauts"\n  did you mean "ws status"?\n',
    })
  })

  test('each command explains itself with an example and the exit codes', async () => {
    for (const name of [
      'run',
      'resume',
      'status',
      'cancel',
      'done',
      'retry',
      'release',
      'discard',
      'merge approve',
    ]) {
      const { code, out } = await cli('.', ...name.split(' '), '--help')
      expect(code).toBe(0)
      expect(out).toContain(`Usage: ws ${name}`)
      expect(out).toContain(`Example:\n  ws ${name}`)
      expect(out).toContain('130 interrupted')
    }
  })

  test('outside a repository it says so', () =>
    withTempDir(async (dir) => {
      const { code, err } = await cli(dir, 'status')
      expect(code).toBe(exitCodes.invalid)
      expect(err).toContain('not')
    }))

  test('a mistake in ws.yaml is named with its place, and nothing starts', () =>
    withTempRepository(async (repository) => {
      repository.write({ 'plan.yaml': plan, 'ws.yaml': 'version: 1\nchekcs:\n  lint: { run: true }\n' })
      const { code, err } = await cli(repository.path, 'run', 'plan.yaml')
      expect(code).toBe(exitCodes.invalid)
      expect(err).toContain('ws.yaml:2:1')
      expect(err).toContain('did you mean "checks"?')
      expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1)
    }))

  test('mistakes in all plans are named before any of them starts', () =>
    withTempRepository(async (repository) => {
      repository.write({ 'good.yaml': plan, 'bad.yaml': 'workstreams: [{ id: a, tsaks: [] }]\n' })
      const { code, err } = await cli(repository.path, 'run', 'good.yaml', 'bad.yaml', 'none.yaml')
      expect(code).toBe(exitCodes.invalid)
      expect(err).toContain('bad.yaml:1:')
      expect(err).toContain('none.yaml: there is no such file')
    }))

  test('a plan runs, its status is told, and a dry run starts nothing', () =>
    withTempRepository(async (repository) => {
      repository.commit('a plan', { 'plan.yaml': plan })
      expect((await cli(repository.path, 'status')).out).toBe('there is no run in this repository\n')
      const dry = await cli(repository.path, 'run', 'plan.yaml', '--dry-run')
      expect(dry.code).toBe(0)
      expect(dry.out).toContain('1. d (docs: command)')
      expect((await cli(repository.path, 'status')).out).toBe('there is no run in this repository\n')

      const done = await cli(repository.path, 'run', 'plan.yaml')
      expect(done.code).toBe(0)
      expect(done.out).toContain('COMPLETED, 1 of 1 workstreams completed')
      expect(repository.git('show', 'main:docs/one')).toBe('1')
      const status = await cli(repository.path, 'status', '--json')
      expect(JSON.parse(status.out)).toMatchObject({ status: 'COMPLETED', workstreams: [{ id: 'docs' }] })
      expect((await cli(repository.path, 'status')).out).toContain('docs')
      expect((await cli(repository.path, 'resume', 'nothing-like-it')).code).toBe(exitCodes.invalid)
    }))

  test('on a terminal a block with the progress is drawn over itself', () =>
    withTempRepository(async (repository) => {
      repository.commit('a plan', { 'plan.yaml': plan })
      const { terminal, out } = fakeTerminal(repository.path, { isLive: true })
      expect(await runCli(['run', 'plan.yaml'], terminal)).toBe(0)
      expect(out()).toContain('[####################] 1/1 tasks')
      expect(out()).toContain('\u001B[0J')
    }))
})
