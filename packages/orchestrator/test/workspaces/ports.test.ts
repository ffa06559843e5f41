import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withTempRepository } from '@ws/testing'
import { expect, test } from 'vitest'
import { createOrchestrator } from '../../src/index.ts'
import { landedAtOnce } from '../landed-at-once.ts'

test('every attempt of a round has the same port, no other round has it, and none is kept afterwards', () =>
  withTempRepository(async (repository) => {
    const trace = (id: string) => join(repository.folder, id)
    const ws = await createOrchestrator({ repo: repository.path, landing: landedAtOnce() })
    const say = (id: string) => `echo $PORT >> ${trace(id)}`
    const run = await ws.run({
      workstreams: ['a', 'b'].map((id) => ({
        id,
        claims: [id],
        // Fails once, so that there is a second attempt.
        tasks: [
          { id: `${id}1`, run: `${say(id)}; test $(wc -l < ${trace(id)}) -ge 2`, backoff: { base: '1ms' } },
          { id: `${id}2`, run: say(id) },
        ],
      })),
      teardown: [`echo $PORT >> ${trace('torn-down')}`],
    })
    const { status } = await run.result
    await ws.close()
    expect(status).toBe('COMPLETED')
    const ports = (id: string) => readFileSync(trace(id), 'utf8').trim().split('\n')
    expect(ports('a')).toHaveLength(3)
    const distinct = new Set([...ports('a'), ...ports('b')])
    expect(distinct.size).toBe(2)
    expect(new Set(ports('torn-down'))).toEqual(distinct)
    expect(readdirSync(join(repository.path, '.git', 'ws', 'ports'))).toEqual([])
  }))

test('a round that ended has no port any more', () =>
  withTempRepository(async (repository) => {
    const ws = await createOrchestrator({ repo: repository.path, landing: landedAtOnce() })
    const run = await ws.run({
      workstreams: [{ id: 'a', claims: ['a'], tasks: [{ id: 't', run: 'test "$PORT" -gt 0 && touch a' }] }],
    })
    const { status } = await run.result
    await ws.close()
    expect(status).toBe('COMPLETED')
    expect(readdirSync(join(repository.path, '.git', 'ws', 'ports'))).toEqual([])
  }))
