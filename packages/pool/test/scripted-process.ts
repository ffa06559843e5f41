import { type Clock, systemClock } from '@ws/core'
import { type ScriptedProcess, type ScriptedTool, startScriptedTool } from '@ws/testing'
import { expect } from 'vitest'
import { ownProcesses } from '../src/platform/own-processes.ts'
import { textCleaner } from '../src/process/clean-text.ts'
import { resolveLaunch } from '../src/process/launch.ts'
import type { ProcessLedger } from '../src/process/process-ledger.ts'
import { startProcess, type ToolProcess } from '../src/process/tool-process.ts'

/** Both ends of one process: what the pool has of it, and what the test has. */
export interface BothEnds {
  readonly tool: ScriptedTool
  readonly process: ToolProcess
  readonly running: ScriptedProcess
}

/** Times that no test waits for. */
export const longTimes = { endOfInputMs: 60_000, termMs: 60_000 }

/** Starts a scripted tool as the pool starts tools; afterwards nothing may be left. */
export async function withProcess(
  body: (ends: BothEnds) => Promise<void>,
  { clock = systemClock(), ledger, secrets = [] }: WithProcessOptions = {},
): Promise<void> {
  const tool = await startScriptedTool()
  let process: ToolProcess | undefined
  try {
    process = await startTool(tool, { clock, ledger, secrets })
    await body({ tool, process, running: await tool.next() })
    await process.end({ cause: 'closed' }, longTimes, { force: true })
    expect(tool.survivors()).toEqual([])
  } finally {
    await tool.close()
    await process?.gone
  }
}

interface WithProcessOptions {
  readonly clock?: Clock
  readonly ledger?: ProcessLedger | undefined
  readonly secrets?: readonly string[]
}

export async function startTool(
  tool: ScriptedTool,
  { clock = systemClock(), ledger, secrets = [] }: WithProcessOptions = {},
): Promise<ToolProcess> {
  const launch = { commands: [tool.command], args: tool.args, env: tool.env, passEnv: [] }
  const around = { cwd: process.cwd(), inherited: process.env, env: {} }
  const clean = textCleaner(secrets)
  return startProcess(await resolveLaunch(launch, around), {
    clock,
    processes: ownProcesses(),
    ledger,
    clean,
  })
}
