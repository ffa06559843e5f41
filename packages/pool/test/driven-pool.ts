import { ManualClock } from '@ws/core/testing'
import { type LineAdapterOptions, sayReady, type ScriptedProcess, startScriptedTool } from '@ws/testing'
import { expect } from 'vitest'
import { type PoolOptionsInput, ToolProcessPool } from '../src/index.ts'
import { Driver, scriptedAdapter } from './driven-cluster.ts'

export interface DrivenPoolOptions extends Omit<PoolOptionsInput, 'clock'> {
  readonly count: number
  readonly traits?: LineAdapterOptions['traits']
}

/** Opens a pool of scripted tools and lets each come up; afterwards nothing may be left. */
export async function withPool(
  { count, traits = {}, ...options }: DrivenPoolOptions,
  body: (driver: Driver<ToolProcessPool>) => Promise<void>,
): Promise<void> {
  const tool = await startScriptedTool()
  const clock = new ManualClock(1_000_000)
  const pool = new ToolProcessPool(scriptedAdapter(tool, { traits }), count, {
    healthEveryMs: 0,
    ...options,
    clock,
  })
  try {
    const starting = pool.start()
    const processes: ScriptedProcess[] = []
    while (processes.length < count) {
      const process = await tool.next()
      await sayReady(process)
      processes.push(process)
    }
    await starting
    await body(new Driver(tool, clock, pool, processes))
    await pool.close({ force: true })
    expect(tool.survivors()).toEqual([])
  } finally {
    await tool.close()
    await pool.close({ force: true })
  }
}
