import { probeContract } from '@ws/testing'
import { describe, test } from 'vitest'
import { probeTool } from '../../src/index.ts'

describe('a probe of this machine', () => {
  for (const { title, run } of probeContract) test(title, () => run(probeTool))
})
