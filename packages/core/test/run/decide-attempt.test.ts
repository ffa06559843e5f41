import { describe, expect, it } from 'vitest'
import type { Failure } from '../../src/errors/failure.ts'
import { driveRun } from './drive-run.ts'

const minute = 60_000
const two = [
  { tool: 'aider', account: 'acme' },
  { tool: 'codex', account: 'zenith' },
]
const soon = { baseMs: 0, factor: 1, maxMs: 0 }

describe('a failed attempt', () => {
  const worthARetry: readonly Failure[] = [
    { reason: 'exited', exitCode: 1 },
    { reason: 'signalled', signal: 'SIGSEGV' },
    { reason: 'timed-out', afterMs: minute, limit: 'run' },
    { reason: 'crashed', detail: 'gone' },
    { reason: 'unparsable', detail: 'no JSON' },
    { reason: 'protocol', detail: 'no hello' },
    { reason: 'over-reservation', spentUsd: 2, reservedUsd: 1 },
    { reason: 'outputs-missing', paths: ['x'] },
  ]

  it.each(worthARetry)('is tried again as long as it has retries: $reason', async (failure) => {
    const run = await driveRun('a: n1', { each: { retries: 1, backoff: soon } })
    await run.fail('n1', failure)
    expect(run.events('task.retried')).toMatchObject([{ attempt: 1, failure, isSpent: true }])
    expect(run.running()).toEqual(['n1'])
    await run.fail('n1', failure)
    const isCrash = failure.reason === 'crashed'
    expect(run.states()).toMatchObject({ n1: isCrash ? 'QUARANTINED' : 'FAILED' })
  })

  it('of a tool that crashed until its retries were spent is set aside as a crash loop', async () => {
    const run = await driveRun('a: n1', { each: { retries: 2, backoff: soon } })
    for (let i = 0; i < 3; i++) await run.fail('n1', { reason: 'crashed', detail: 'gone' })
    expect(run.events('task.quarantined')).toMatchObject([
      { breach: { breach: 'crash-loop', crashes: 3, cause: 'crashed' } },
    ])
  })

  it('for want of inputs is final', async () => {
    const run = await driveRun('a: n1', { each: { retries: 2 } })
    await run.fail('n1', { reason: 'inputs-missing', patterns: ['x/*'] })
    expect(run.states()).toMatchObject({ n1: 'FAILED', a: 'FAILED' })
  })

  const belongsToTheTool: readonly Failure[] = [
    { reason: 'auth', detail: 'no key' },
    { reason: 'context-exceeded' },
    { reason: 'refused', detail: 'no' },
  ]

  it.each(belongsToTheTool)(
    'that the tool is the cause of goes to the next tool: $reason',
    async (failure) => {
      const run = await driveRun('a: n1', { each: { tools: two } })
      await run.fail('n1', failure)
      expect(run.events('task.retried')).toMatchObject([{ isSpent: false, avoid: 'aider' }])
      expect(run.events('task.started').at(-1)).toMatchObject({ tool: 'codex' })
      await run.fail('n1', failure)
      expect(run.states()).toMatchObject({ n1: 'FAILED' })
    },
  )

  const weather: readonly Failure[] = [
    { reason: 'rate-limited' },
    { reason: 'overloaded' },
    { reason: 'infrastructure', detail: 'disk' },
  ]

  it.each(weather)('that nobody is the cause of is tried again twenty times: $reason', async (failure) => {
    const run = await driveRun('a: n1', { each: { backoff: soon } })
    for (let i = 0; i < 19; i++) await run.fail('n1', failure)
    expect(run.running()).toEqual(['n1'])
    await run.fail('n1', failure)
    expect(run.states()).toMatchObject({ n1: 'FAILED' })
    expect(run.events('task.retried').every(({ isSpent }) => !isSpent)).toBe(true)
  })

  it('of another kind, or a success, begins the count of overloads anew', async () => {
    const run = await driveRun('a: n1', { each: { backoff: soon, retries: 1 } })
    for (let i = 0; i < 19; i++) await run.fail('n1', { reason: 'overloaded' })
    await run.fail('n1')
    for (let i = 0; i < 19; i++) await run.fail('n1', { reason: 'overloaded' })
    expect(run.running()).toEqual(['n1'])
  })

  it('whose end was not seen is lost and spends no retry, but three in a row are a crash loop', async () => {
    const run = await driveRun('a: n1')
    await run.fail('n1', { reason: 'lost' })
    await run.fail('n1', { reason: 'lost' })
    expect(run.task('n1')).toMatchObject({ attempt: 3, retriesSpent: 0 })
    await run.fail('n1', { reason: 'lost' })
    expect(run.events('task.quarantined')).toMatchObject([
      { breach: { breach: 'crash-loop', crashes: 3, cause: 'lost' } },
    ])
  })

  it('that was seen ends a row of lost ones', async () => {
    const run = await driveRun('a: n1', { each: { retries: 1, backoff: soon } })
    await run.fail('n1', { reason: 'lost' })
    await run.fail('n1', { reason: 'lost' })
    await run.fail('n1')
    await run.fail('n1', { reason: 'lost' })
    await run.fail('n1', { reason: 'lost' })
    expect(run.running()).toEqual(['n1'])
  })

  it('that broke a guardrail quarantines its task and workstream', async () => {
    const run = await driveRun('a: n1, n2 < n1')
    await run.breach('n1', { breach: 'secret', path: '.env', kind: 'key' })
    expect(run.states()).toEqual({ n1: 'QUARANTINED', n2: 'SKIPPED', a: 'QUARANTINED' })
    expect(run.run().status).toBe('FAILED')
  })

  it('that was interrupted for a reason of its run is cancelled', async () => {
    const run = await driveRun('a: n1')
    await run.fail('n1', { reason: 'interrupted', by: 'discarded' })
    expect(run.states()).toEqual({ n1: 'SKIPPED', a: 'FAILED' })
  })
})

