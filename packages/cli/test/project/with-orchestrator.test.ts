import { openRepository } from '@ws/git'
import { openSqliteJournal } from '@ws/store'
import { readEvents } from '@ws/store/records'
import { type TempRepository, withTempRepository } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { exitCodes } from '../../src/index.ts'
import { journalFile } from '../../src/project/read-log.ts'
import { cli } from '../cli.ts'

const settings = 'concurrency: 5\nlimits: { licences: 2 }\ndefaults: { tool: claude }\n'

const plan = { workstreams: [{ id: 'ui', claims: ['ui/**'], tasks: [{ id: 'draw', tool: 'person' }] }] }

/** A repository with settings and a run that waits for a person. */
const story = (tell: (repository: TempRepository) => Promise<void>) =>
  withTempRepository(async (repository) => {
    repository.commit('settings', { 'ws.yaml': settings, 'plan.json': JSON.stringify(plan) })
    const run = await cli(repository.path, ['run', 'plan.json'])
    expect(run.code, run.err).toBe(exitCodes.needsPerson)
    await tell(repository)
  })

/** Every limit that whoever led has set, in order; the last thing a leader does is to let nothing more begin. */
async function limitsSet(path: string) {
  const repository = await openRepository(path)
  const journal = await openSqliteJournal({ path: journalFile(repository.facts) })
  try {
    const set = []
    for await (const { event } of readEvents(journal))
      if (event.type === 'limits.changed' && 'limits' in event) set.push(event.limits)
    return set
  } finally {
    await journal.close()
    await repository.close()
  }
}

describe('what a command leads while it is given obeys the limits of the settings', () => {
  for (const order of [
    ['cancel'],
    ['discard', 'ui'],
    ['pause'],
    ['new', 'docs', '--prompt', 'Write'],
  ] as const)
    test(`with ws ${order.join(' ')}`, () =>
      story(async ({ path }) => {
        const before = (await limitsSet(path)).length
        const said = await cli(path, order)
        expect(said.err).not.toContain('fault')
        const [led] = (await limitsSet(path)).slice(before)
        expect(led).toEqual({ licences: 2, slots: 5 })
      }))

  test('with ws discard of what nothing has begun', () =>
    story(async ({ path }) => {
      await cli(path, ['new', 'docs', '--prompt', 'Write'])
      const before = (await limitsSet(path)).length
      expect((await cli(path, ['discard', 'docs'])).code).toBe(exitCodes.completed)
      const [led] = (await limitsSet(path)).slice(before)
      expect(led).toEqual({ licences: 2, slots: 5 })
    }))
})
