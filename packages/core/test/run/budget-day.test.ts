import { expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'
const day = 24 * 60 * 60_000
it("B3: a run that a user's day has no more money for goes on the next day", async () => {
  const run = await driveRun('', { at: 3 * day })
  await run.setBudget('user/ada/3', 2)
  await run.start('a: n1\nb: n2')
  await run.finish('n1', { costUsd: 1.5 })
  await run.land('a')
  expect(run.run().status).toBe('PAUSED')
  await run.advance(day)
  expect(run.running()).toEqual(['n2'])
})
it("B4: a run that a workstream's budget has paused goes on when that budget is raised", async () => {
  const run = await driveRun('a: n1, n2 < n1', { workstreams: { a: { budgetUsd: 2 } } })
  await run.finish('n1', { costUsd: 1 })
  expect(run.run().status).toBe('PAUSED')
  await run.setBudget('workstream/run/a', 10)
  expect(run.running()).toEqual(['n2'])
})
