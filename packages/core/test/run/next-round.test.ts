import { expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'
it('tasks of the next round are not left PENDING in a run that has ended', async () => {
  const run = await driveRun('a: n1')
  await run.finish('n1')
  await run.extend('a: n2')
  await run.land('a', { kind: 'conflicted', paths: ['x'] })
  expect(run.run().status).toBe('FAILED')
  expect(run.task('n2').phase.state).not.toBe('PENDING')
})
