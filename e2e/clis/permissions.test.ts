import { modelScript } from '@ws/testing'
import { expect, it } from 'vitest'
import { describeRealTools, withRealTool } from './with-real-tool.ts'

const SCRIPT = modelScript([{ write: 'hello.txt', content: 'hello\n' }, { say: 'I did what I could.' }])

describeRealTools(
  'permissions',
  (tool) => {
    it('what is denied is not written, and told', () =>
      withRealTool(tool, async ({ launch, changes }) => {
        const cluster = await launch({ permission: 'ask' })
        const asked: unknown[] = []
        const settled = await cluster.promptSettled(`Say hello. ${SCRIPT}`, {
          decide: (ask) => {
            asked.push(ask)
            return { isAllowed: false, because: 'not claimed' }
          },
        })
        expect(changes()).toBe('')
        expect(asked).toMatchObject([{ kind: 'write' }])
        expect(JSON.stringify(asked)).toContain('hello.txt')
        expect(settled.turn?.denied).toMatchObject([{ kind: 'write' }])
      }))

    it('what is allowed is written', () =>
      withRealTool(tool, async ({ launch, changes }) => {
        const cluster = await launch({ permission: 'ask' })
        const turn = await cluster.prompt(`Say hello. ${SCRIPT}`, { decide: () => ({ isAllowed: true }) })
        expect(changes()).toMatch(/hello\.txt$/)
        expect(turn.denied).toEqual([])
      }))

    it.each(['pooled', 'one-shot'] as const)('%s: who may only read writes nothing', (execution) =>
      withRealTool(tool, async ({ launch, changes }) => {
        const cluster = await launch({ permission: 'read', execution })
        await cluster.promptSettled(`Say hello. ${SCRIPT}`)
        expect(changes()).toBe('')
      }),
    )
  },
  ({ asks }) => asks,
)
