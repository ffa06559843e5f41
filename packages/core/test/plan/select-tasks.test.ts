import { expect, test } from 'vitest'
import { planNeeds } from '../../src/plan/plan-needs.ts'
import { Plan } from '../../src/plan/plan.ts'
import { selectTasks, type TaskSelection } from '../../src/plan/select-tasks.ts'

const run = 'true'
const plan = Plan.parse({
  workstreams: [
    {
      id: 'api',
      claims: [],
      tasks: [
        { id: 'a1', run, phase: 'build' },
        { id: 'a2', run, label: 'Test it', needs: ['a1'] },
      ],
    },
    { id: 'docs', claims: [], needs: ['api'], tasks: [{ id: 'd1', run, phase: 'build' }] },
    { id: 'site', claims: [], tasks: [{ id: 's1', run }] },
  ],
})

function select(selection: TaskSelection): string {
  const needs = planNeeds(plan)
  return selectTasks(needs, selection)
    .map((position) => needs.tasks[position]?.task.id)
    .join(' ')
}

test('without a selection everything is selected', () => {
  expect(select({})).toBe('a1 a2 d1 s1')
})

test('workstreams are selected by their ids, tasks by id, label or phase, with any text for a star', () => {
  expect(select({ only: ['api', 's*'] })).toBe('a1 a2 s1')
  expect(select({ only: ['*'], steps: ['*1'], done: ['a2'] })).toBe('a1 d1 s1')
  expect(select({ steps: ['Test*'], done: ['a1'] })).toBe('a2')
  expect(select({ only: ['api'], steps: ['build'] })).toBe('a1')
  expect(select({ steps: ['T*st*it'], done: ['a1'] })).toBe('a2')
  expect(select({ steps: ['b*l*d'], done: ['a2'] })).toBe('a1 d1')
})

test('what the selected tasks need must have succeeded before, or comes along', () => {
  expect(() => select({ only: ['docs'] })).toThrow(
    expect.objectContaining({ code: 'WS_SELECTION_NEEDS', details: { missing: ['a2'] } }),
  )
  expect(select({ only: ['docs'], done: ['a2'] })).toBe('d1')
  expect(select({ only: ['docs'], withNeeds: true })).toBe('a1 a2 d1')
  expect(select({ only: ['docs'], withNeeds: true, done: ['a2'] })).toBe('d1')
})

test('a name that matches nothing is refused with the nearest', () => {
  expect(() => select({ only: ['dosc'] })).toThrow(
    expect.objectContaining({ code: 'WS_SELECTION_UNKNOWN', hint: 'did you mean "docs"?' }),
  )
  // The last two would need a part of the label that is not there, or one letter of it twice.
  for (const step of ['zzz*', 'T*x*it', 'Test*i*it'])
    expect(() => select({ steps: [step] }), step).toThrow(
      expect.objectContaining({ code: 'WS_SELECTION_UNKNOWN' }),
    )
})
