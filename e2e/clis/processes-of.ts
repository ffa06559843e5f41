// Everything that was started for a test knows its folder: its home lies there.
import { readdirSync, readFileSync } from 'node:fs'

/** A process of a test, as Linux shows it. */
export interface TestProcess {
  readonly pid: string
  readonly name: string
  readonly environ: string
}

/** The processes that live, also those in sessions of their own whose parents are gone. */
export function processesOf(folder: string): readonly TestProcess[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    try {
      const environ = readFileSync(`/proc/${pid}/environ`, 'utf8')
      if (!environ.includes(folder)) return []
      return [{ pid, name: readFileSync(`/proc/${pid}/comm`, 'utf8').trim(), environ }]
    } catch {
      // It is gone, or not ours to look at.
      return []
    }
  })
}
