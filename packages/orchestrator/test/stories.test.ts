import { mkdirSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { type Executor, noUsage, Plan, type PlanInput, resolveRun } from '@ws/core'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { createOrchestrator, type Orchestrator, type OrchestratorOptions } from '../src/index.ts'
import { landedAtOnce } from './landed-at-once.ts'

function story(
  tell: (story: { readonly ws: Orchestrator; readonly repository: TempRepository }) => Promise<void>,
  options: Partial<OrchestratorOptions> = {},
): Promise<void> {
  return withTempRepository(async (repository) => {
    const ws = await createOrchestrator({ repo: repository.path, ...options })
    try {
      await tell({ ws, repository })
    } finally {
      await ws.close()
    }
  })
}

test('a released workstream comes back with what it did, and lands it', () =>
  story(async ({ ws, repository }) => {
    const run = await ws.run({
      guardrails: { forbidPatterns: ['debugger'] },
      workstreams: [
        {
          id: 'api',
          claims: ['api/**'],
          tasks: [
            { id: 'a', run: 'mkdir api && echo one > api/one' },
            { id: 'b', needs: ['a'], run: 'echo debugger > api/two' },
          ],
        },
      ],
    })
    expect((await run.result).workstreams[0]?.status).toBe('QUARANTINED')
    await run.release('api')
    const released = await ws.handle(run.id).result
    expect(released.workstreams[0]).toMatchObject({ status: 'COMPLETED' })
    expect(repository.git('show', 'refs/ws/landed/main:api/one')).toBe('one')
    expect(repository.git('show', 'refs/ws/landed/main:api/two')).toBe('debugger')
  }))

test('what was quarantined lands when it is released, before what comes after it, and nothing that was set aside', () =>
  story(async ({ ws, repository }) => {
    const run = await ws.run({
      workstreams: [
        {
          id: 'api',
          claims: ['api/**'],
          tasks: [
            { id: 'a', run: 'echo changed > README.md && mkdir api && echo one > api/one && echo x > stray' },
            { id: 'b', needs: ['a'], run: 'cat README.md api/one > api/two' },
          ],
        },
      ],
    })
    expect((await run.result).workstreams[0]?.status).toBe('QUARANTINED')
    const before = repository.git('rev-parse', 'main')
    await run.release('api')
    expect((await ws.handle(run.id).result).workstreams[0]).toMatchObject({ status: 'COMPLETED' })
    const landed = (path: string) => repository.git('show', `refs/ws/landed/main:${path}`)
    expect([landed('README.md'), landed('api/one'), landed('api/two')]).toEqual([
      'changed',
      'one',
      'changed\none',
    ])
    expect(repository.git('diff', '--name-only', before, 'refs/ws/landed/main')).toBe(
      'README.md\napi/one\napi/two',
    )
  }))

test('without quota a task is parked, spends no retry, and goes on when the quota is there again', () => {
  let calls = 0
  const executor: Executor = {
    execute: () => {
      calls += 1
      const facts = { usage: noUsage, text: '' }
      if (calls > 1) return Promise.resolve({ kind: 'completed', ...facts })
      return Promise.resolve({ kind: 'failed', failure: { reason: 'quota-exhausted', resetAt: 1 }, ...facts })
    },
    sweep: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
  return story(
    async ({ ws }) => {
      const seen: string[] = []
      ws.events.on('*', ({ event }) => seen.push(event.type))
      const run = await ws.run({
        workstreams: [
          { id: 'a', claims: ['a'], tasks: [{ id: 't', tool: 'claude', prompt: 'go', retries: 0 }] },
        ],
      })
      expect((await run.result).status).toBe('COMPLETED')
      expect(calls).toBe(2)
      expect(seen).toEqual(expect.arrayContaining(['quota.exhausted', 'task.retried', 'quota.recovered']))
    },
    { executor, landing: landedAtOnce() },
  )
})

test('tasks that come after a landing open the next round, from the target, on a branch of its own', () =>
  story(async ({ ws, repository }) => {
    const twice = (ids: readonly string[]): PlanInput => ({
      workstreams: [
        {
          id: 'api',
          claims: ['api/**'],
          tasks: ids.map((id) => ({
            id,
            run: id === 'a' ? 'mkdir api; echo 1 > api/one' : 'cp api/one api/two',
          })),
        },
      ],
    })
    const spec = (ids: readonly string[]) =>
      resolveRun(Plan.parse(twice(ids)), { runId: 'rounds', user: 'test' })
    const run = await ws.start(spec(['a']))
    expect((await run.result).status).toBe('COMPLETED')
    await run.add(
      [],
      spec(['a', 'b']).tasks.filter(({ id }) => id === 'b'),
    )
    expect((await ws.handle(run.id).result).status).toBe('COMPLETED')
    expect(repository.git('show', 'refs/ws/landed/main:api/two')).toBe('1')
    expect(
      repository
        .git('branch', '--list', 'lane/rounds/*')
        .split('\n')
        .map((line) => line.slice(2)),
    ).toEqual(['lane/rounds/api', 'lane/rounds/api-2'])
  }))

test('what a person has begun is still there when another process leads, and lands when they say so', () =>
  withTempRepository(async (repository) => {
    const first = await createOrchestrator({ repo: repository.path })
    const run = await first.run({
      workstreams: [{ id: 'ui', claims: ['ui/**'], tasks: [{ id: 'draw', tool: 'person' }] }],
    })
    expect(await run.result).toMatchObject({ status: 'PAUSED', reason: 'needs-person' })
    await first.close()
    const worktree = /^worktree (.*ui.*)$/m.exec(repository.git('worktree', 'list', '--porcelain'))?.[1] ?? ''
    mkdirSync(join(worktree, 'ui'))
    writeFileSync(join(worktree, 'ui', 'one'), 'drawn')

    const second = await createOrchestrator({ repo: repository.path })
    try {
      const landed = new Promise((resolve) => second.events.on('run.completed', resolve))
      await second.handle(run.id).done('draw')
      await landed
      expect(second.handle(run.id).status.workstreams[0]?.tasks[0]).toMatchObject({ attempts: 1 })
      expect(repository.git('log', '--format=', '--name-only', '--glob=refs/ws/landed/*')).toContain('ui/one')
    } finally {
      await second.close()
    }
  }))

test('what is interrupted by the end is not started once more before it has ended', () =>
  withTempRepository(async (repository) => {
    let isOver = false
    const started = Promise.withResolvers<void>()
    const executor: Executor = {
      execute: async (_, { signal }) => {
        started.resolve()
        if (isOver) return { kind: 'completed', usage: noUsage, text: '' }
        if (!signal.aborted) await once(signal, 'abort')
        return { kind: 'interrupted', usage: noUsage, text: '' }
      },
      sweep: () => Promise.resolve(),
      close: () => Promise.resolve(),
    }
    const options = { repo: repository.path, executor, landing: landedAtOnce() }
    const first = await createOrchestrator(options)
    const { id } = await first.run({
      workstreams: [{ id: 'a', claims: ['a'], tasks: [{ id: 't', tool: 'claude', prompt: 'go' }] }],
    })
    await started.promise
    await first.close()

    isOver = true
    const second = await createOrchestrator(options)
    const result = await second.handle(id).result
    await second.close()
    expect(result).toMatchObject({ status: 'COMPLETED', workstreams: [{ tasks: [{ attempts: 2 }] }] })
  }))

const writes = (id: string, claims: readonly string[], run: string): PlanInput['workstreams'][number] => ({
  id,
  claims: [...claims],
  tasks: [{ id: `do-${id}`, run }],
})

test('without space on the disk nothing starts, and with space again it does', () =>
  withTempRepository(async (repository) => {
    const plan: PlanInput = { workstreams: [writes('api', ['api/**'], 'mkdir api && echo 1 > api/one')] }
    const full = await createOrchestrator({ repo: repository.path, minFreeBytes: Number.MAX_SAFE_INTEGER })
    const run = await full.run(plan)
    const still = await run.atRest()
    await full.close()
    expect(still).toMatchObject({ status: 'PAUSED', reason: 'disk', workstreams: [{ status: 'PENDING' }] })

    const roomy = await createOrchestrator({ repo: repository.path, minFreeBytes: 0 })
    const result = await roomy.handle(run.id).result
    await roomy.close()
    expect(result).toMatchObject({ status: 'COMPLETED', workstreams: [{ tasks: [{ attempts: 1 }] }] })
  }))

test('branches that would conflict are told of while they are worked on', () =>
  story(async ({ ws }) => {
    const predicted: string[] = []
    ws.events.on('conflict.predicted', ({ event }) => {
      if (event.type === 'conflict.predicted') predicted.push(event.path)
    })
    const shared = [{ path: 'notes/**', mode: 'shared' as const }]
    const wait = 'until test -e ../go; do sleep 0.05; done'
    const run = await ws.run({
      workstreams: ['a', 'b'].map((id) => ({
        id,
        claims: shared,
        tasks: [
          { id: `${id}1`, run: `mkdir -p notes && echo ${id} > notes/same && touch notes/${id}` },
          { id: `${id}2`, needs: [`${id}1`], run: wait },
        ],
      })),
    })
    await new Promise((resolve) => ws.events.on('conflict.predicted', resolve))
    expect(predicted).toEqual(['notes/same'])
    writeFileSync(join(`${ws.repository.facts.mainWorktree ?? ''}.ws`, 'go'), '')
    const { workstreams } = await run.result
    expect(workstreams.map(({ status }) => status).toSorted()).toEqual(['COMPLETED', 'FAILED'])
    expect(predicted).toHaveLength(1)
  }))
