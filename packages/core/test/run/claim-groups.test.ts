import { expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'

const smalls = Array.from({ length: 24 }, (_, i) => `s${i} [src/s${i}]: m${i}`).join('\n')

it('a landing cap does not hold back a workstream that has nothing to land', async () => {
  const run = await driveRun('a: n1\nb: n2\nc: n3', {
    limits: { slots: 1, landing: 1 },
    workstreams: { c: { lands: false } },
  })
  await run.finish('n1')
  expect(run.running()).toEqual(['n3'])
})

it('what a holder waits for passes a barrier even if it claims what another behind the barrier claims', async () => {
  const run = await driveRun(
    `h [src/h]: n0, h2 < n0 & t1\nz: n9\nw [src/**]: wide < n9\nx [src/t]: x1\nt [src/t]: t1\n${smalls}`,
    {
      limits: { slots: 3 },
      each: { priority: 1 },
      tasks: {
        ...Object.fromEntries(['n0', 'n9', 'wide'].map((id) => [id, { priority: 0 }])),
        x1: { priority: 3 },
        t1: { priority: 4 },
      },
    },
  )
  await run.finish('n9')
  for (let i = 0; i < 24 && run.running().includes(`m${i}`); i++) {
    await run.finish(`m${i}`)
    await run.land(`s${i}`)
  }
  expect(run.state.claims.isBarrier('run/w')).toBe(true)
  expect(run.running()).toContain('t1')
})
