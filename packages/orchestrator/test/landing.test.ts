import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { PlanInput } from '@ws/core'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { createOrchestrator } from '../src/index.ts'

async function land(
  plan: PlanInput,
  look: (story: {
    readonly repository: TempRepository
    readonly result: Awaited<ReturnType<typeof finish>>
  }) => void,
) {
  await withTempRepository(async (repository) => {
    look({ repository, result: await finish(repository, plan) })
  })
}

async function finish(repository: TempRepository, plan: PlanInput) {
  const ws = await createOrchestrator({ repo: repository.path })
  try {
    return await (
      await ws.run(plan)
    ).result
  } finally {
    await ws.close()
  }
}

const make = (folder: string): PlanInput['workstreams'][number] => ({
  id: folder,
  claims: [`${folder}/**`],
  tasks: [{ id: `make-${folder}`, run: `mkdir ${folder} && echo ${folder} > ${folder}/x` }],
})

test('what passes its checks lands on the target, and the checkout follows', () =>
  land(
    {
      checks: { there: { run: 'ls */x' } },
      merge: { checks: ['there'] },
      workstreams: [make('one'), make('two')],
    },
    ({ repository, result }) => {
      expect(result.status).toBe('COMPLETED')
      expect(repository.git('ls-tree', '-r', '--name-only', 'main').trim().split('\n')).toEqual(
        expect.arrayContaining(['one/x', 'two/x']),
      )
      expect(repository.git('status', '--porcelain').trim()).toBe('')
      expect(repository.git('rev-parse', 'HEAD')).toBe(repository.git('rev-parse', 'refs/ws/landed/main'))
    },
  ))

test('what does not pass stays off the target, and nothing else waits for it', () =>
  land(
    {
      checks: { calm: { run: '! test -e bad' } },
      merge: { checks: ['calm'] },
      workstreams: [make('bad'), make('good')],
    },
    ({ repository, result }) => {
      expect(result.workstreams.map(({ id, status, reason }) => [id, status, reason])).toEqual([
        ['bad', 'FAILED', 'rejected'],
        ['good', 'COMPLETED', undefined],
      ])
      expect(repository.git('ls-tree', '-r', '--name-only', 'main')).not.toContain('bad/x')
    },
  ))

test('what is built on another lands after it, by each method', async () => {
  for (const method of ['merge', 'squash', 'rebase'] as const)
    await land(
      {
        merge: { method },
        workstreams: [
          {
            id: 'api',
            claims: ['api/**'],
            tasks: [
              { id: 'a1', run: 'mkdir api && echo 1 > api/v' },
              { id: 'a2', needs: ['a1'], run: 'sleep 0.3; echo 2 > api/v' },
            ],
          },
          {
            id: 'ui',
            claims: ['ui/**'],
            tasks: [{ id: 'u', needs: ['a1'], run: 'mkdir ui && cp api/v ui/v' }],
          },
        ],
      },
      ({ repository, result }) => {
        expect(result.status).toBe('COMPLETED')
        expect(repository.git('show', 'main:api/v').trim()).toBe('2')
        expect(repository.git('show', 'main:ui/v').trim()).toBe('1')
      },
    )
})

test('a check that nothing defines fails the landing by its name', () =>
  land({ merge: { checks: ['nowhere'] }, workstreams: [make('one')] }, ({ result }) => {
    expect(result.workstreams[0]).toMatchObject({ status: 'FAILED', reason: 'infrastructure' })
  }))

test('what landed while files were in the way is followed by whoever leads next, before a result is told', () =>
  withTempRepository(async (repository) => {
    repository.write({ 'one/x': 'mine\n' })
    const first = await createOrchestrator({ repo: repository.path })
    const run = await first.run({ workstreams: [make('one')] })
    expect((await run.result).status).toBe('COMPLETED')
    await first.close()
    expect(repository.git('ls-tree', '-r', '--name-only', 'main')).not.toContain('one/x')
    expect(repository.read('one/x')).toBe('mine\n')

    rmSync(join(repository.path, 'one'), { recursive: true })
    const second = await createOrchestrator({ repo: repository.path })
    await second.handle(run.id).result
    expect(repository.git('rev-parse', 'HEAD')).toBe(repository.git('rev-parse', 'refs/ws/landed/main'))
    expect(repository.read('one/x')).toBe('one\n')
    await second.close()
  }))
