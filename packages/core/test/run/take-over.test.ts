import { expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'

it('who takes paths over before they have landed builds on that workstream and lands after it', async () => {
  const run = await driveRun('a [src/**]: n1\nb [src/x]: n2', {
    workstreams: { a: { holdUntil: 'finished' } },
  })
  await run.finish('n1')
  expect(run.running()).toEqual(['n2'])
  expect(run.events('workstream.started').at(-1)).toMatchObject({ workstreamId: 'b', bases: ['run/a'] })
  await run.finish('n2')
  expect(run.wanted('land/run/b/1/1')).toMatchObject({ after: ['run/a'] })
})

it('what comes back after it was lost does not build on what was built on it', async () => {
  const run = await driveRun('a [src/**]: n1\nb [src/x]: n2 < n1', {
    workstreams: { b: { holdUntil: 'finished' } },
  })
  await run.finishAll('n1', 'n2')
  await run.land('a', { kind: 'conflicted', paths: ['src/x'] })
  expect(run.states()).toMatchObject({ a: 'FAILED', b: 'LANDING' })
  await run.retry('a')
  expect(run.events('workstream.started').at(-1)).toMatchObject({ workstreamId: 'a', bases: [] })
  await run.land('a')
  await run.land('b')
  expect(run.run().status).toBe('COMPLETED')
})

it('what is partly ordered behind a workstream takes its paths over as soon as that has finished', async () => {
  const run = await driveRun('a [src/**]: n1, n2 < n1\nb [src/x]: n3 < n1', {
    workstreams: { a: { holdUntil: 'finished' } },
  })
  await run.finish('n1')
  expect(run.running()).toEqual(['n2'])
  expect(run.why('n3')).toMatchObject([{ for: 'claim', holder: 'run/a' }])
  await run.finish('n2')
  expect(run.states()).toMatchObject({ a: 'LANDING', n3: 'RUNNING' })
  expect(run.events('workstream.started').at(-1)).toMatchObject({ workstreamId: 'b', bases: ['run/a'] })
  await run.finish('n3')
  expect(run.wanted('land/run/b/1/1')).toMatchObject({ after: ['run/a'] })
  await run.landAll('a', 'b')
  expect(run.run().status).toBe('COMPLETED')
})
