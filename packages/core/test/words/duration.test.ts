import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Duration, formatDuration, parseDuration } from '../../src/words/duration.ts'

test('a duration in a file is milliseconds in code', () => {
  expect(['90s', '10m', '2h', '1.5m', '250ms', '30d'].map((text) => Duration.parse(text))).toEqual([
    90_000, 600_000, 7_200_000, 90_000, 250, 2_592_000_000,
  ])
})

test('what has no unit, or another, is no duration', () => {
  for (const text of ['', '90', 's', '-1s', '1 m', '1M', '1h30m', '1e3s', 'Infinitys']) {
    expect(parseDuration(text), text).toBeUndefined()
    expect(Duration.safeParse(text).success, text).toBe(false)
  }
  expect(Duration.safeParse(90).success).toBe(false)
})

test('the shortest exact spelling is written', () => {
  expect([600_000, 90_000, 7_200_000, 1, 86_400_000, 0].map(formatDuration)).toEqual([
    '10m',
    '90s',
    '2h',
    '1ms',
    '1d',
    '0ms',
  ])
})

test('what is written reads back as the same', () => {
  fc.assert(fc.property(fc.nat(), (ms) => parseDuration(formatDuration(ms)) === ms))
})
