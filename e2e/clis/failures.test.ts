import { modelScript } from '@ws/testing'
import { expect, it } from 'vitest'
import { describeRealTools, withRealTool } from './with-real-tool.ts'

describeRealTools('failures', (tool) => {
  it.each(['pooled', 'one-shot'] as const)(
    '%s: a request that the model refuses is a failed turn',
    (execution) =>
      withRealTool(tool, async ({ launch, changes }) => {
        const cluster = await launch({ execution })
        const script = modelScript([{ status: 400, message: 'the request has no sense' }])
        const settled = await cluster.promptSettled(`Say hello. ${script}`)
        expect(settled).toMatchObject({ isDone: false, failure: { reason: 'refused' } })
        expect(JSON.stringify(settled)).toContain('the request has no sense')
        expect(changes()).toBe('')
      }),
  )

  it('a wrong key is told from a refusal', () =>
    withRealTool(tool, async ({ launch }) => {
      const cluster = await launch()
      const script = modelScript([{ status: 401, message: 'invalid api key' }])
      const settled = await cluster.promptSettled(`Say hello. ${script}`)
      expect(settled).toMatchObject({ isDone: false, failure: { reason: 'auth' } })
    }))

  it('an overloaded model is asked again, and the turn is done', () =>
    withRealTool(tool, async ({ launch, model, changes }) => {
      const cluster = await launch()
      const script = modelScript([
        { status: 503, times: 1, retryAfterS: 1 },
        { write: 'hello.txt', content: 'hello\n' },
        { say: 'Written.' },
      ])
      const turn = await cluster.prompt(`Say hello. ${script}`)
      expect(turn.text).toContain('Written.')
      expect(changes()).toMatch(/hello\.txt$/)
      // Once more than without the refusal; some ask more about what was said.
      expect(model.requests.length).toBeGreaterThan(tool.callsForEdit)
    }))

  it('the next turn of a warm process is none the worse', () =>
    withRealTool(tool, async ({ launch }) => {
      const cluster = await launch()
      await cluster.promptSettled(`Say hello. ${modelScript([{ status: 400, message: 'no sense' }])}`)
      const turn = await cluster.prompt(`Again. ${modelScript([{ say: 'Here I am.' }])}`)
      expect(turn.text).toContain('Here I am.')
      expect(cluster.stats()).toMatchObject({ restarts: 0, alive: 1 })
    }))
})
