import { ManualClock } from '@ws/core/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TurnRequest } from '../../src/instance/turn.ts'
import { TurnQueue } from '../../src/pool/turn-queue.ts'
import { WaitingTurn } from '../../src/pool/waiting-turn.ts'

function turn(text: string, boundTo?: number): WaitingTurn {
  return new WaitingTurn({ text } as TurnRequest, {
    clock: new ManualClock(),
    queueTimeoutMs: undefined,
    boundTo,
    isMovable: true,
    onLeave: () => {},
  })
}

const any = () => true

describe('the queue', () => {
  test('gives an instance what came first, of what is for it and what is for any', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined })), (bounds) => {
        const queue = new TurnQueue(3)
        const turns = bounds.map((boundTo, at) => turn(String(at), boundTo))
        for (const each of turns) queue.put(each)
        const expected = turns.filter(({ boundTo }) => boundTo === undefined || boundTo === 1)
        const got = expected.map(() => queue.take(1, any))
        expect(got).toEqual(expected)
        expect(queue.take(1, any)).toBeUndefined()
        expect(queue.size).toBe(turns.length - expected.length)
      }),
    )
  })

  test('keeps the order of arrival through a move, and passes over what cannot be run', () => {
    const queue = new TurnQueue(2)
    const [a, b, c, d] = [turn('a', 0), turn('b', 1), turn('c'), turn('d', 1)]
    for (const each of [a, b, c, d]) queue.put(each)
    expect(queue.drain(1)).toEqual([b, d])
    expect([queue.boundTo(1), queue.boundTo(0), queue.size]).toEqual([0, 1, 2])
    b.boundTo = undefined
    queue.put(b)
    expect(queue.take(0, ({ request }) => request.text !== 'a')).toBe(b)
    queue.remove(c)
    queue.remove(c)
    expect(queue.drain()).toEqual([a])
  })
})

describe('a turn that waits', () => {
  test('settles once', async () => {
    const waiting = turn('x')
    waiting.fail({ reason: 'lost' })
    waiting.fail({ reason: 'refused', detail: 'later' })
    waiting.end({ isDone: false, failure: { reason: 'refused', detail: 'later' }, turn: undefined })
    expect(await waiting.settled).toEqual({ isDone: false, failure: { reason: 'lost' }, turn: undefined })
  })

  test('listens to its signal no longer than it waits', () => {
    const left: WaitingTurn[] = []
    const stop = new AbortController()
    const clock = new ManualClock()
    const make = () =>
      new WaitingTurn({ text: '', signal: stop.signal } as TurnRequest, {
        clock,
        queueTimeoutMs: 100,
        boundTo: undefined,
        isMovable: true,
        onLeave: (each) => left.push(each),
      })
    const [begun, waiting] = [make(), make()]
    begun.begin()
    stop.abort()
    expect(left).toEqual([waiting])
    expect([begun.isWaiting, waiting.isWaiting]).toEqual([false, false])
    expect(clock.next()).toBeUndefined()
  })
})
