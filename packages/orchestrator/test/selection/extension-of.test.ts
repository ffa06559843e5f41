import { Plan, resolveRun } from '@ws/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { extensionOf } from '../../src/selection/join-run.ts'

/** A plan of one task each; a task may need any before it. */
const plans = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 8 }).map((needs) =>
  Plan.parse({
    workstreams: needs.map((wanted, at) => ({
      id: `w${at}`,
      claims: [`w${at}/**`],
      tasks: [
        {
          id: `t${at}`,
          run: 'true',
          needs: at === 0 ? [] : [...new Set(wanted.map((number) => `t${number % at}`))],
        },
      ],
    })),
  }),
)

const asked = { runId: 'r', user: 'ada' }

test('whatever part joins whatever part: each task once, and waiting for what it needs', () => {
  fc.assert(
    fc.property(plans, fc.nat(), fc.nat(), (plan, first, second) => {
      const nameOf = (number: number) => `w${number % plan.workstreams.length}`
      const begun = resolveRun(plan, { ...asked, select: { only: [nameOf(first)], withNeeds: true } })
      const going = {
        tasks: new Set(begun.tasks.map(({ id }) => id)),
        workstreams: new Set(begun.workstreams.map(({ id }) => id)),
      }
      const { workstreams, tasks } = extensionOf(plan, going, {
        ...asked,
        select: { only: [nameOf(second)], withNeeds: true },
      })
      const all = [...begun.tasks, ...tasks]
      const ids = all.map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids).toContain(`t${second % plan.workstreams.length}`)
      expect(workstreams.map(({ id }) => id)).toEqual(tasks.map(({ workstream }) => workstream))
      const whole = new Map(resolveRun(plan, asked).tasks.map((task) => [task.id, task.needs]))
      for (const { id, needs } of all) expect(needs).toEqual(whole.get(id))
    }),
  )
})
