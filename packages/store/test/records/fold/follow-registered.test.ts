import { Plan, resolveRun, type RunEvent, type RunSpec } from '@ws/core'
import { describe, expect, test } from 'vitest'
import { Records } from '../../../src/records/index.ts'
import { began } from '../lived-log.ts'
import { done } from '../told.ts'

const plan = { workstreams: [{ id: 'docs', tasks: [{ id: 'docs', prompt: 'Write them.' }] }] }

interface Told {
  readonly records: Records
  readonly tell: <Event extends { readonly type: string }>(stream: string, event: Event) => void
  readonly stand: () => unknown
}

/** A log in which somebody has kept the workstream "docs" for later. */
function kept(isWhole = false): Told {
  const records = new Records()
  let seq = 0
  const tell: Told['tell'] = (stream, event) => {
    seq += 1
    records.take({ seq, at: began + seq * 60_000, stream, event })
  }
  tell('registry', {
    type: 'record.created',
    id: 'ws-1',
    name: 'docs',
    correlationId: 'ws-1',
    metadata: { slug: 'docs', plan, isWhole },
  })
  const stand = () => {
    const [one] = records.registered
    return one && [one.status, one.isActive, one.runId, one.reason]
  }
  return { records, tell, stand }
}

const part: RunSpec = resolveRun(
  Plan.parse({ workstreams: [{ ...plan.workstreams[0], metadata: { registered: 'ws-1' } }] }),
  { runId: 'r', user: 'ada' },
)
const whole = resolveRun(Plan.parse({ ...plan, metadata: { registered: 'ws-1' } }), {
  runId: 'r',
  user: 'ada',
})
const of = { runId: 'r', workstreamId: 'docs' }
const started = (run: RunSpec): RunEvent => ({ type: 'run.started', runId: 'r', run, estimates: {} })

describe('a registered workstream', () => {
  test('waits until a run does it, and ends as it does there', () => {
    const { tell, stand } = kept()
    expect(stand()).toEqual(['PENDING', true, undefined, undefined])
    tell('run', started(part))
    expect(stand()).toEqual(['RUNNING', true, 'r', undefined])
    tell('run', { type: 'workstream.quarantined', ...of, reason: 'breach' })
    expect(stand()).toEqual(['QUARANTINED', true, 'r', 'breach'])
    tell('run', { type: 'workstream.failed', ...of, reason: 'discarded' })
    expect(stand()).toEqual(['FAILED', false, 'r', 'discarded'])
  })

  test('is still completed when its run is archived', () => {
    const { records, tell, stand } = kept()
    tell('run', started(part))
    tell('run', { type: 'workstream.completed', ...of })
    tell('run', done)
    tell('run', { type: 'run.archived', runId: 'r' })
    expect(records.runIds).toEqual([])
    expect(stand()).toEqual(['COMPLETED', false, 'r', undefined])
  })

  test('can be started again when its run was cancelled', () => {
    const { tell, stand } = kept()
    tell('run', started(part))
    tell('run', { type: 'workstream.failed', ...of, reason: 'cancelled' })
    expect(stand()).toEqual(['PENDING', true, 'r', 'cancelled'])
  })

  test('that is a plan of its own goes by its run', () => {
    const { tell, stand } = kept(true)
    tell('run', started(whole))
    tell('run', { type: 'run.paused', runId: 'r', reason: 'user' })
    expect(stand()).toEqual(['PAUSED', true, 'r', undefined])
    tell('run', done)
    expect(stand()).toEqual(['COMPLETED', false, 'r', undefined])
  })

  test('is not done by a run that only looks', () => {
    const { tell, stand } = kept()
    tell('run', started({ ...part, work: { ...part.work!, mode: 'analyze' } }))
    tell('run', { type: 'workstream.completed', ...of })
    expect(stand()).toEqual(['PENDING', true, undefined, undefined])
  })

  test('is no other record that somebody keeps', () => {
    const { records, tell } = kept()
    tell('registry', {
      type: 'record.created',
      id: 'own',
      name: 'own',
      correlationId: 'own',
      metadata: { slug: 'own' },
    })
    expect(records.registered.map(({ slug }) => slug)).toEqual(['docs'])
  })
})
