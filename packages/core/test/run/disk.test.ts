import { expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'
// B5: belongs into decide-run.test.ts
it('paused for the disk starts nothing until there is space', async () => {
  const run = await driveRun('a: n1\nb: n2', { limits: { slots: 1 } })
  await run.measureDisk(true)
  await run.measureDisk(true)
  await run.finish('n1')
  expect(run.running()).toEqual([])
  expect(run.why('n2')).toEqual([{ for: 'resume', pause: 'disk' }])
  await run.measureDisk(false)
  expect(run.running()).toEqual(['n2'])
  expect(run.events('disk.measured').map(({ isLow }) => isLow)).toEqual([true, false])
})

it('B5b: a run that is started while the disk is low starts no attempt', async () => {
  const run = await driveRun('')
  await run.measureDisk(true)
  await run.start('a: n1')
  expect(run.running()).toEqual([])
})
