import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { PlanInput } from '@ws/core'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { createOrchestrator, type Orchestrator, type OrchestratorOptions } from '../../src/index.ts'

function story(
  tell: (story: { readonly ws: Orchestrator; readonly repository: TempRepository }) => Promise<void>,
  options: Partial<OrchestratorOptions> = {},
): Promise<void> {
  return withTempRepository(async (repository) => {
    const ws = await createOrchestrator({ repo: repository.path, concurrency: 1, ...options })
    try {
      await tell({ ws, repository })
    } finally {
      await ws.close()
    }
  })
}

/** Two workstreams, of which the second waits for the one slot. */
function two(first: string, second = 'mkdir b && echo b > b/b') {
  return {
    workstreams: [
      { id: 'a', claims: ['a/**'], tasks: [{ id: 'first', run: first, retries: 0, timeout: '60s' }] },
      { id: 'b', claims: ['b/**'], tasks: [{ id: 'second', run: second, retries: 0, timeout: '60s' }] },
    ],
  } satisfies PlanInput
}

const until = (condition: string) => `until ${condition}; do sleep 0.02; done`
const worktrees = ({ path }: TempRepository) => (existsSync(`${path}.ws`) ? readdirSync(`${path}.ws`) : [])
const ofB = (repository: TempRepository) => worktrees(repository).some((name) => name.startsWith('b-'))

describe('a worktree that is made ahead', () => {
  test('is there before its task has a slot', () =>
    story(async ({ ws, repository }) => {
      const run = await ws.run(two(until('ls ../b-*/README.md')))
      expect((await run.result).status).toBe('COMPLETED')
      expect(repository.git('show', 'refs/ws/landed/main:b/b')).toBe('b')
    }))

  test('has what the target has when its task begins', () =>
    story(async ({ ws, repository }) => {
      const git = `git -C '${repository.path}' -c user.name=Ada -c user.email=ada@localhost`
      const commit = `echo new > '${repository.path}/new' && ${git} add new && ${git} commit -qm new`
      const run = await ws.run(
        two(`${until('ls ../b-*/README.md')}; ${commit}`, 'mkdir b && cp new b/copied'),
      )
      expect((await run.result).status).toBe('COMPLETED')
      expect(repository.git('show', 'refs/ws/landed/main:b/copied')).toBe('new')
    }))

  test('is given up with its branch if its task never begins, and set up for nobody', () =>
    story(async ({ ws, repository }) => {
      const log = join(repository.folder, 'set-up')
      const line = `echo "$WS_WORKSTREAM" >> '${log}'`
      const run = await ws.run({ ...two('sleep 60'), setup: [line], teardown: [line] })
      while (!ofB(repository)) await pause(10)
      await run.cancel()
      expect((await run.result).status).toBe('CANCELLED')
      const branches = () => repository.git('for-each-ref', `refs/heads/lane/${run.id}/b`)
      while (ofB(repository) || branches() !== '') await pause(10)
      expect(readLines(log)).not.toContain('b')
    }))

  test('is used by the process that resumes the run', () =>
    withTempRepository(async (repository) => {
      const go = join(repository.folder, 'go')
      const first = await createOrchestrator({ repo: repository.path, concurrency: 1 })
      const { id } = await first.run(two(until(`[ -e '${go}' ]`)))
      while (!ofB(repository)) await pause(10)
      await first.close()
      writeFileSync(go, '')
      const second = await createOrchestrator({ repo: repository.path, concurrency: 1 })
      const { status } = await second.handle(id).result
      await second.close()
      expect(status).toBe('COMPLETED')
      expect(repository.git('show', 'refs/ws/landed/main:b/b')).toBe('b')
      expect(worktrees(repository)).toEqual([])
    }))

  test('is not made where none is asked for', () =>
    story(
      async ({ ws, repository }) => {
        const run = await ws.run(two('sleep 0.3; ls -d ../b-* && exit 1; true'))
        expect((await run.result).status).toBe('COMPLETED')
        expect(repository.git('show', 'refs/ws/landed/main:b/b')).toBe('b')
      },
      { worktreesAhead: 0 },
    ))
})

test('a task whose program has ended holds no slot while its work is judged', () =>
  story(async ({ ws, repository }) => {
    const flag = join(repository.folder, 'begun')
    const plan = two('mkdir a && echo a > a/a', `touch '${flag}' && mkdir b && echo b > b/b`)
    // What a did is judged by a command that waits for b, which waits for the one slot.
    const guardrails = { commands: [{ run: until(`[ -e '${flag}' ]`), timeout: '60s' }] }
    const workstreams = plan.workstreams.map((each, at) => (at === 0 ? { ...each, guardrails } : each))
    const run = await ws.run({ workstreams })
    expect((await run.result).status).toBe('COMPLETED')
  }))

function readLines(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
}
