import { delimiter, dirname } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ManualClock } from '@ws/core/testing'
import { type AgentTurn, fakeAgent, type FakeTool } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import {
  type ClusterManager,
  type ClusterOptionsInput,
  launchCluster,
  type PoolEvent,
} from '../../src/index.ts'

const tools = ['claude', 'codex', 'opencode'] as const satisfies readonly FakeTool[]

interface Place {
  readonly cluster: ClusterManager
  readonly clock: ManualClock
  readonly events: readonly PoolEvent[]
  /** How many prompts some process of it has taken. */
  taken(): Promise<number>
  /** The processes that its turns have left behind and that live. */
  left(): Promise<readonly number[]>
}

async function withAgent(
  tool: FakeTool,
  { script, ...options }: ClusterOptionsInput & { readonly script: readonly AgentTurn[] },
  body: (place: Place) => Promise<void>,
): Promise<void> {
  const agent = await fakeAgent({ tool, script })
  const clock = new ManualClock(1_000_000)
  const cluster = await launchCluster(tool, {
    count: 1,
    clock,
    healthEveryMs: 0,
    ...options,
    inheritedEnv: { ...process.env, PATH: [dirname(agent.program), process.env['PATH']].join(delimiter) },
  })
  try {
    const events: PoolEvent[] = []
    cluster.events.on('*', ({ event }) => events.push(event))
    const taken = async () => (await agent.turns()).length
    await body({ cluster, clock, events, taken, left: () => agent.children() })
  } finally {
    await cluster.close({ force: true })
    await agent.close()
  }
}

/** Lets time pass, from one alarm to the next, until this is settled. */
async function passUntil<T>(clock: ManualClock, settling: Promise<T>): Promise<T> {
  let isSettled = false
  void settling.then(() => (isSettled = true))
  while (!isSettled) {
    await nextTurn()
    const next = clock.next()
    if (!isSettled && next !== undefined) clock.advanceTo(next)
  }
  return settling
}

describe.each(tools)('%s', (tool) => {
  test.each(['never', 'unflushed', 'half'] as const)(
    'that says all but the end of its turn (%s) is ended by its silence, and the next turn is its own',
    (ending) =>
      withAgent(
        tool,
        {
          idleTimeoutMs: 60_000,
          // While time flies, nothing else may begin.
          restart: 'manual',
          script: [[{ ending }, { say: 'Nearly.' }], [{ say: 'Here I am.' }]],
        },
        async ({ cluster, clock }) => {
          const heard = Promise.withResolvers<void>()
          const turn = cluster.promptSettled('One.', {
            onEvent: ({ type }) => type === 'text' && heard.resolve(),
          })
          await heard.promise
          expect(await passUntil(clock, turn)).toMatchObject({
            isDone: false,
            failure: { reason: 'timed-out', limit: 'idle', afterMs: 60_000 },
          })
          expect(await cluster.restartInstance(0)).toBe(true)
          expect((await cluster.prompt('Two.')).text).toContain('Here I am.')
        },
      ),
  )

  test('whose last line has no end is understood all the same, where its process goes after it', () =>
    withAgent(
      tool,
      { execution: 'one-shot', script: [[{ ending: 'no-newline' }, { say: 'Done.' }]] },
      async ({ cluster }) => expect((await cluster.prompt('One.')).text).toContain('Done.'),
    ))

  test('without a quota fails its turns, with the moment at which there is one again, and starts nothing anew', () =>
    withAgent(
      tool,
      { breaker: { crashes: 2 }, script: [[{ fail: 'quota', resetsInS: 3_600 }]] },
      async ({ cluster, events, taken }) => {
        const pid = cluster.getStatus()[0]?.pid
        for (let turn = 0; turn < 5; turn += 1) {
          const { failure } = await cluster
            .promptSettled('One.')
            .then((settled) => (settled.isDone ? { failure: undefined } : settled))
          expect(failure).toEqual({ reason: 'quota-exhausted', resetAt: expect.any(Number) })
        }
        expect(await taken()).toBe(5)
        expect(cluster.getStatus()[0]).toMatchObject({ pid, restarts: 0, alive: true })
        expect(events.map(({ type }) => type)).not.toContain('breaker.opened')
      },
    ))

  test.skipIf(process.platform !== 'linux')(
    'whose turn leaves children of every kind is gone with all of them',
    () =>
      withAgent(
        tool,
        {
          script: [
            [
              { ignore: 'SIGTERM' },
              { leaveChild: 'child' },
              { leaveChild: 'own-session', holdsOutput: true },
              { leaveChild: 'orphan' },
              { say: 'Done.' },
            ],
          ],
        },
        async ({ cluster, clock, left }) => {
          await cluster.prompt('One.')
          expect(await left()).toHaveLength(3)
          await passUntil(clock, cluster.close({ timeoutMs: 1_000 }))
          expect(await left()).toEqual([])
        },
      ),
  )
})
