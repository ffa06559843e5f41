import type { EventFeed, Failure } from '@ws/core'
import { describe, expectTypeOf, test } from 'vitest'
import {
  type ClusterManager,
  type ClusterOptionsInput,
  type InstanceStats,
  launchCluster,
  type MappedTurn,
  type PoolEvent,
  type PromptOptions,
  type Routing,
  type SettledTurn,
  type ToolProcessPool,
  type Turn,
} from '../../src/index.ts'

// What an editor completes. The compiler checks these lines; running them shows nothing more.
describe('what a caller of launchCluster sees', () => {
  test('is a name or an adapter, and options with their values', () => {
    expectTypeOf(launchCluster).parameter(0).extract<string>().toEqualTypeOf<string>()
    expectTypeOf<ClusterOptionsInput['count']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<ClusterOptionsInput['routing']>().toEqualTypeOf<Routing | undefined>()
    expectTypeOf<ClusterOptionsInput['execution']>().toEqualTypeOf<
      'auto' | 'pooled' | 'one-shot' | undefined
    >()
    expectTypeOf<ClusterOptionsInput['permission']>().toEqualTypeOf<
      'read' | 'ask' | 'edit' | 'all' | undefined
    >()
    expectTypeOf<NonNullable<ClusterOptionsInput['recycle']>['memoryMb']>().toEqualTypeOf<
      number | undefined
    >()
    expectTypeOf<NonNullable<ClusterOptionsInput['breaker']>['crashes']>().toEqualTypeOf<number | undefined>()
    expectTypeOf(launchCluster).returns.resolves.toEqualTypeOf<ClusterManager>()
  })

  test('is an error of the compiler where it is misspelt or of another kind', () => {
    // @ts-expect-error: there is no such way of routing
    expectTypeOf<{ routing: 'random' }>().toExtend<ClusterOptionsInput>()
    // @ts-expect-error: a number
    expectTypeOf<{ count: '3' }>().toExtend<ClusterOptionsInput>()
    const misspelt = (): Parameters<typeof launchCluster>[1] => ({
      // @ts-expect-error: nothing is called so
      cuont: 3,
    })
    expectTypeOf(misspelt).toBeFunction()
  })

  test('is a turn, a settled turn, or which instance answered', () => {
    expectTypeOf<ClusterManager['prompt']>().parameter(0).toEqualTypeOf<string>()
    expectTypeOf<ClusterManager['prompt']>().parameter(1).toEqualTypeOf<PromptOptions | undefined>()
    expectTypeOf<ClusterManager['prompt']>().returns.resolves.toEqualTypeOf<Turn>()
    expectTypeOf<ClusterManager['promptSettled']>().returns.resolves.toEqualTypeOf<SettledTurn>()
    expectTypeOf<Extract<SettledTurn, { isDone: false }>['failure']>().toEqualTypeOf<Failure>()
    expectTypeOf<ClusterManager['sendTo']>().returns.toEqualTypeOf<boolean>()
    expectTypeOf<ToolProcessPool['sendPrompt']>().returns.toEqualTypeOf<boolean>()
    expectTypeOf<ToolProcessPool['readResponse']>().returns.resolves.toEqualTypeOf<string | undefined>()
  })

  test('is the item of a batch as it was given', () => {
    const batch = (cluster: ClusterManager) => cluster.map([{ file: 'a.ts' }], ({ file }) => `Review ${file}`)
    type Batch = ReturnType<typeof batch>
    expectTypeOf<Batch>().toExtend<AsyncIterable<MappedTurn<{ file: string }>>>()
  })

  test('is every event by its type, with what it carries', () => {
    expectTypeOf<ClusterManager['events']>().toEqualTypeOf<EventFeed<PoolEvent>>()
    const listen = (cluster: ClusterManager) =>
      cluster.events.on('breaker.opened', ({ event }) => {
        expectTypeOf(event.crashes).toEqualTypeOf<number>()
        expectTypeOf(event.type).toEqualTypeOf<'breaker.opened'>()
      })
    expectTypeOf(listen).returns.toEqualTypeOf<() => void>()
    expectTypeOf<PoolEvent['type']>().toEqualTypeOf<
      | 'instance.started'
      | 'instance.ready'
      | 'instance.crashed'
      | 'instance.delayed'
      | 'instance.restarted'
      | 'instance.recycled'
      | 'instance.stopped'
      | 'breaker.opened'
      | 'breaker.closed'
      | 'session.lost'
      | 'turn.started'
      | 'turn.completed'
      | 'turn.failed'
    >()
    expectTypeOf<InstanceStats['p95Ms']>().toEqualTypeOf<number | null>()
  })
})
