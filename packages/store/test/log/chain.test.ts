import { expect, test } from 'vitest'
import { Chain } from '../../src/log/chain.ts'
import { genesis, type Row, rowHash } from '../../src/log/row.ts'

function row(previous: Uint8Array, fields: Partial<Row> = {}): Row {
  const draft = {
    position: 1,
    kind: 'step',
    stream: 'run',
    version: 1,
    epoch: 1,
    firstSeq: 1,
    eventCount: 2,
    body: '{}',
    ...fields,
  } as const
  return { ...draft, hash: rowHash(previous, draft) }
}

const first = row(genesis)
const damaged = (position: number) =>
  expect.objectContaining({ code: 'WS_STORE_CORRUPT', details: expect.objectContaining({ position }) })

test('rows that follow each other move the head', () => {
  const chain = new Chain('x.db')
  chain.take(first)
  chain.take(row(first.hash, { position: 2, version: 2, firstSeq: 3, epoch: 4 }))
  expect(chain.head).toMatchObject({ position: 2, nextSeq: 5, epoch: 4 })
  expect(chain.version('run')).toBe(2)
})

test.each([
  ['body', { body: '{ }' }],
  ['stream', { stream: 'runs' }],
  ['epoch', { epoch: 2 }],
  ['version', { version: 2 }],
  ['first event', { firstSeq: 2 }],
  ['count of events', { eventCount: 3 }],
  ['kind', { kind: 'lead' }],
] as const)('a row whose %s was changed is refused', (_, fields) => {
  expect(() => new Chain('x.db').take({ ...first, ...fields })).toThrow(damaged(1))
})

test('a row that was made for another place is refused, also with a hash of its own', () => {
  const chain = new Chain('x.db')
  chain.take(first)
  expect(() => chain.take(row(genesis, { position: 2, version: 2, firstSeq: 3 }))).toThrow(damaged(2))
  expect(() => chain.take(row(first.hash, { position: 3, version: 2, firstSeq: 3 }))).toThrow(damaged(2))
  expect(() => chain.take(row(first.hash, { position: 2, version: 3, firstSeq: 3 }))).toThrow(damaged(2))
})

test('fields that run into each other do not share a hash', () => {
  const one = row(genesis, { stream: 'a', body: '\nb' })
  const other = row(genesis, { stream: 'a\n', body: 'b' })
  expect(one.hash).not.toEqual(other.hash)
})
