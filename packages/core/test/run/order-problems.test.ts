import { describe, expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'

describe('an extension of a run in which others wait for a lost workstream', () => {
  const lost = async () => {
    const run = await driveRun('a: n1\nb: n2 < n1, n3 < n2\nc: c1')
    await run.finish('n1')
    await run.land('a', { kind: 'conflicted', paths: ['x'] })
    expect(run.events('workstream.stranded')).toMatchObject([{ workstreamId: 'b', base: 'run/a' }])
    return run
  }

  it('is refused where it adds to that one before its fate is decided', async () => {
    const run = await lost()
    expect(await run.extend('a: n4')).toMatchObject({
      ok: false,
      code: 'WS_RUN_INVALID',
      message:
        'workstream "a" was lost and others wait for what becomes of it; retry, release or discard it first',
    })
  })

  it('adds to every other one', async () => {
    const run = await lost()
    expect(await run.extend('c: c2')).toEqual({ ok: true })
    await run.finishAll('c1', 'c2')
    await run.land('c')
    expect(await run.extend('c: c3')).toEqual({ ok: true })
  })
})
