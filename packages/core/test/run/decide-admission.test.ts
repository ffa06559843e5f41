import { describe, expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'

const hour = 3_600_000

describe('the order of starts', () => {
  it('puts the more urgent workstream first', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3', {
      limits: { slots: 1 },
      workstreams: { a: { priority: 3 }, b: { priority: 0 }, c: { priority: 1 } },
    })
    expect(run.running()).toEqual(['n2'])
    await run.finish('n2')
    expect(run.running()).toEqual(['n3'])
  })
})
