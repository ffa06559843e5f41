import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findWorkstreamCycle } from '../../src/graph/workstream-cycle.ts'
import type { WorkstreamTask } from '../../src/graph/workstream-cycle.ts'
import { acyclicNeeds, tasksOf } from './arbitrary-needs.ts'

describe('findWorkstreamCycle', () => {
  it('sees workstreams that wait for each other though their tasks do not', () => {
    const tasks = [
      { id: 'a1', workstream: 'A' },
      { id: 'b1', workstream: 'B', needs: ['a1'] },
      { id: 'a2', workstream: 'A', needs: ['b1', 'a1'] },
    ]
    expect(findWorkstreamCycle(tasks)).toEqual({
      workstreams: ['A', 'B'],
      edges: [
        { from: 'a1', to: 'b1' },
        { from: 'b1', to: 'a2' },
      ],
    })
  })

  it('lets needs inside one workstream be', () => {
    const tasks = [
      { id: 'a1', workstream: 'A', needs: ['a2', 'unknown'] },
      { id: 'a2', workstream: 'A', needs: ['a1'] },
    ]
    expect(findWorkstreamCycle(tasks)).toBeUndefined()
  })

  it('is free of cycles exactly if the workstreams can be put in an order, and names real needs', () => {
    fc.assert(
      fc.property(tasksInWorkstreams, (tasks) => {
        const cycle = findWorkstreamCycle(tasks)
        expect(cycle === undefined).toBe(canBeOrdered(tasks))
        for (const [step, { from, to }] of cycle?.edges.entries() ?? []) {
          const [source, target] = [from, to].map((id) => tasks.find((task) => task.id === id)!)
          expect(target!.needs).toContain(from)
          expect(source!.workstream).toBe(cycle!.workstreams[step])
          expect(target!.workstream).toBe(cycle!.workstreams[(step + 1) % cycle!.workstreams.length])
        }
      }),
      { numRuns: 300 },
    )
  })
})

const tasksInWorkstreams: fc.Arbitrary<WorkstreamTask[]> = acyclicNeeds().chain((needs) =>
  fc
    .array(fc.constantFrom('A', 'B', 'C', 'D'), { minLength: needs.length, maxLength: needs.length })
    .map((workstreams) => tasksOf(needs).map((task, at) => ({ ...task, workstream: workstreams[at]! }))),
)

/** Takes away workstreams that need nothing of those left, as long as there are any. */
function canBeOrdered(tasks: readonly WorkstreamTask[]): boolean {
  if (tasks.length === 0) return true
  const needsOthers = ({ workstream, needs = [] }: WorkstreamTask): boolean =>
    tasks.some((other) => other.workstream !== workstream && needs.includes(other.id))
  const held = new Set(tasks.filter(needsOthers).map(({ workstream }) => workstream))
  const rest = tasks.filter(({ workstream }) => held.has(workstream))
  return rest.length < tasks.length && canBeOrdered(rest)
}
