import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { exitCodes, runCli } from '../../src/index.ts'
import { fakeTerminal } from '../fake-terminal.ts'

async function cli({ path }: TempRepository, ...args: readonly string[]) {
  const { terminal, out, err } = fakeTerminal(path)
  const code = await runCli(args, terminal)
  return { code, out: out(), err: err() }
}

/** What was printed last, as JSON. */
const resultOf = ({ out }: { readonly out: string }): unknown =>
  JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')

const story = (plan: object, tell: (repository: TempRepository) => Promise<void>): Promise<void> =>
  withTempRepository(async (repository) => {
    repository.commit('the plan', { 'plan.json': JSON.stringify(plan) })
    await tell(repository)
  })

const person = { workstreams: [{ id: 'ui', claims: ['ui/**'], tasks: [{ id: 'draw', tool: 'person' }] }] }

describe('a run that waits for somebody', () => {
  test('goes on when they say that their task is done', () =>
    story(person, async (repository) => {
      const waiting = await cli(repository, 'run', 'plan.json', '--json')
      expect(waiting.code).toBe(exitCodes.needsPerson)
      expect(resultOf(waiting)).toMatchObject({ status: 'PAUSED', reason: 'needs-person' })
      const worktrees = repository.git('worktree', 'list', '--porcelain')
      const worktree = /^worktree (.*ui.*)$/m.exec(worktrees)?.[1] ?? ''
      mkdirSync(join(worktree, 'ui'))
      writeFileSync(join(worktree, 'ui/one'), 'drawn\n')

      const done = await cli(repository, 'done', 'draw')
      expect(done.code, done.err).toBe(exitCodes.completed)
      expect(done.out).toContain('COMPLETED, 1 of 1 workstreams completed')
      expect(repository.git('show', 'main:ui/one')).toBe('drawn')
    }))

  test('is ended for good by a cancel, which is no failure, and then has nothing to cancel', () =>
    story(person, async (repository) => {
      await cli(repository, 'run', 'plan.json')
      expect(await cli(repository, 'cancel')).toMatchObject({ code: exitCodes.completed })
      const again = await cli(repository, 'cancel', '--json')
      expect(again.code).toBe(exitCodes.completed)
      expect(resultOf(again)).toMatchObject({ status: 'CANCELLED' })
    }))

  test('lands what was approved, also beforehand by --yes', () =>
    story(
      {
        merge: { approve: 'manual' },
        workstreams: [
          { id: 'api', claims: ['api/**'], tasks: [{ id: 'a', run: 'mkdir -p api && echo 1 >> api/one' }] },
        ],
      },
      async (repository) => {
        expect((await cli(repository, 'run', 'plan.json')).code).toBe(exitCodes.needsPerson)
        const approved = await cli(repository, 'merge', 'approve', 'api')
        expect(approved.code, approved.err).toBe(exitCodes.completed)
        expect(repository.git('show', 'main:api/one')).toBe('1')
        expect((await cli(repository, 'run', 'plan.json', '--yes')).code).toBe(exitCodes.completed)
      },
    ))
})

test('Ctrl-C keeps what was done, says how to go on, and a resume ends the run', () =>
  withTempRepository(async (repository) => {
    const go = join(repository.folder, 'go')
    const run = `until [ -e '${go}' ]; do sleep 0.05; done`
    repository.commit('the plan', {
      'plan.json': JSON.stringify({ workstreams: [{ id: 'slow', tasks: [{ id: 's', run }] }] }),
    })
    const heard = Promise.withResolvers<() => void>()
    const started = Promise.withResolvers<void>()
    const kept = fakeTerminal(repository.path)
    const running = runCli(['run', 'plan.json'], {
      ...kept.terminal,
      out: (text) => {
        kept.terminal.out(text)
        if (text.includes('"s" started')) started.resolve()
      },
      onInterrupt: (listener) => {
        heard.resolve(listener)
        return () => {}
      },
    })
    const interrupt = await heard.promise
    await started.promise
    interrupt()
    expect(await running).toBe(exitCodes.interrupted)
    const said = `${kept.out()}${kept.err()}`
    expect(said).toMatch(/1 attempt is interrupted[^]*ws resume \S+ goes on from here/)
    expect(said).not.toContain('fault')

    writeFileSync(go, '')
    const resumed = await cli(repository, 'resume')
    expect(resumed.code, resumed.err).toBe(exitCodes.completed)
  }))
