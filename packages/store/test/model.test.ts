import { type Journal, MemoryJournal } from '@ws/core'
import { withTempDir } from '@ws/testing'
import fc from 'fast-check'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSqliteJournal } from '../src/index.ts'
import { readAll } from './sample-steps.ts'

const stream = fc.constantFrom('run', 'queue')
// Mostly the version and epoch that fit, so that sessions get somewhere.
const offset = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 1) },
)
const events = fc.array(fc.record({ type: fc.string(), payload: fc.jsonValue() }), { maxLength: 4 })

const operation = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('append' as const),
      stream,
      version: offset,
      epoch: offset,
      events,
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('lead' as const), epoch: offset }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('read' as const),
      stream: fc.option(stream, { nil: undefined }),
      afterVersion: fc.nat(6),
      fromSeq: fc.nat(12),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('snapshot' as const), stream, state: fc.jsonValue() }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('head' as const), stream }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('reopen' as const) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('checkpoint' as const) }) },
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

/** Does it and gives everything that can be seen of it; a refusal is its code. */
async function perform(journal: Journal, given: Operation, epoch: number): Promise<unknown> {
  try {
    switch (given.op) {
      case 'append': {
        const { version } = await journal.head(given.stream)
        const inputs = [{ at: version + 0.5, input: { type: 'thing' }, events: given.events.length }]
        const expectedVersion = version + given.version
        return await journal.append({
          stream: given.stream,
          epoch: epoch + given.epoch,
          expectedVersion,
          inputs,
          events: given.events,
        })
      }
      case 'lead':
        return await journal.lead(epoch + given.epoch)
      case 'read': {
        const { stream, afterVersion, fromSeq } = given
        const steps = []
        for await (const step of journal.read(
          stream === undefined ? { fromSeq } : { stream, afterVersion, fromSeq },
        ))
          steps.push(step)
        return steps
      }
      case 'snapshot': {
        const { version } = await journal.head(given.stream)
        await journal.saveSnapshot({
          stream: given.stream,
          machineVersion: 1,
          version,
          lastAt: version,
          state: given.state,
        })
        return await journal.loadSnapshot(given.stream)
      }
      case 'head':
        return await journal.head(given.stream)
      default:
        return undefined
    }
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

test(
  'whatever is asked of it, it answers as the memory journal does, also when it was opened anew',
  () =>
    fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 40 }), (operations) =>
        withTempDir(async (dir) => {
          const path = join(dir, 'journal.db')
          const memory = new MemoryJournal()
          let sqlite = await openSqliteJournal({ path })
          let epoch = 1
          for (const given of operations) {
            if (given.op === 'checkpoint') await sqlite.checkpoint()
            if (given.op === 'reopen') {
              await sqlite.close()
              sqlite = await openSqliteJournal({ path })
            }
            const expected = JSON.parse(JSON.stringify((await perform(memory, given, epoch)) ?? null))
            const answer = JSON.parse(JSON.stringify((await perform(sqlite, given, epoch)) ?? null))
            expect(answer).toEqual(expected)
            if ('epoch' in given && typeof expected !== 'string') epoch = Math.max(epoch, epoch + given.epoch)
          }
          expect(await readAll(sqlite)).toEqual(JSON.parse(JSON.stringify(await readAll(memory))))
          await sqlite.close()
        }),
      ),
      { numRuns: process.env['WS_SOAK'] === undefined ? 25 : 1_000 },
    ),
  3_600_000,
)
