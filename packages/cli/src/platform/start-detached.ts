import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import * as z from 'zod'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import type { Detached } from '../terminal.ts'
import { youngGeneration } from './young-generation.ts'

const Begun = z.object({ type: z.literal('begun'), runs: z.array(z.string()) })

/** Starts this program once more, in a process group of its own, and waits until it has begun or could not. */
export function startDetached(
  args: readonly string[],
  { cwd, logFile }: { readonly cwd: string; readonly logFile: string },
): Promise<Detached> {
  const log = openSync(logFile, 'a')
  const { execArgv, env } = process
  const program = [...execArgv, ...youngGeneration({ execArgv, env }), process.argv[1] ?? '', ...args]
  const child = spawn(process.execPath, program, {
    cwd,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.on('message', (message) => {
      const { data } = Begun.safeParse(message)
      if (data === undefined) return
      // Nothing of it keeps this process any more.
      child.removeAllListeners()
      child.disconnect()
      child.unref()
      resolve({ kind: 'begun', pid: child.pid ?? 0, runs: data.runs })
    })
    child.once('exit', (code) => {
      const known = Object.values(exitCodes).find((each): each is ExitCode => each === code)
      resolve({ kind: 'ended', code: known ?? exitCodes.fault })
    })
  })
}

/** Tells whoever detached this process what has begun, if anybody did. */
export function tellBegun(runs: readonly string[]): void {
  if (process.send === undefined || !process.connected) return
  process.send({ type: 'begun', runs }, undefined, {}, () => {
    if (process.connected) process.disconnect()
  })
}
