import { setImmediate as turn } from 'node:timers/promises'
import { type Journal, type Landing, type LandingOutcome, MemoryJournal, type PlanInput } from '@ws/core'
import { withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { createOrchestrator } from '../../src/index.ts'

/** A journal whose next append waits until it is let go. */
function holding(journal: Journal) {
  let held: PromiseWithResolvers<void> | undefined
  const own: Journal = {
    append: async (step) => {
      await held?.promise
      return journal.append(step)
    },
    read: (options) => journal.read(options),
    head: (stream) => journal.head(stream),
    lead: (epoch) => journal.lead(epoch),
    saveSnapshot: (snapshot) => journal.saveSnapshot(snapshot),
    loadSnapshot: (stream) => journal.loadSnapshot(stream),
    close: () => journal.close(),
  }
  return { journal: own, hold: () => (held = Promise.withResolvers()), letGo: () => held?.resolve() }
}

/** A landing port that says what a test says, when the test says it. */
function landingAsTold() {
  const asked: { readonly id: string; readonly land: () => void }[] = []
  const landing: Landing = {
    land: ({ workstreamId, commit }) => {
      const { promise, resolve } = Promise.withResolvers<LandingOutcome>()
      asked.push({ id: workstreamId, land: () => resolve({ kind: 'landed', commit }) })
      return promise
    },
    change: () => {},
    close: () => Promise.resolve(),
  }
  const land = async (id: string) => {
    const find = () => asked.find((each) => each.id === id)
    await expect.poll(() => find() !== undefined, { timeout: 30_000, interval: 10 }).toBe(true)
    find()?.land()
  }
  return { landing, land }
}

const plan: PlanInput = {
  workstreams: ['one', 'two'].map((id) => ({
    id,
    claims: [`${id}/**`],
    tasks: [{ id: `make-${id}`, run: `mkdir ${id} && echo 1 > ${id}/file` }],
  })),
}
const other: PlanInput = {
  name: 'other',
  workstreams: [{ id: 'p', claims: ['p/**'], tasks: [{ id: 'p', tool: 'person' }] }],
}

test('a part that joins a run in the moment in which that ends is done, and every result tells of it', () =>
  withTempRepository(async (repository) => {
    const { journal, hold, letGo } = holding(new MemoryJournal())
    const { landing, land } = landingAsTold()
    const ws = await createOrchestrator({ repo: repository.path, journal, landing })
    const heard: string[] = []
    ws.events.on('*', ({ event }) => {
      if (/^run\.(completed|reopened|extended)$/.test(event.type)) heard.push(event.type)
    })
    try {
      const first = await ws.run(plan, { only: ['one'] })
      const person = await ws.run(other)
      await person.result
      await expect
        .poll(() => first.status.workstreams[0]?.reason, { timeout: 30_000, interval: 10 })
        .toBe('landing')
      // While something is written down, the run's end is told, and then a part of its plan is asked for.
      hold()
      const pausing = person.pause()
      await turn()
      await land('one')
      await turn()
      const joining = ws.run(plan, { only: ['two'] })
      await turn()
      letGo()
      const second = await joining
      await pausing
      expect([second.id, heard]).toEqual([first.id, ['run.completed', 'run.reopened', 'run.extended']])
      await land('two')
      for (const { result } of [first, second])
        expect(await result).toMatchObject({ status: 'COMPLETED', counts: { COMPLETED: 2 } })
    } finally {
      letGo()
      await ws.close()
    }
  }))
