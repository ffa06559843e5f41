import type { RegisteredWorkstream } from '@ws/store/records'
import { expect, test } from 'vitest'
import { draftWorkstream, type NewWorkstream } from '../../src/registered/new-workstream.ts'
import { allActive, planWorkstreams } from '../../src/registered/plan-workstreams.ts'

/** A workstream as the log has it. */
function kept(made: NewWorkstream, status: RegisteredWorkstream['status'] = 'PENDING'): RegisteredWorkstream {
  const isActive = status !== 'COMPLETED' && status !== 'FAILED' && status !== 'CANCELLED'
  const runId = status === 'PENDING' ? {} : { runId: 'r1' }
  const draft = draftWorkstream(made)
  const createdAt = '2026-01-02T03:04:05.000Z'
  return { ...draft, id: `ws-${made.slug}`, status, isActive, createdAt, ...runId }
}

const docs = kept({ slug: 'docs', prompt: 'Write the docs.', claims: ['docs/**'], priority: 'high' })
const site = kept({ slug: 'site', prompt: 'Build the site.', needs: ['docs'], tool: 'aider' })

test('chosen workstreams and prompts are one plan, in which each can be told again', () => {
  const { plans } = planWorkstreams([docs, site], {
    slugs: ['docs', 's*'],
    prompts: ['Fix the site', 'Site'],
  })
  expect(plans).toMatchObject([
    {
      name: 'docs, site and 2 more',
      workstreams: [
        { id: 'docs', priority: 1, metadata: { registered: 'ws-docs' } },
        { id: 'site', needs: ['docs'], metadata: { registered: 'ws-site' }, tasks: [{ tool: 'aider' }] },
        { id: 'fix-site', tasks: [{ id: 'fix-site', prompt: 'Fix the site' }] },
        { id: 'site-2' },
      ],
    },
  ])
  expect(plans[0]?.workstreams[2]).not.toHaveProperty('claims')
})

test('names that nothing active has are all told, with the nearest', () => {
  const done = kept({ slug: 'done', prompt: 'Do it.' }, 'COMPLETED')
  const ask = () => planWorkstreams([docs, site, done], { slugs: ['docs', 'stie', 'x*', 'done'] })
  expect(ask).toThrow(
    expect.objectContaining({
      code: 'WS_SLUG_UNKNOWN',
      message: [
        'no active workstream is called "stie"; did you mean "site"?',
        'no active workstream is called "x*"',
        'workstream "done" is COMPLETED',
      ].join('\n'),
      hint: 'active are docs, site',
    }),
  )
})

test('a dot in a slug is a dot', () => {
  const dotted = kept({ slug: 'v1.2', prompt: 'Release it.' })
  expect(() => planWorkstreams([dotted], { slugs: ['v1?3'] })).toThrow('v1?3')
  expect(() => planWorkstreams([kept({ slug: 'v1x2', prompt: 'No.' })], { slugs: ['v1.2'] })).toThrow('v1.2')
  expect(planWorkstreams([dotted], { slugs: ['v1?2'] }).plans).toHaveLength(1)
})

test('what is needed has been done, is started too, or comes along when that is asked for', () => {
  expect(() => planWorkstreams([docs, site], { slugs: ['site'] })).toThrow(
    'what was chosen needs "docs", which is PENDING',
  )
  const along = planWorkstreams([docs, site], { slugs: ['site'], withNeeds: true })
  expect(along.plans[0]?.workstreams.map(({ id }) => id).toSorted()).toEqual(['docs', 'site'])
  const before = planWorkstreams([{ ...docs, status: 'COMPLETED', isActive: false }, site], {
    slugs: ['site'],
  })
  expect(before.plans[0]?.workstreams).toMatchObject([{ id: 'site', needs: [] }])
})

test('what a run does already is refused by name, and left out where all are meant', () => {
  const begun = { ...docs, status: 'RUNNING', runId: 'r1' } as const
  expect(() => planWorkstreams([begun], { slugs: ['docs'] })).toThrow('"docs" is RUNNING in run r1')
  const other = kept({ slug: 'other', prompt: 'Other.' })
  const all = planWorkstreams([begun, site, other], allActive)
  expect(all.plans.flatMap(({ workstreams }) => workstreams.map(({ id }) => id))).toEqual(['other'])
  expect(all.left).toEqual([
    { slug: 'docs', because: 'is RUNNING in run r1' },
    { slug: 'site', because: 'needs "docs", which is RUNNING in run r1' },
  ])
  expect(planWorkstreams([], allActive)).toEqual({ plans: [], left: [] })
})

test('a plan is a run of its own, each time', () => {
  const plan = {
    runId: 'once',
    workstreams: ['a', 'b'].map((id) => ({ id, tasks: [{ id, run: 'true' }] })),
  }
  const whole = kept({ slug: 'both', plan })
  const { plans } = planWorkstreams([docs, whole], allActive)
  expect(plans).toMatchObject([{ name: 'docs' }, { name: 'both', metadata: { registered: 'ws-both' } }])
  expect(plans[1]).not.toHaveProperty('runId')
})

test('a workstream that cannot be planned is refused when it is made', () => {
  expect(() => draftWorkstream({ slug: 'no spaces', prompt: 'x' })).toThrow(/expected letters, digits/)
  expect(() => draftWorkstream({ slug: 'empty', prompt: '' })).toThrow(
    expect.objectContaining({ code: 'WS_PLAN_INVALID' }),
  )
})
