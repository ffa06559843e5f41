import { describe, expect, it } from 'vitest'
import { runStorms } from './run-storms.ts'

const chunk = 200

describe('the queue machine in a storm, part 1', () => {
  for (let first = 1; first < 1000; first += chunk) {
    it(`keeps every promise through faults and crashes, seeds ${first} to ${first + chunk - 1}`, async () => {
      expect(await runStorms(first, chunk)).toBeGreaterThan(chunk)
    }, 300_000)
  }
})
