import { expect, test } from 'vitest'
import { resetTime } from '../../src/failure/reset-time.ts'

test.each([
  ['limit reached|1795268720', 1_795_268_720_000],
  ['"resets_at": 1795268720', 1_795_268_720_000],
  ['"resetAt":1795268720123', 1_795_268_720_123],
  ['try again in 20s', 30_000],
  ['Please retry in 250ms', 10_250],
  ['try again in 3 hours and 20 minutes', 12_010_000],
  ['resets in 1d 2h', 93_610_000],
  // What was waited for is no wait to come.
  ['retried 5 times (total retry wait time: 5.44 seconds): try again in 20s', 30_000],
  ['Your quota will reset after 3h22m10s.', 12_140_000],
  ['Suggested retry after 3600s.', 3_610_000],
  ['retry-after: 60', 70_000],
  ['retry_after_ms=1500', 11_500],
  ['retry-after 900ms', 10_900],
])('%s', (message, at) => {
  expect(resetTime(message, 10_000)).toBe(at)
})

test.each([
  'try again later',
  'retried 5 times (total retry wait time: 5.44 seconds)',
  'error 1795268720 in line 3',
  'try again in 9999 days',
])('%s says no time', (message) => {
  expect(resetTime(message, 10_000)).toBeUndefined()
})

test('a span says nothing where the present is not known', () => {
  expect(resetTime('try again in 20s', undefined)).toBeUndefined()
})
