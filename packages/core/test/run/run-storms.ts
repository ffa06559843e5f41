import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Lives storms one after another in a process of their own; how many events there were. */
export async function runStorms(first: number, count: number): Promise<number> {
  const program = join(import.meta.dirname, '../programs/storms.ts')
  const args = ['--conditions=@ws/source', program, String(first), String(count)]
  return Number((await run(process.execPath, args)).stdout)
}
