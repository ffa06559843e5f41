import { modelScript, type ModelStep } from '@ws/testing'
import { expect, it } from 'vitest'
import { judge } from './facts.ts'
import { MODES } from './usual.ts'
import { describeRealTools, withRealTool } from './with-real-tool.ts'

/** Some wait for as long as the service says, or try again for minutes and tell nobody. */
const PATIENCE_MS = 60_000

const REFUSALS = [
  ['the model refuses (400)', { status: 400, message: 'the request has no sense' }],
  ['a wrong key (401)', { status: 401, message: 'invalid api key' }],
] as const

// In words, which are passed on where a header is not; as each provider says that it is for longer than a moment.
const QUOTA: ModelStep = {
  status: 429,
  isQuota: true,
  retryAfterS: 1,
  message: 'the quota is used up, try again in 3600s',
}

describeRealTools('failures', (tool) => {
  it.each(MODES.flatMap((execution) => REFUSALS.map(([fact, step]) => ({ execution, fact, step }))))(
    '$execution: $fact',
    ({ execution, fact, step }) =>
      withRealTool(tool, async ({ launch, changes }) => {
        const cluster = await launch({ execution })
        const settled = await cluster.promptSettled(`Say hello. ${modelScript([step])}`)
        if (step.status === 400) expect(JSON.stringify(settled)).toContain(step.message)
        expect(changes()).toBe('')
        judge(tool, execution, fact, settled.isDone ? 'done' : settled.failure.reason)
      }),
  )

  it.each(MODES)('%s: a spent quota is told from a limit for the moment', (execution) =>
    withRealTool(tool, async ({ launch }) => {
      const cluster = await launch({ execution })
      const startedAt = Date.now()
      const settled = await cluster.promptSettled(`Say hello. ${modelScript([QUOTA])}`, {
        timeoutMs: tool.patienceMs ?? PATIENCE_MS,
      })
      const failure = settled.isDone ? undefined : settled.failure
      judge(tool, execution, 'a spent quota (429)', failure?.reason ?? 'done')
      const resetAt = failure?.reason === 'quota-exhausted' ? failure.resetAt : undefined
      judge(tool, execution, 'when the quota is there again', resetAt === undefined ? 'not told' : 'told')
      if (resetAt !== undefined) expect(resetAt).toBeGreaterThanOrEqual(startedAt + 3_600_000)
    }),
  )

  it.each(MODES)('%s: an overloaded model is asked again, and the turn is done', (execution) =>
    withRealTool(tool, async ({ launch, model, changes }) => {
      const cluster = await launch({ execution })
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
      judge(tool, execution, 'an overloaded model (503, once)', 'asked again')
    }),
  )

  it('the next turn of a warm process is none the worse', () =>
    withRealTool(tool, async ({ launch }) => {
      const cluster = await launch()
      await cluster.promptSettled(`Say hello. ${modelScript([{ status: 400, message: 'no sense' }])}`)
      const turn = await cluster.prompt(`Again. ${modelScript([{ say: 'Here I am.' }])}`)
      expect(turn.text).toContain('Here I am.')
      expect(cluster.stats()).toMatchObject({ restarts: 0, alive: 1 })
    }))
})
