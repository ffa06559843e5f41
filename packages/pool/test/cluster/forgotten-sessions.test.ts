import { delimiter, dirname } from 'node:path'
import { fakeAgent, type FakeTool } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { type ClusterManager, launchCluster, type PoolEvent } from '../../src/index.ts'

const pooled = ['claude', 'codex', 'opencode', 'copilot', 'qwen'] as const satisfies readonly FakeTool[]
const oneShot = [...pooled, 'gemini'] as const satisfies readonly FakeTool[]

interface Place {
  readonly cluster: ClusterManager
  readonly events: readonly PoolEvent[]
  /** The prompts that some process of the tool has taken. */
  prompts(): Promise<readonly string[]>
}

/** A cluster of one tool that was asked something in the session "one", and has none of what it knew since. */
async function withForgetful(
  tool: FakeTool,
  execution: 'pooled' | 'one-shot',
  body: (place: Place) => Promise<void>,
): Promise<void> {
  const agent = await fakeAgent({
    tool,
    forgets: true,
    script: [{ when: 'crash', steps: [{ crash: 'SIGKILL' }] }, [{ say: 'Yes.' }], [{ say: 'Here I am.' }]],
  })
  const cluster = await launchCluster(tool, {
    count: 1,
    execution,
    backoff: { firstMs: 0 },
    inheritedEnv: { ...process.env, PATH: [dirname(agent.program), process.env['PATH']].join(delimiter) },
  })
  try {
    const events: PoolEvent[] = []
    cluster.events.on('*', ({ event }) => events.push(event))
    await cluster.prompt('Remember.', { session: 'one' })
    // The process that has the session goes; one-shot it went by itself.
    if (execution === 'pooled') {
      const back = new Promise((resolve) => cluster.events.on('instance.restarted', resolve))
      await cluster.promptSettled('crash', { session: 'one' })
      await back
    }
    const prompts = async () => (await agent.turns()).map(({ prompt }) => prompt)
    await body({ cluster, events, prompts })
  } finally {
    await cluster.close({ force: true })
    await agent.close()
  }
}

const cases = [
  ...pooled.map((tool) => ({ tool, execution: 'pooled' as const })),
  ...oneShot.map((tool) => ({ tool, execution: 'one-shot' as const })),
]

describe.each(cases)('$tool, $execution, that does not have a session any more', ({ tool, execution }) => {
  test('loses it, which is told, and the turn begins anew', () =>
    withForgetful(tool, execution, async ({ cluster, events }) => {
      const turn = await cluster.prompt('And now?', { session: 'one' })
      expect(turn.text).toContain('Here I am.')
      expect(events.filter(({ type }) => type === 'session.lost')).toEqual([
        { type: 'session.lost', index: 0, session: 'one' },
      ])
      // That it has forgotten is no crash: only the one that was asked for is one.
      const crashes = events.filter(({ type }) => type === 'instance.crashed')
      expect(crashes).toHaveLength(execution === 'pooled' ? 1 : 0)
    }))
})

// One whose process is started for its session, one whose session is opened in it, and a process for each turn.
const kinds = cases.filter(
  ({ tool, execution }) => tool === 'claude' || (tool === 'codex' && execution === 'pooled'),
)

describe.each(kinds)('$tool, $execution, that does not have a session any more', ({ tool, execution }) => {
  test('fails the turn of a caller who needs what was said before', () =>
    withForgetful(tool, execution, async ({ cluster, events, prompts }) => {
      const settled = await cluster.promptSettled('And now?', { session: 'one', mayBeginAnew: false })
      expect(settled).toMatchObject({ isDone: false, failure: { reason: 'protocol' } })
      expect(JSON.stringify(settled)).toContain('the conversation \\"one\\" is lost')
      expect(events.map(({ type }) => type)).toContain('session.lost')
      expect(await prompts()).not.toContain('And now?')
      // Another conversation is none the worse.
      expect((await cluster.prompt('Hello.', { session: 'two' })).text).toContain('Here I am.')
    }))
})
