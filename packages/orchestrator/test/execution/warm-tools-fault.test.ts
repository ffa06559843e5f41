import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withFakeTools } from './fake-tools.ts'

test('a warm process whose end cannot be written down ends all the same, and takes nobody along', () =>
  withFakeTools({ name: 'claude', script: [[{ say: 'Done.' }]] }, async (tools) => {
    await tools.attempt('one')
    const [pid = 0] = await tools.pids()
    expect(isAlive(pid)).toBe(true)
    // As on a full disk: nothing can be added to what is remembered of processes.
    rmSync(join(tools.folder, 'ledger'), { recursive: true })
    tools.waiting = 0
    await expect(tools.executor.tidy()).resolves.toBeUndefined()
    expect(isAlive(pid)).toBe(false)
  }))

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
