import { ManualClock } from '@ws/core/testing'
import { expect, test } from 'vitest'
import { DiskGauge } from '../../src/workspaces/disk-gauge.ts'

test('tells when space becomes short, and when there is some again, and nothing in between', async () => {
  const clock = new ManualClock()
  let free = 100
  const told: boolean[] = []
  const gauge = new DiskGauge(
    {
      paths: ['/worktrees', '/log'],
      minFreeBytes: 50,
      freeBytes: (path) => Promise.resolve(path === '/log' ? free : 1_000),
      clock,
      everyMs: 10,
      tell: (isLow) => told.push(isLow),
    },
    false,
  )
  const after = async (bytes: number) => {
    free = bytes
    clock.advanceTo(clock.now() + 10)
    await gauge.measure()
    return [...told]
  }
  expect(await after(100)).toEqual([])
  expect(await after(49)).toEqual([true])
  expect(await after(20)).toEqual([true])
  expect(await after(50)).toEqual([true, false])
  await gauge.close()
  free = 0
  clock.advanceTo(clock.now() + 100)
  expect(told).toEqual([true, false])
})

test('a disk that cannot be measured does not stop anything', async () => {
  const gauge = new DiskGauge(
    {
      paths: ['/gone'],
      minFreeBytes: 50,
      freeBytes: () => Promise.reject(new Error('no such file')),
      clock: new ManualClock(),
      tell: () => expect.unreachable(),
    },
    false,
  )
  await gauge.measure()
  await gauge.close()
})
