import { join } from 'node:path'
import { MemoryJournal, systemClock } from '@ws/core'
import { lineAdapter, type TempRepository, withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { createOrchestrator, type Orchestrator } from '../../src/index.ts'
import { readRegistered, Registry } from '../../src/registered/registry.ts'
import { landedAtOnce } from '../landed-at-once.ts'

const writer = lineAdapter({
  tool: 'writer',
  commands: [process.execPath],
  args: [
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, '..', 'programs', 'writing-tool.ts'),
  ],
})

const open = ({ path }: TempRepository, listen = false): Promise<Orchestrator> =>
  createOrchestrator({ repo: path, landing: landedAtOnce(), adapters: { writer }, listen })

const write = (slug: string, more: object = {}) => ({
  slug,
  prompt: `write ${slug}/a.md`,
  claims: [`${slug}/**`],
  tool: 'writer',
  ...more,
})

const standOf = async (ws: Orchestrator) =>
  (await ws.listWorkstreams()).map(({ slug, status }) => `${slug} ${status}`)

test('a workstream that was kept is there for later processes, runs by its slug, and is active no more', () =>
  withTempRepository(async (repository) => {
    const first = await open(repository)
    await first.createWorkstream(write('docs'))
    await first.createWorkstream(write('site', { needs: ['docs'] }))
    await expect(first.createWorkstream(write('docs'))).rejects.toMatchObject({ code: 'WS_SLUG_TAKEN' })
    await first.close()

    const ws = await open(repository)
    try {
      expect(await standOf(ws)).toEqual(['docs PENDING', 'site PENDING'])
      const [run] = await ws.runWorkstreams(['docs'])
      expect((await run?.result)?.status).toBe('COMPLETED')
      expect(await standOf(ws)).toEqual(['docs COMPLETED', 'site PENDING'])
      await expect(ws.runWorkstreams(['docs'])).rejects.toThrow('workstream "docs" is COMPLETED')
      await ws.createWorkstream(write('docs'))
      const all = await ws.runAll()
      expect(all).toHaveLength(1)
      expect((await all[0]?.result)?.workstreams.map(({ id }) => id)).toEqual(['site', 'docs'])
      expect(await ws.listWorkstreams({ isActive: true })).toEqual([])
      expect(await ws.runAll()).toEqual([])
    } finally {
      await ws.close()
    }
  }))

test('a slug that does not exist starts nothing', () =>
  withTempRepository(async (repository) => {
    const ws = await open(repository)
    try {
      await ws.createWorkstream(write('docs'))
      await expect(ws.runWorkstreams(['docs', 'dosc'])).rejects.toMatchObject({
        code: 'WS_SLUG_UNKNOWN',
        message: 'no active workstream is called "dosc"; did you mean "docs"?',
      })
      expect(ws.runs).toEqual([])
    } finally {
      await ws.close()
    }
  }))

test('what is kept by one who has joined is kept by the leader, and one of two runs does it', () =>
  withTempRepository(async (repository) => {
    const leader = await open(repository, true)
    const guest = await open(repository, true)
    try {
      expect(guest.isLeader).toBe(false)
      await guest.createWorkstream(write('docs'))
      await expect(leader.createWorkstream(write('docs'))).rejects.toMatchObject({ code: 'WS_SLUG_TAKEN' })
      const [plan] = (await leader.listWorkstreams()).map((each) => each.plan)
      expect(plan).toMatchObject({ workstreams: [{ id: 'docs' }] })
      const tries = await Promise.allSettled([
        leader.runWorkstreams(['docs']),
        guest.runWorkstreams(['docs']),
      ])
      const runs = tries.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
      for (const run of runs) await run.result
      expect(await standOf(leader)).toEqual(['docs COMPLETED'])
    } finally {
      await guest.close()
      await leader.close()
    }
  }))

test('what nobody runs can be given up, once', () =>
  withTempRepository(async (repository) => {
    const ws = await open(repository)
    try {
      await ws.createWorkstream(write('docs'))
      await ws.discardWorkstream('docs')
      await ws.discardWorkstream('docs')
      expect(await standOf(ws)).toEqual(['docs CANCELLED'])
      await expect(ws.discardWorkstream('other')).rejects.toMatchObject({ code: 'WS_SLUG_UNKNOWN' })
      await ws.createWorkstream(write('docs'))
      expect(await ws.listWorkstreams({ isActive: true })).toHaveLength(1)
    } finally {
      await ws.close()
    }
  }))

const add = (commandId: string, slug = 'docs') => {
  const plan = { workstreams: [{ id: slug, tasks: [{ id: slug, prompt: 'Do it.' }] }] }
  return { kind: 'add', commandId, slug, plan, isWhole: false } as const
}

test('asked again by who got no answer, it keeps one, and another of the name is refused', async () => {
  const journal = new MemoryJournal()
  const registry = new Registry({ journal, epoch: 1, clock: systemClock() })
  expect(await registry.change(add('first'))).toEqual({ ok: true })
  expect(await registry.change(add('first'))).toEqual({ ok: true })
  expect(await registry.change(add('second'))).toMatchObject({ ok: false, code: 'WS_SLUG_TAKEN' })
  expect(await readRegistered(journal)).toMatchObject([{ slug: 'docs', status: 'PENDING', isActive: true }])
})

test('of two who keep the same name at once, one does', async () => {
  const journal = new MemoryJournal()
  const options = { journal, epoch: 1, clock: systemClock() }
  const [one, two] = [new Registry(options), new Registry(options)]
  const answers = await Promise.all([
    ...['a', 'b', 'c'].map((id) => one.change(add(`one/${id}`))),
    ...['a', 'b', 'c'].map((id) => two.change(add(`two/${id}`))),
    two.change(add('two/other', 'other')),
  ])
  expect(answers.filter(({ ok }) => ok)).toHaveLength(2)
  expect((await readRegistered(journal)).map(({ slug }) => slug).toSorted()).toEqual(['docs', 'other'])
})
