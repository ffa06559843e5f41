import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exitCodes } from '@ws/cli'
import type { PlanInput } from '@ws/core'
import { fakeAgent, type TempRepository, withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { resultOf, ws } from './ws.ts'

function story(plan: PlanInput, tell: (repository: TempRepository) => Promise<void>): Promise<void> {
  return withTempRepository(async (repository) => {
    repository.commit('the plan', { 'plan.json': JSON.stringify(plan) })
    await tell(repository)
  })
}

const make = (id: string): PlanInput['workstreams'][number] => ({
  id,
  claims: [`${id}/**`],
  tasks: [{ id: `make-${id}`, run: `mkdir ${id} && echo ${id} > ${id}/one` }],
})

describe("the user's repository", () => {
  test('a dirty checkout is left alone, and does not stop what touches other files', () =>
    story({ workstreams: [make('api')] }, async (repository) => {
      repository.write({ 'README.md': 'half an edit\n', 'notes.txt': 'untracked\n' })
      repository.git('add', 'README.md')
      repository.write({ 'README.md': 'half an edit, and more\n' })
      expect(await ws(repository, 'run', 'plan.json')).toMatchObject({ code: 0 })
      expect(repository.read('README.md')).toBe('half an edit, and more\n')
      expect(repository.git('show', ':README.md')).toBe('half an edit')
      expect(repository.read('notes.txt')).toBe('untracked\n')
      expect(repository.git('show', 'refs/ws/landed/main:api/one')).toBe('api')
      expect(repository.git('stash', 'list')).toBe('')
    }))

  test('nothing is pushed unless that is asked for', () =>
    story({ workstreams: [make('api')] }, async (repository) => {
      const remote = join(repository.folder, 'remote.git')
      execFileSync('git', ['clone', '--quiet', '--bare', repository.path, remote])
      repository.git('remote', 'add', 'origin', remote)
      const before = repository.gitIn(remote, 'for-each-ref')
      expect(await ws(repository, 'run', 'plan.json')).toMatchObject({ code: 0 })
      expect(repository.gitIn(remote, 'for-each-ref')).toBe(before)
      expect(repository.git('for-each-ref', 'refs/remotes')).toBe('')
    }))
})

describe('a quarantine', () => {
  const plan: PlanInput = {
    guardrails: { forbidPatterns: ['debugger'] },
    workstreams: [
      {
        id: 'api',
        claims: ['api/**'],
        tasks: [{ id: 'a', run: 'mkdir api && echo debugger > api/one' }],
      },
      make('docs'),
    ],
  }

  test('keeps the work, lands nothing of it, and stops nobody else', () =>
    story(plan, async (repository) => {
      const ended = await ws(repository, 'run', 'plan.json', '--json')
      expect(ended.code).toBe(exitCodes.failed)
      expect(resultOf(ended).workstreams.map(({ id, status }) => `${id} ${status}`)).toEqual([
        'api QUARANTINED',
        'docs COMPLETED',
      ])
      expect(repository.git('ls-tree', '-r', '--name-only', 'main')).not.toContain('api/one')
      const [rescue] = repository.git('for-each-ref', '--format=%(refname)', 'refs/ws/rescue').split('\n')
      expect(repository.git('show', `${rescue}:api/one`)).toBe('debugger')
    }))

  test('ends as discarded where a person gives it up', () =>
    story(plan, async (repository) => {
      await ws(repository, 'run', 'plan.json')
      const ended = await ws(repository, 'discard', 'api', '--json')
      expect(resultOf(ended).workstreams[0]).toMatchObject({
        id: 'api',
        status: 'FAILED',
        reason: 'discarded',
      })
      expect(repository.git('for-each-ref', '--format=%(refname)', 'refs/ws/rescue')).not.toBe('')
    }))
})

test('what a person does waits without a slot until they say that it is done', () =>
  story(
    { workstreams: [{ id: 'ui', claims: ['ui/**'], tasks: [{ id: 'draw', tool: 'person' }] }, make('api')] },
    async (repository) => {
      const waiting = await ws(repository, 'run', 'plan.json', '--json', '--max-concurrent', '1')
      expect(waiting.code).toBe(exitCodes.needsPerson)
      expect(resultOf(waiting)).toMatchObject({ status: 'PAUSED', reason: 'needs-person' })
      const worktree = repository
        .git('worktree', 'list', '--porcelain')
        .split('\n')
        .find((line) => line.startsWith('worktree ') && line.includes('ui'))
        ?.slice('worktree '.length)
      execFileSync('mkdir', ['-p', join(worktree ?? '', 'ui')])
      writeFileSync(join(worktree ?? '', 'ui', 'one'), 'drawn\n')
      const done = await ws(repository, 'done', 'draw', '--json')
      expect(done.code, done.err).toBe(0)
      expect(repository.git('show', 'main:ui/one')).toBe('drawn')
    },
  ))

test('a landing that wants approval waits for it', () =>
  story({ merge: { approve: 'manual' }, workstreams: [make('api')] }, async (repository) => {
    const waiting = await ws(repository, 'run', 'plan.json')
    expect(waiting.code).toBe(exitCodes.needsPerson)
    expect(repository.git('ls-tree', '-r', '--name-only', 'main')).not.toContain('api/one')
    const approved = await ws(repository, 'merge', 'approve', 'api')
    expect(approved.code, approved.err).toBe(0)
    expect(repository.git('show', 'main:api/one')).toBe('api')
  }))

test('a spent budget pauses the run, and a larger one goes on with it', () =>
  withTempRepository(async (repository) => {
    const agent = await fakeAgent({
      tool: 'claude',
      script: [
        {
          when: 'first',
          steps: [
            { write: 'a/one', content: '1\n', usage: { costUsd: 0.6 } },
            { say: 'Done.', usage: { costUsd: 0 } },
          ],
        },
        {
          when: 'second',
          steps: [
            { write: 'b/one', content: '1\n', usage: { costUsd: 0.6 } },
            { say: 'Done.', usage: { costUsd: 0 } },
          ],
        },
      ],
    })
    try {
      const plan: PlanInput = {
        budget: { usd: 1.5 },
        workstreams: [
          {
            id: 'a',
            claims: ['a/**'],
            tasks: [{ id: 'ta', tool: 'claude', prompt: 'first', estimate: { usd: 0.7 } }],
          },
          {
            id: 'b',
            claims: ['b/**'],
            tasks: [{ id: 'tb', tool: 'claude', prompt: 'second', needs: ['ta'] }],
          },
        ],
      }
      repository.commit('the plan', {
        'plan.json': JSON.stringify(plan),
        'ws.json': JSON.stringify({ tools: { claude: { command: agent.program } } }),
      })
      const paused = await ws(repository, 'run', 'plan.json', '--json')
      expect(paused.code, paused.err).toBe(exitCodes.paused)
      expect(resultOf(paused)).toMatchObject({ status: 'PAUSED', reason: 'budget' })
      expect(await agent.turns()).toHaveLength(1)

      const small = await ws(repository, 'resume', '--budget', '1.6')
      expect(small.code, small.out).toBe(exitCodes.paused)
      const done = await ws(repository, 'resume', '--budget', '5', '--json')
      expect(done.code, done.err).toBe(0)
      expect(await agent.turns()).toHaveLength(2)
      expect(repository.git('ls-tree', '-r', '--name-only', 'main', 'a', 'b')).toBe('a/one\nb/one')
    } finally {
      await agent.close()
    }
  }))