describe('the wait before the next attempt', () => {
  it('doubles with every retry up to its bound, less up to half by a jitter that is no chance', async () => {
    const waits = async () => {
      const run = await driveRun('a: n1', { each: { retries: 8 } })
      const found: number[] = []
      for (let i = 0; i < 8; i++) {
        await run.fail('n1')
        const at = run.events('task.retried').at(-1)!.retryAt
        found.push(at - run.clock.now())
        await run.advance(at - run.clock.now())
      }
      return found
    }
    const first = await waits()
    first.forEach((ms, i) => {
      const fullMs = Math.min(60_000, 1_000 * 2 ** i)
      expect(ms).toBeGreaterThan(fullMs / 2)
      expect(ms).toBeLessThanOrEqual(fullMs)
    })
    expect(new Set(first).size).toBe(8)
    expect(await waits()).toEqual(first)
  })

  it('is explained', async () => {
    const run = await driveRun('a: n1', { each: { retries: 1 } })
    await run.fail('n1')
    const { retryAt } = run.events('task.retried')[0]!
    expect(run.why('n1')).toEqual([{ for: 'retry', at: retryAt }])
    await run.advance(retryAt - 1)
    expect(run.running()).toEqual([])
    await run.advance(1)
    expect(run.running()).toEqual(['n1'])
  })
})

describe('the attempt number', () => {
  it('is a fence: an outcome with an old one changes nothing', async () => {
    const run = await driveRun('a: n1', { isChecked: false })
    await run.fail('n1', { reason: 'lost' })
    run.news()
    await run.end('n1', { kind: 'succeeded', commit: 'late' }, {}, 1)
    expect(run.states()).toMatchObject({ n1: 'RUNNING' })
    expect(run.events('task.succeeded')).toEqual([])
    expect(run.news()).toEqual(['attempt.superseded n1/1'])
  })

  it('is told nothing of by an outcome that comes twice, or of a task that nobody knows', async () => {
    const run = await driveRun('a: n1')
    await run.finish('n1')
    run.news()
    await run.end('n1', { kind: 'succeeded' }, {}, 1)
    await run.meter('n1', 3)
    const usage = { costUsd: 0, tokens: 0, durationMs: 0 }
    const outcome = { kind: 'succeeded' } as const
    await run.tell({ type: 'attempt.ended', runId: 'run', taskId: 'n9', attempt: 1, outcome, usage })
    await run.tell({ type: 'attempt.metered', runId: 'no', taskId: 'n1', attempt: 1, usage })
    expect(run.news()).toEqual([])
  })
})

describe('what an attempt teaches', () => {
  it('is the estimate of the next run for tasks alike, the newest counting most', async () => {
    const unknown = { estimateKey: 'lint' }
    const plan = { each: unknown, tasks: { n2: unknown, n3: unknown } }
    const run = await driveRun('a: n1', { each: unknown })
    await run.finish('n1', { durationMs: 100, costUsd: 2 })
    expect(run.state.learned.get('lint')).toEqual({ ms: 100, usd: 2, samples: 1 })
    await run.start('a: n1, n2 < n1, n3 < n2, n4 < n3', { run: { id: 'two' }, ...plan })
    const usage = (durationMs: number) => ({ costUsd: 2, tokens: 0, durationMs })
    for (const [i, ms] of [200, 300, 500, 1_000].entries()) {
      await run.tell({
        type: 'attempt.ended',
        runId: 'two',
        taskId: `n${i + 1}`,
        attempt: 1,
        outcome: { kind: 'succeeded' },
        usage: usage(ms),
      })
    }
    // 150 of two, 200 of three; from then on the newest weighs three tenths: 290, 503.
    expect(run.state.learned.get('lint')?.ms).toBeCloseTo(503)
  })

  it('is used where the plan estimates nothing, and the reserve where nothing is known', async () => {
    const { estimateMs: _ms, estimateUsd: _usd, ...bare } = (await driveRun('a: n1')).task('n1').spec
    const run = await driveRun('a: n1')
    await run.finish('n1', { durationMs: 5_000, costUsd: 3 })
    const spec = { ...run.run().spec, id: 'two' }
    await run.startSpec({ ...spec, tasks: [bare, { ...bare, id: 'n2', estimateKey: 'new' }] })
    expect(run.task('n1', 'two')).toMatchObject({ estimateMs: 5_000, estimateUsd: 3 })
    expect(run.task('n2', 'two')).toMatchObject({ estimateMs: 0, estimateUsd: 0.5 })
  })
})
