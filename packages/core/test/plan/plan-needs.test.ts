import { expect, test } from 'vitest'
import { PlanOutline } from '../../src/plan/outline.ts'
import { orderOf, planNeeds, precedenceOf } from '../../src/plan/plan-needs.ts'

test('a workstream without tasks holds nobody up, and no order breaks on it', () => {
  const needs = planNeeds(
    PlanOutline.parse({
      workstreams: [
        { id: 'empty', tasks: [] },
        { id: 'a', needs: ['empty'], tasks: [{ id: 'a1', run: 'true' }] },
        { id: 'v', needs: ['empty', 'a'], baseOn: 'target', tasks: [{ id: 'v1', run: 'true' }] },
      ],
    }),
  )
  expect(needs.needs).toEqual([[], []])
  expect(needs.landed).toEqual([[], ['empty', 'a']])
  const precedence = precedenceOf(needs)!
  expect(precedence.precedes(0, 1)).toBe(true)
  const ordered = orderOf(needs, precedence)
  expect(ordered('v', 'a')).toBe(true)
  expect(ordered('a', 'empty')).toBe(true)
  expect(ordered('empty', 'a')).toBe(true)
})
