import { expect, test } from 'vitest'
import { findPlanConflicts } from '../../src/plan/plan-conflicts.ts'
import { Plan, type PlanInput } from '../../src/plan/plan.ts'

function conflicts(workstreams: PlanInput['workstreams']): string[] {
  return findPlanConflicts(Plan.parse({ workstreams })).map(({ a, b, witness }) => `${a} ${b} ${witness}`)
}

const run = 'true'

test('every pair that cannot run side by side comes with a path that both claim', () => {
  const tasks = (id: string) => [{ id, run }]
  expect(
    conflicts([
      { id: 'a', claims: ['src/**'], tasks: tasks('a') },
      { id: 'b', tasks: [{ id: 'b', run, outputs: ['src/b.ts'] }] },
      { id: 'c', claims: [{ path: '**', mode: 'shared' }], tasks: tasks('c') },
      { id: 'd', claims: ['src/**'], needs: ['a', 'b', 'c'], tasks: tasks('d') },
      { id: 'e', claims: [], tasks: tasks('e') },
      { id: 'f', tasks: tasks('f') },
    ]),
  ).toEqual(['a b src/b.ts', 'a c src', 'b c src/b.ts'])
})

test('where tasks wait for each other, none of their workstreams comes before another', () => {
  const claims = ['src/**']
  expect(
    conflicts([
      { id: 'a', claims, tasks: [{ id: 'a1', run, needs: ['b1'] }] },
      { id: 'b', claims, tasks: [{ id: 'b1', run, needs: ['a1'] }] },
    ]),
  ).toEqual(['a b src'])
})
