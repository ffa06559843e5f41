import { processTableContract } from '@ws/testing'
import { describe, test } from 'vitest'
import { ownProcesses } from '../../src/index.ts'
import { markVariable } from '../../src/platform/process-table.ts'

describe('the processes of this machine', () => {
  for (const { title, run } of processTableContract) {
    test(title, () => {
      const processes = ownProcesses()
      return run({ processes, ...(process.platform === 'win32' ? {} : { markVariable }) })
    })
  }
})
