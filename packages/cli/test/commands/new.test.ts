import { describe, expect, test } from 'vitest'
import { newCommand } from '../../src/commands/new.ts'
import { runAllCommand } from '../../src/commands/run-all.ts'
import { discardCommand } from '../../src/commands/discard.ts'
import { exitCodes } from '../../src/index.ts'
import { cli, lastJson } from '../cli.ts'
import { withKeepingRepository } from '../keeping-repository.ts'

/** The words of a line as a shell has them, without the `ws`. */
const words = (line: string) =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '').slice(1)

describe('ws new', () => {
  test('keeps what its example says, ws run runs it by its slug, and ws run-all the rest', () =>
    withKeepingRepository(async ({ path, git }) => {
      const kept = await cli(path, words(newCommand.example.line))
      expect(kept).toMatchObject({ code: 0, out: 'workstream "login" is kept; ws run login runs it\n' })
      const json = await cli(path, [
        ...['new', 'after', '--prompt', 'And then this', '--needs', 'login', '--priority', '0'],
        ...['--claims', 'src/{a,b}/**, kept-*', '--tool', 'keeper', '--json'],
      ])
      expect(json.code, json.err).toBe(exitCodes.completed)
      expect(newCommand.answers?.safeParse(lastJson(json)).error).toBeUndefined()
      expect(lastJson(json)).toMatchObject({
        status: 'PENDING',
        plan: { workstreams: [{ id: 'after', claims: ['src/{a,b}/**', 'kept-*'], needs: ['login'] }] },
      })

      const lacking = await cli(path, ['run', 'after'])
      expect(lacking).toMatchObject({ code: exitCodes.invalid })
      expect(lacking.err).toContain('needs "login", which is PENDING')
      const listed = await cli(path, ['list', '--active'])
      expect(listed.out).toMatch(
        /no run fits\n\nworkstreams of ws new:\n +login +PENDING .* ws run login\n +after +PENDING/,
      )
      expect(lastJson(await cli(path, ['list', '--active', '--json']))).toMatchObject({
        workstreams: [{ slug: 'login', status: 'PENDING' }, { slug: 'after' }],
      })
      const run = await cli(path, ['run', 'lo*'])
      expect(run.code, run.err).toBe(exitCodes.completed)
      expect((await cli(path, ['run', 'login'])).err).toContain('workstream "login" is COMPLETED')
      const rest = await cli(path, [...words(runAllCommand.example.line), '--json'])
      expect(rest.code, rest.err).toBe(exitCodes.completed)
      expect(runAllCommand.answers?.safeParse(lastJson(rest)).error).toBeUndefined()
      expect(git('show', 'main:kept-ndthenthis')).toBe('And then this')
      const nothing = await cli(path, ['run-all', '--json'])
      expect(runAllCommand.answers?.safeParse(lastJson(nothing)).error).toBeUndefined()
      expect(lastJson(nothing)).toMatchObject({ type: 'nothing-to-run', left: [] })
    }))

  test('what is in quarantine is not begun anew, and what needs it waits until it is released', () =>
    withKeepingRepository(async ({ path }) => {
      await cli(path, ['new', 'login', '--prompt', 'spoil it', '--claims', 'src/**'])
      await cli(path, ['new', 'after', '--prompt', 'And then', '--claims', 'kept-*', '--needs', 'login'])
      const run = await cli(path, ['run', 'login'])
      expect(run.code, run.err).toBe(exitCodes.failed)
      expect((await cli(path, ['run', 'login'])).err).toContain('"login" is QUARANTINED in run')
      const all = await cli(path, ['run-all'])
      expect(all).toMatchObject({ code: 0, out: 'no workstream waits to be run; ws new makes one\n' })
      expect(all.err).toContain('after needs "login", which is QUARANTINED')
      expect((await cli(path, ['release', 'login'])).code).toBe(exitCodes.completed)
      expect((await cli(path, ['run-all'])).out).toMatch(/after +COMPLETED/)
    }))

  test('keeps a plan as it is now', () =>
    withKeepingRepository(async (repository) => {
      const plan = (text: string) => ({
        'plan.json': JSON.stringify({
          workstreams: [{ id: 'one', claims: ['one'], tasks: [{ id: 'o', run: `echo ${text} > one` }] }],
        }),
      })
      repository.commit('a plan', plan('before'))
      expect((await cli(repository.path, ['new', 'mine', '--plan', 'plan.json'])).code).toBe(0)
      repository.commit('another', plan('after'))
      const run = await cli(repository.path, ['run', 'mine'])
      expect(run.code, run.err).toBe(exitCodes.completed)
      expect(repository.git('show', 'main:one')).toBe('before')
    }))

  test('says what would be right, and keeps nothing', () =>
    withKeepingRepository(async ({ path }) => {
      await cli(path, ['new', 'docs', '--prompt', 'Write'])
      const wrong: readonly (readonly [args: readonly string[], code: number, says: string])[] = [
        [['x'], 2, 'ws new expects a prompt or a plan'],
        [['x', '--prompt', 'p', '--plan', 'f.yaml'], 2, 'ws new expects a prompt or a plan'],
        [['a b', '--prompt', 'p'], 2, '"a b" is no slug'],
        [['x', '--prompt', 'p', '--priority', 'hihg'], 2, 'did you mean high?'],
        [['x', '--prompt', 'p', '--needs', 'dosc'], 3, 'did you mean docs?'],
        [['x', '--prompt', 'p', '--tool', 'keepr'], 3, 'did you mean "keeper"?'],
        [['x', '--prompt', 'p', '--claims', '/etc/**'], 3, '/etc/**'],
        [['x', '--plan', 'none.yaml'], 3, 'there is no such file'],
        [['x', '--plan', 'none.yaml', '--claims', 'a'], 2, '--claims is said of a prompt'],
        [['docs', '--prompt', 'p'], 3, 'there is a workstream "docs" already: it is PENDING'],
      ]
      for (const [args, code, says] of wrong) {
        const said = await cli(path, ['new', ...args])
        expect(said.err).toContain(says)
        expect(said.code, said.err).toBe(code)
      }
      const unknown = await cli(path, ['run', 'docs', 'dcos'])
      expect(unknown).toMatchObject({
        code: exitCodes.invalid,
        err: 'ws: no active workstream is called "dcos"; did you mean "docs"?\n  active are docs; as a prompt: ws run --prompt dcos\n',
      })
      expect((await cli(path, ['run', 'none-*'])).err).not.toContain('as a prompt')
      const status = await cli(path, ['status'])
      expect(status.out, status.err).toBe('there is no run in this repository\n')
    }))

  test('what nothing has begun is given up with ws discard', () =>
    withKeepingRepository(async ({ path }) => {
      await cli(path, ['new', 'docs', '--prompt', 'Write'])
      const gone = await cli(path, ['discard', 'docs', '--json'])
      expect(gone.code, gone.err).toBe(exitCodes.completed)
      expect(discardCommand.answers?.safeParse(lastJson(gone)).error).toBeUndefined()
      expect((await cli(path, ['run', 'docs'])).err).toContain('workstream "docs" is CANCELLED')
      expect((await cli(path, ['new', 'docs', '--prompt', 'Again'])).code).toBe(exitCodes.completed)
    }))
})
