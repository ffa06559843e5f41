import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs seeds one after another in a process; a broken promise names the seed that repeats it. */
export async function stormsInProcess(first: number, count: number): Promise<number> {
  const program = join(import.meta.dirname, '../programs/storms.ts')
  const args = ['--conditions=@ws/source', program, String(first), String(count)]
  return Number((await run(process.execPath, args)).stdout)
}
