import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Executor, noUsage, type PlanInput } from '@ws/core'
import { listRescues, restoreRescue, showRescue } from '@ws/git'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { createOrchestrator, type Orchestrator, type OrchestratorOptions } from '../src/index.ts'
import { landedAtOnce } from './landed-at-once.ts'

interface Story {
  readonly ws: Orchestrator
  readonly repository: TempRepository
  /** What a task waits for that ends with `until test -e …`. */
  readonly go: string
}

function story(
  tell: (story: Story) => Promise<void>,
  options: Partial<OrchestratorOptions> = {},
): Promise<void> {
  return withTempRepository(async (repository) => {
    const ws = await createOrchestrator({ repo: repository.path, ...options })
    try {
      await tell({ ws, repository, go: join(repository.folder, 'go') })
    } finally {
      await ws.close()
    }
  })
}

const waitFor = (file: string) => `until test -e ${file}; do sleep 0.05; done`

const chain = (go: string): PlanInput => ({
  workstreams: [
    {
      id: 'api',
      claims: ['api/**'],
      tasks: [
        { id: 'first', run: `${waitFor(go)}; mkdir api; echo 1 > api/one` },
        { id: 'second', needs: ['first'], run: 'echo 2 > api/two' },
      ],
    },
  ],
})

const happened = (
  ws: Orchestrator,
  type: 'task.started' | 'task.succeeded' | 'run.paused' | 'task.retried',
) => new Promise<void>((resolve) => ws.events.on(type, () => resolve()))

test('a run that a person pauses ends what runs and starts nothing, until somebody resumes it', () =>
  story(async ({ ws, repository, go }) => {
    const started = happened(ws, 'task.started')
    const run = await ws.run(chain(go))
    await started
    await run.pause()
    const succeeded = happened(ws, 'task.succeeded')
    writeFileSync(go, '')
    await succeeded
    expect(await run.atRest()).toMatchObject({ status: 'PAUSED', reason: 'user' })
    expect(run.status.workstreams[0]?.tasks.map(({ status }) => status)).toEqual(['SUCCEEDED', 'READY'])
    await run.resume()
    expect(await run.result).toMatchObject({ status: 'COMPLETED' })
    expect(repository.git('show', 'main:api/two')).toBe('2')
  }))

test('a run that is paused at once interrupts what runs, keeps it, and spends no retry', () =>
  story(async ({ ws, repository, go }) => {
    const plan: PlanInput = {
      workstreams: [
        {
          id: 'api',
          claims: ['api/**'],
          tasks: [
            {
              id: 'a',
              retries: 0,
              run: `mkdir -p api; echo half > api/half; ${waitFor(go)}; rm api/half; echo 1 > api/one`,
            },
          ],
        },
      ],
    }
    const run = await ws.run(plan)
    await untilFile(repository, 'api/half')
    await run.pause({ now: true })
    expect(await run.atRest()).toMatchObject({ status: 'PAUSED', reason: 'user' })
    const [kept] = await listRescues(ws.repository)
    expect(repository.git('show', `${kept?.commit}:api/half`)).toBe('half')
    writeFileSync(go, '')
    await run.resume()
    expect(await run.result).toMatchObject({
      status: 'COMPLETED',
      workstreams: [{ tasks: [{ attempts: 2 }] }],
    })
    expect(repository.git('ls-tree', '-r', '--name-only', 'main', 'api')).toBe('api/one')
  }))

/** Resolves when a worktree of the run has a file. */
async function untilFile({ git }: TempRepository, file: string): Promise<void> {
  for (;;) {
    const [, path] = /^worktree (.*\.ws\/.*)$/m.exec(git('worktree', 'list', '--porcelain')) ?? []
    if (path !== undefined && existsSync(join(path, file))) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('what a quarantine keeps can be looked at and brought back', () =>
  story(async ({ ws, repository }) => {
    const run = await ws.run({
      guardrails: { forbidPatterns: ['debugger'] },
      workstreams: [
        { id: 'api', claims: ['api/**'], tasks: [{ id: 'a', run: 'mkdir api; echo debugger > api/one' }] },
      ],
    })
    expect((await run.result).workstreams[0]?.status).toBe('QUARANTINED')
    const [rescue] = (await listRescues(ws.repository)).filter((each) => each.run === run.id)
    expect(rescue).toMatchObject({ workstream: 'api', attempt: 1 })
    if (rescue === undefined) return
    const { changes } = await showRescue(ws.repository, rescue.ref)
    expect(changes.map(({ path }) => path)).toEqual(['api/one'])
    await restoreRescue(ws.repository, rescue.ref, { branch: 'look-at-it' })
    expect(repository.git('show', 'look-at-it:api/one')).toBe('debugger')
    expect(repository.git('ls-tree', '-r', '--name-only', 'main')).not.toContain('api/one')
  }))

test('what is parked for quota goes on at the reset time, and not before', () => {
  const moments: number[] = []
  let resetAt = 0
  const executor: Executor = {
    execute: () => {
      moments.push(Date.now())
      const facts = { usage: noUsage, text: '' }
      if (moments.length > 1) return Promise.resolve({ kind: 'completed', ...facts })
      resetAt = Date.now() + 400
      return Promise.resolve({ kind: 'failed', failure: { reason: 'quota-exhausted', resetAt }, ...facts })
    },
    sweep: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
  return story(
    async ({ ws }) => {
      const parked = happened(ws, 'task.retried')
      const run = await ws.run({
        workstreams: [
          { id: 'a', claims: ['a'], tasks: [{ id: 't', tool: 'claude', prompt: 'go', retries: 0 }] },
          { id: 'b', claims: ['b'], tasks: [{ id: 'u', tool: 'claude', prompt: 'go' }] },
        ],
      })
      await parked
      expect(run.why('t')).toMatchObject([{ for: 'quota', account: 'claude' }])
      expect((await run.result).status).toBe('COMPLETED')
      expect(moments.slice(1).every((moment) => moment >= resetAt)).toBe(true)
    },
    { executor, landing: landedAtOnce(), concurrency: 1 },
  )
})

test('what is left of a spent budget is not begun, and a larger budget goes on with it', () => {
  const executor: Executor = {
    execute: async (_, { onUsage }) => {
      const usage = { costUsd: 0.9, tokens: 10, durationMs: 1 }
      onUsage(usage)
      await once(AbortSignal.timeout(1), 'abort')
      return { kind: 'completed', usage, text: '' }
    },
    sweep: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
  return story(
    async ({ ws }) => {
      const seen: string[] = []
      ws.events.on('*', ({ event }) => seen.push(event.type))
      const run = await ws.run({
        budget: { usd: 1 },
        workstreams: [
          {
            id: 'a',
            claims: ['a'],
            tasks: [
              { id: 't', tool: 'claude', prompt: 'go', estimate: { usd: 0.9 } },
              { id: 'u', tool: 'claude', prompt: 'go' },
            ],
          },
        ],
      })
      expect(await run.atRest()).toMatchObject({ status: 'PAUSED', reason: 'budget' })
      expect(seen).toEqual(expect.arrayContaining(['budget.warned', 'budget.blocked']))
      await run.resume({ budgetUsd: 3 })
      expect(await run.result).toMatchObject({ status: 'COMPLETED' })
      expect(run.status.workstreams[0]?.tasks.map(({ attempts }) => attempts)).toEqual([1, 1])
    },
    { executor, landing: landedAtOnce() },
  )
})
