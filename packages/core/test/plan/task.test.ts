import { expect, test } from 'vitest'
import { Task, timeoutMsOf } from '../../src/plan/task.ts'

test('an attempt may take what is said, else three times the estimate, and at least five minutes', () => {
  const task = (more: object) => Task.parse({ id: 't', prompt: 'Do it', ...more })
  expect(timeoutMsOf(task({}))).toBe(300_000)
  expect(timeoutMsOf(task({ estimate: { minutes: 1 } }))).toBe(300_000)
  expect(timeoutMsOf(task({ estimate: { minutes: 10 } }))).toBe(1_800_000)
  expect(timeoutMsOf(task({ estimate: { minutes: 10 } }), { timeoutMs: 60_000 })).toBe(60_000)
  expect(timeoutMsOf(task({ timeout: '1s' }), { timeoutMs: 60_000 })).toBe(1_000)
})
