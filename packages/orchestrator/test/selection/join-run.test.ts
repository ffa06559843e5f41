import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PlanInput } from '@ws/core'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { createOrchestrator, type Orchestrator } from '../../src/index.ts'
import { landedAtOnce } from '../landed-at-once.ts'

/** `slow` waits for a file; `after` needs it, `aside` does not. */
const planOf = ({ folder }: TempRepository): PlanInput => ({
  workstreams: [
    {
      id: 'slow',
      claims: ['slow/**'],
      tasks: [
        {
          id: 's',
          run: `until [ -e '${join(folder, 'go')}' ]; do sleep 0.02; done; mkdir slow; echo 1 > slow/x`,
        },
      ],
    },
    {
      id: 'after',
      claims: ['after/**'],
      tasks: [{ id: 'a', label: 'copy it', run: 'mkdir after; cp slow/x after/x', needs: ['s'] }],
    },
    { id: 'aside', claims: ['aside/**'], tasks: [{ id: 'b', run: 'mkdir aside; echo 1 > aside/x' }] },
  ],
})

const story = (tell: (ws: Orchestrator, repository: TempRepository) => Promise<void>) =>
  withTempRepository(async (repository) => {
    const ws = await createOrchestrator({ repo: repository.path, landing: landedAtOnce() })
    try {
      await tell(ws, repository)
    } finally {
      await ws.close()
    }
  })

describe('a part of a plan', () => {
  test('joins the run of that plan that is going on, and waits there for what it needs', () =>
    story(async (ws, repository) => {
      const plan = planOf(repository)
      const first = await ws.run(plan, { only: ['slow'] })
      const second = await ws.run({ ...plan, budget: { usd: 5 } }, { only: ['after'] })
      expect(second.id).toBe(first.id)
      expect((await ws.run(plan, { only: ['slow', 'after'] })).id).toBe(first.id)
      writeFileSync(join(repository.folder, 'go'), '')
      const result = await second.result
      expect(result.status).toBe('COMPLETED')
      expect(result.workstreams.map(({ id }) => id)).toEqual(['slow', 'after'])
      expect(ws.runs).toHaveLength(1)
    }))

  test('is a run of its own when that has ended, and begins with what has landed', () =>
    story(async (ws, repository) => {
      const plan = planOf(repository)
      writeFileSync(join(repository.folder, 'go'), '')
      await expect(ws.run(plan, { steps: ['copy*'] })).rejects.toMatchObject({ code: 'WS_SELECTION_NEEDS' })
      const first = await ws.run(plan, { steps: ['s'] })
      await first.result
      const second = await ws.run(plan, { steps: ['copy*'] })
      expect(second.id).not.toBe(first.id)
      expect((await second.result).workstreams.map(({ id }) => id)).toEqual(['after'])
      const along = await ws.run(plan, { steps: ['copy*'], withNeeds: true })
      expect((await along.result).workstreams).toHaveLength(1)
    }))

  test('does not join a run that only looks, nor another plan', () =>
    story(async (ws, repository) => {
      const plan = planOf(repository)
      const looks = await ws.run(plan, { only: ['slow'], mode: 'analyze' })
      const other = await ws.run({ ...plan, name: 'another' }, { only: ['slow'] })
      const own = await ws.run(plan, { only: ['aside'] })
      expect(new Set([looks.id, other.id, own.id]).size).toBe(3)
      writeFileSync(join(repository.folder, 'go'), '')
      await Promise.all([looks.result, other.result, own.result])
    }))

  test('that nothing of the plan is called is refused with the nearest, and starts nothing', () =>
    story(async (ws, repository) => {
      await expect(ws.run(planOf(repository), { only: ['asid'] })).rejects.toMatchObject({
        code: 'WS_SELECTION_UNKNOWN',
        hint: 'did you mean "aside"?',
      })
      expect(ws.runs).toEqual([])
      expect(existsSync(join(repository.folder, 'repository.ws'))).toBe(false)
    }))
})

test('as many tasks of a run go on at once as it may have, and no strange number', () =>
  story(async (ws, repository) => {
    const plan = planOf(repository)
    await expect(ws.run(plan, { maxConcurrent: 0 })).rejects.toMatchObject({
      code: 'WS_ORCHESTRATOR_OPTIONS',
    })
    const run = await ws.run(plan, { maxConcurrent: 1 })
    expect(run.why('b')).toMatchObject([{ for: 'resource', resource: 'slots', limit: 1 }])
    writeFileSync(join(repository.folder, 'go'), '')
    expect((await run.result).status).toBe('COMPLETED')
  }))
